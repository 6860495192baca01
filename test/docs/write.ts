// Writes what the documentation says of itself: `npm run docs`.
import { join } from 'node:path';
import { root } from '../house/source-file.ts';
import { updateFile } from './section.ts';
import { packageTable, runtimeTable } from './table.ts';

const changed = updateFile(join(root, 'README.md'), {
  packages: await packageTable(),
  runtimes: runtimeTable(),
});
console.log(changed ? 'README.md is up to date now' : 'README.md was up to date');
