import { consoleBackend } from './backend/console.ts';
import { dummyBackend } from './backend/dummy.ts';
import { memoryBackend } from './backend/memory.ts';
import type { Backend } from './backend.ts';
import { MailerError } from './error.ts';
import { checkChoice, checkOptionNames } from './option-check.ts';
import type { MailerOptions } from './options.ts';
import { quoted } from './quoted.ts';

/** A backend by its name: Django's five. */
export type BackendSettings =
  | ({ /** Sends to a mail server. */ readonly backend: 'smtp' } & MailerOptions)
  | { /** Prints messages. */ readonly backend: 'console' }
  | {
      /** Writes each message to a file of its own (Node, Deno, Bun). */
      readonly backend: 'file';
      /** Folder for the files. */
      readonly path: string;
    }
  | {
      /** Keeps messages in an array; to read it, pass `createMailer` a `memoryBackend()` of your own. */ readonly backend: 'memory';
    }
  | { /** Says yes and does nothing. */ readonly backend: 'dummy' };

export function isBackendSettings(value: object): value is BackendSettings {
  return 'backend' in value;
}

/** @throws MailerError `invalid-option` or `unknown-option`; `unsupported` for files where there are none */
export function namedBackend(settings: Exclude<BackendSettings, { readonly backend: 'smtp' }>): Backend {
  checkChoice('backend', settings.backend, ['smtp', 'console', 'file', 'memory', 'dummy']);
  if (settings.backend === 'file') {
    checkOptionNames<typeof settings>('the file backend', settings, { backend: true, path: true });
    if (typeof settings.path !== 'string' || settings.path === '') {
      throw new MailerError(
        'invalid-option',
        `Set path to a folder for the messages, not ${quoted(settings.path)}`,
      );
    }
    return fileBackendAt(settings.path);
  }
  checkOptionNames<typeof settings>(`the ${settings.backend} backend`, settings, { backend: true });
  if (settings.backend === 'console') return consoleBackend();
  return settings.backend === 'memory' ? memoryBackend() : dummyBackend();
}

/** The file backend of this runtime, loaded when it is first used. */
function fileBackendAt(path: string): Backend {
  const load = async (): Promise<Backend> => (await import('#backend-file')).fileBackend({ path });
  return {
    open: async options => (await load()).open?.(options),
    send: async (message, options) => (await load()).send(message, options),
  };
}
