import { fileURLToPath } from 'node:url';

const path = (from: string): string => fileURLToPath(new URL(from, import.meta.url));

/**
 * The mailer's own tests that run wherever there is a mailer, but for those named `*.node.test.ts`. What only Node can do
 * for them, it does from outside: it listens, and makes certificates.
 */
export function mailerTests(name: string, without: readonly string[] = []) {
  const unsupported = path('../../packages/mailer/src/unsupported.ts');
  return {
    resolve: {
      alias: [
        { find: '@posthaste/bridge/listen', replacement: path('listen-elsewhere.ts') },
        { find: /^(\.\.\/)+test\/certificate\.ts$/, replacement: path('certificate-elsewhere.ts') },
        ...['#backend-file', '#attach-file', '#pem-file'].map(find => ({ find, replacement: unsupported })),
      ],
    },
    test: {
      name,
      include: ['../packages/mailer/src/**/*.test.ts'],
      exclude: ['*.node', ...without].map(file => `../packages/mailer/src/**/${file}.test.ts`),
      // Beside browsers and other runtimes on two cores.
      testTimeout: 30_000,
      hookTimeout: 120_000,
      isolate: false,
      globalSetup: ['./mailer/desk-setup.ts'],
    },
  };
}
