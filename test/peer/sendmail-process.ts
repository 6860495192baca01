// Speaks SMTP on its standard streams, as `sendmail -bs` does, and writes what it takes to the file it is given.
import { writeFileSync } from 'node:fs';
import { Readable, Writable } from 'node:stream';
import { type Socket, serve } from '@posthaste/bridge';
import { SmtpServer } from '@posthaste/smtp-core';

const path = process.argv[2]!;
const streams: Socket = {
  readable: Readable.toWeb(process.stdin) as ReadableStream<Uint8Array>,
  writable: Writable.toWeb(process.stdout) as WritableStream<Uint8Array>,
  opened: Promise.resolve({}),
  closed: new Promise(() => {}),
  upgraded: false,
  secureTransport: 'off',
  startTls() {
    throw new TypeError('There is no TLS here');
  },
  async close() {
    process.stdin.destroy();
  },
};

await serve(new SmtpServer({ serverName: 'localhost', extensions: ['PIPELINING'] }), streams, {
  onMessage({ envelope, content }) {
    const envelopeField = `X-Envelope: ${envelope.from} ${envelope.to.join(' ')}\r\n`;
    writeFileSync(path, Buffer.concat([Buffer.from(envelopeField), content]));
  },
});
