import { defineConfig } from 'vite';

/** The scripts and the style of the pages, under the names the pages ask for. */
export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'hono/jsx/dom' } },
  build: {
    outDir: 'dist/client',
    target: 'es2023',
    rollupOptions: {
      input: {
        compose: 'src/page/compose/main.tsx',
        inbox: 'src/page/inbox/main.tsx',
        style: 'src/style/style.css',
      },
      output: {
        entryFileNames: 'assets/[name].js',
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name][extname]',
      },
    },
  },
});
