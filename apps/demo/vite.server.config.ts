import { defineConfig } from 'vite';

/** The Node server in one file; what it imports stays in node_modules. */
export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'hono/jsx' } },
  publicDir: false,
  ssr: { external: true },
  build: {
    outDir: 'dist/server',
    target: 'node22',
    ssr: 'src/node.ts',
    minify: false,
    rollupOptions: { output: { entryFileNames: 'node.js' } },
  },
});
