import { defineConfig } from 'tsdown';

export default defineConfig({
  entry: [
    'src/index.ts',
    'src/nodemailer.ts',
    'src/attach-file/{node,unsupported}.ts',
    'src/pem-file/{node,unsupported}.ts',
    'src/backend/file/{node,unsupported}.ts',
  ],
  format: 'esm',
  dts: true,
  // Left as they are written: the importer's runtime picks the file by its conditions.
  deps: { neverBundle: ['#backend-file', '#attach-file', '#pem-file', /^node:/] },
  outExtensions: () => ({ js: '.js', dts: '.d.ts' }),
});
