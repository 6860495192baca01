import { mkdir, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Backend } from '../../backend.ts';
import { MailerError } from '../../error.ts';
import { quoted } from '../../quoted.ts';

/** Where the file backend writes. */
export interface FileBackendOptions {
  /** Folder for the messages; made if it is missing. */
  readonly path: string;
}

/**
 * Makes a backend that writes each message to a file of its own, `<time>-<id>.eml`, on Node, Deno and Bun.
 *
 * A file has its name only when it is complete, so whoever watches the folder never reads half a message.
 *
 * @throws MailerError `file`, from `open` and `send`, when the folder cannot be written
 */
export function fileBackend(options: FileBackendOptions): Backend {
  const { path } = options;
  const attempt = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (cause) {
      throw new MailerError('file', `Make the folder ${quoted(path)} writable`, { cause });
    }
  };
  const open = (): Promise<unknown> => attempt(() => mkdir(path, { recursive: true }));
  return {
    async open() {
      await open();
    },
    async send({ bytes }) {
      const content = await bytes();
      await open();
      await attempt(async () => {
        const time = new Date().toISOString().replace(/[:.]/g, '-');
        const name = join(path, `${time}-${crypto.randomUUID()}.eml`);
        const unfinished = `${name}.part`;
        try {
          await writeFile(unfinished, content, { flag: 'wx' });
          await rename(unfinished, name);
        } catch (error) {
          await unlink(unfinished).catch(() => {});
          throw error;
        }
      });
    },
  };
}
