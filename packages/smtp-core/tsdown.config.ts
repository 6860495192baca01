import { defineConfig } from 'tsdown';

export default defineConfig({
  entry: ['src/index.ts', 'src/error.ts'],
  format: 'esm',
  // One file for each module: bundlers then leave out whole rooms that nobody imports.
  unbundle: true,
  // An inlined constant would leave an import behind that does nothing.
  inputOptions: { optimization: { inlineConst: false } },
  dts: true,
  outExtensions: () => ({ js: '.js', dts: '.d.ts' }),
});
