// Writes what the documentation says of itself: `npm run docs`.
import { join } from 'node:path';
import { root } from '../house/source-file.ts';
import { updateFile } from './section.ts';
import { runtimeTable, sizeTable } from './table.ts';

const changed = updateFile(join(root, 'README.md'), { runtimes: runtimeTable(), sizes: await sizeTable() });
console.log(changed ? 'README.md is up to date now' : 'README.md was up to date');
