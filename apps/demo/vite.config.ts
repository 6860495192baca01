import { defineConfig, type Plugin } from 'vite';

/** Vite's helper would look for files to preload with each late import; every one here is a single file. */
const importAlone: Plugin = {
  name: 'import-alone',
  enforce: 'pre',
  load: {
    filter: { id: /vite\/preload-helper/ },
    handler: () => 'export const __vitePreload = load => load();',
  },
};

/** The scripts and the style of the pages, under the names the pages ask for. */
export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'hono/jsx/dom' } },
  plugins: [importAlone],
  build: {
    outDir: 'dist/client',
    target: 'es2023',
    modulePreload: false,
    rollupOptions: {
      checks: { ineffectiveDynamicImport: false },
      input: {
        compose: 'src/page/compose/main.tsx',
        inbox: 'src/page/inbox/main.tsx',
        sender: 'src/page/compose/sender.ts',
        style: 'src/style/style.css',
      },
      output: {
        entryFileNames: 'assets/[name].js',
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name][extname]',
        codeSplitting: {
          groups: [
            // What both pages draw with.
            {
              name: 'page',
              priority: 1,
              test: /preload-helper|rolldown|[\\/]hono[\\/]|page[\\/](?:element|timeline)[\\/]|recipient-table|worth-asking/,
            },
            // What sends in one piece, whatever the packages import late: a page that has been loaded can still say
            // what is wrong when the server is gone. This page signs nothing and its relay asks for no login, so what
            // does either stays apart and is never asked for.
            {
              name: 'sender',
              test: /[\\/]sender\.ts|[\\/]packages[\\/](?!mime[\\/]dist[\\/]dkim|smtp-core[\\/]dist[\\/]sasl|mailer[\\/]dist[\\/]mechanism)/,
            },
          ],
        },
      },
    },
  },
});
