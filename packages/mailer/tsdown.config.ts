import { defineConfig } from 'tsdown';

export default defineConfig({
  entry: [
    'src/index.ts',
    'src/error-classes.ts',
    'src/nodemailer.ts',
    'src/outbox/index.ts',
    'src/unsupported.ts',
    'src/attach-file/node.ts',
    'src/pem-file/node.ts',
    'src/backend/file/node.ts',
  ],
  format: 'esm',
  dts: true,
  // Declarations name Symbol.asyncDispose, which an importer's own lib may lack.
  banner: { dts: '/// <reference lib="esnext.disposable" />' },
  // Left as they are written: the importer's runtime picks the file by its conditions.
  deps: {
    neverBundle: ['#backend-file', '#attach-file', '#pem-file', /^node:/],
    // Names that are checked before anything else is loaded.
    alwaysBundle: ['@posthaste/mime/field-name', '@posthaste/bridge/option-name'],
  },
  // One file for what the entries share: each further file costs an import about a millisecond.
  outputOptions: {
    codeSplitting: {
      groups: [
        {
          name: 'message',
          test: /src\/(?:error|option-check|quoted|outgoing|raw-content|send-check|session-check|sleep)\.ts$/,
        },
      ],
    },
  },
  outExtensions: () => ({ js: '.js', dts: '.d.ts' }),
});
