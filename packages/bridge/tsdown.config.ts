import { defineConfig } from 'tsdown';

export default defineConfig({
  entry: [
    'src/index.ts',
    'src/connect/{node,deno,workerd,websocket,memory,unsupported}.ts',
    'src/listen/node.ts',
  ],
  format: 'esm',
  dts: true,
  // Left as it is written: the importer's runtime picks the connector by its conditions.
  deps: { neverBundle: ['#connect', /^(node|cloudflare):/] },
  outExtensions: () => ({ js: '.js', dts: '.d.ts' }),
});
