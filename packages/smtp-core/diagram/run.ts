import { writeFileSync } from 'node:fs';
import { drawAll } from './diagrams.ts';

for (const [name, svg] of drawAll()) writeFileSync(new URL(`../../../docs/${name}`, import.meta.url), svg);
