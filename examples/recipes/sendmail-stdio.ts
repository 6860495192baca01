// A transport of your own: SMTP over the standard streams of a child process, such as `sendmail -bs`.
// Run: node sendmail-stdio.ts sendmail -bs
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable, Writable } from 'node:stream';
import type { Connect, Socket } from '@posthaste/bridge';
import { createMailer } from '@posthaste/mailer';

/** Presents a program that speaks SMTP on its standard streams as a socket. */
export function stdioConnect(program: string, args: readonly string[]): Connect {
  return (_, { signal }): Socket => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'], ...(signal && { signal }) });
    const exited = new Promise<void>(resolve => {
      child.once('close', () => resolve());
    });
    return {
      readable: Readable.toWeb(child.stdout) as ReadableStream<Uint8Array>,
      writable: Writable.toWeb(child.stdin) as WritableStream<Uint8Array>,
      opened: once(child, 'spawn').then(() => ({})),
      closed: exited,
      upgraded: false,
      secureTransport: 'off',
      startTls() {
        throw new TypeError('Leave TLS out: the octets never leave this machine');
      },
      async close() {
        child.stdin.destroy();
        child.kill();
        await exited;
      },
    };
  };
}

if (import.meta.main) {
  const [program = 'sendmail', ...args] = process.argv.slice(2);
  await using mailer = createMailer({
    hostname: 'localhost',
    tls: 'none',
    connect: stdioConnect(program, args.length > 0 ? args : ['-bs']),
  });
  const receipt = await mailer.send({
    from: 'ann@example.org',
    to: 'bob@example.net',
    subject: 'Without a network',
    text: 'This went through a pipe.\n.\nThe dot above did not end it.\n',
  });
  console.log(receipt.state, receipt.messageId);
}
