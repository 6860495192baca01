// Writes what the documentation says of itself: `npm run docs`.
import { join } from 'node:path';
import { root } from '../house/source-file.ts';
import { updateFile } from './section.ts';
import { importTable, measureSizes, packageTable, runtimeTable } from './table.ts';

const sizes = await measureSizes();
const changed = [
  updateFile(join(root, 'README.md'), { packages: packageTable(sizes), runtimes: runtimeTable() }),
  updateFile(join(root, 'packages/smtp-core/README.md'), { sizes: importTable(sizes, 'smtp-core') }),
];
console.log(
  changed.includes(true) ? 'The documentation is up to date now' : 'The documentation was up to date',
);
