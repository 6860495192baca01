import type { Backend } from '../backend.ts';

/** What to do with the text instead of printing it. */
export interface ConsoleBackendOptions {
  /** Takes the text of one message, with line feeds; default: `console.log`. */
  readonly write?: ((text: string) => void) | undefined;
}

const rule = '-'.repeat(79);

/** Makes a backend that prints messages, envelope first: for development. */
export function consoleBackend(options: ConsoleBackendOptions = {}): Backend {
  const write = options.write ?? ((text: string): void => console.log(text));
  return {
    async send({ envelope, bytes }) {
      const content = new TextDecoder().decode(await bytes()).replaceAll('\r\n', '\n');
      const route = `MAIL FROM:<${envelope.from}>\n${envelope.to.map(to => `RCPT TO:<${to}>\n`).join('')}`;
      write(`${route}\n${content.endsWith('\n') ? content : `${content}\n`}${rule}`);
    },
  };
}
