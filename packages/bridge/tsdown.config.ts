import { defineConfig } from 'tsdown';

export default defineConfig({
  entry: [
    'src/index.ts',
    'src/error.ts',
    'src/option-name.ts',
    'src/connect/{node,deno,workerd,websocket,memory,unsupported}.ts',
    'src/listen/node.ts',
    'src/relay/{index,node,workerd}.ts',
  ],
  format: 'esm',
  dts: true,
  // Declarations name Symbol.asyncDispose, which an importer's own lib may lack.
  banner: { dts: '/// <reference lib="esnext.disposable" />' },
  // Left as it is written: the importer's runtime picks the connector by its conditions.
  deps: { neverBundle: ['#connect', /^(node|cloudflare):/, /^(hono|@hono\/node-server|ws)(\/|$)/] },
  outExtensions: () => ({ js: '.js', dts: '.d.ts' }),
});
