import { defineConfig } from 'vite';

/** The scripts and the style of the pages, under the names the pages ask for. */
export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'hono/jsx/dom' } },
  build: {
    outDir: 'dist/client',
    target: 'es2023',
    rollupOptions: {
      checks: { ineffectiveDynamicImport: false },
      input: {
        compose: 'src/page/compose/main.tsx',
        inbox: 'src/page/inbox/main.tsx',
        style: 'src/style/style.css',
      },
      output: {
        entryFileNames: 'assets/[name].js',
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name][extname]',
        // The packages in one piece, whatever they import late: a page that has been loaded can still say what is wrong
        // when the server is gone.
        codeSplitting: {
          groups: [
            { name: 'preload', test: /vite[\\/]preload-helper/, priority: 1 },
            // The page signs nothing, so what signs stays apart and is never asked for.
            { name: 'posthaste', test: /[\\/]packages[\\/](?!mime[\\/]dist[\\/]dkim)/ },
          ],
        },
      },
    },
  },
});
