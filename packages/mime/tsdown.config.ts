import { defineConfig } from 'tsdown';

export default defineConfig({
  entry: ['src/index.ts', 'src/error.ts', 'src/field-name.ts', 'src/dkim/index.ts'],
  format: 'esm',
  dts: true,
  outExtensions: () => ({ js: '.js', dts: '.d.ts' }),
});
