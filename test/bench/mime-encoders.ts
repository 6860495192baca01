import { createRequire } from 'node:module';
import {
  encodeBase64,
  encodeBase64Into,
  encodeQuotedPrintable,
  encodeQuotedPrintableInto,
  encodeWords,
} from '@posthaste/mime';
import { fromUint8Array } from 'js-base64';
import { Encoder } from 'libbase64';
import * as nodemailerBase64 from 'nodemailer/lib/base64';
import * as nodemailerWords from 'nodemailer/lib/mime-funcs';
import * as nodemailerQp from 'nodemailer/lib/qp';
import { race, report } from './mime-rounds.ts';

const require = createRequire(import.meta.url);
const libqp = require('libqp') as {
  encode(octets: Buffer): string;
  wrap(text: string, columns: number): string;
};
const libmime = require('libmime') as {
  encodeWords(text: string, encoding: 'Q' | 'B', columns: number): string;
};

/** Octets that no engine can guess. */
function noise(octets: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length: octets }, () => (state = (state * 48_271) % 0x7fffffff) & 255);
}

function throughLibbase64(octets: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const encoder = new Encoder();
    const chunks: Buffer[] = [];
    encoder.on('data', chunk => chunks.push(chunk));
    encoder.on('end', () => resolve(Buffer.concat(chunks)));
    encoder.on('error', reject);
    encoder.end(octets);
  });
}

async function base64(label: string, octets: number, rounds: number): Promise<void> {
  const bytes = noise(octets);
  const buffer = Buffer.from(bytes);
  const target = new Uint8Array(octets * 2);
  const standing = await race(
    [
      { name: "ours, into the caller's buffer", run: () => encodeBase64Into(bytes, target, 0, 76) },
      { name: 'ours', run: () => encodeBase64(bytes, { lineLength: 76 }) },
      { name: 'ours, unwrapped', run: () => encodeBase64(bytes) },
      { name: 'native, unwrapped', run: () => buffer.toString('base64') },
      { name: 'libbase64 Encoder', run: () => throughLibbase64(buffer) },
      { name: 'nodemailer', run: () => nodemailerBase64.wrap(nodemailerBase64.encode(buffer), 76) },
      { name: 'js-base64 and wrap', run: () => fromUint8Array(bytes).replace(/.{76}(?=.)/g, '$&\r\n') },
    ],
    rounds,
  );
  report(`base64, lines of 76, ${label}`, standing, octets);
}

const prose: Record<string, string> = {
  ASCII: 'The quick brown fox jumps over the lazy dog, and comes back for more of it.\r\n',
  German: 'Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich.\r\n',
  Chinese: '汉字假名混合的文章，这是一个测试。\r\n',
};

async function quotedPrintable(language: string, line: string): Promise<void> {
  const buffer = Buffer.from(line.repeat(Math.ceil(102_400 / Buffer.byteLength(line))));
  const target = new Uint8Array(buffer.length * 4);
  const standing = await race([
    { name: 'ours', run: () => encodeQuotedPrintable(buffer) },
    { name: "ours, into the caller's buffer", run: () => encodeQuotedPrintableInto(buffer, target, 0) },
    { name: 'libqp', run: () => libqp.wrap(libqp.encode(buffer), 76) },
    { name: 'nodemailer', run: () => nodemailerQp.wrap(nodemailerQp.encode(buffer), 76) },
  ]);
  report(`quoted-printable, 100 KiB of ${language}`, standing, buffer.length);
}

const subjects: Record<string, string> = {
  'short German': 'Grüße aus Köln',
  German: 'Überraschend große Änderungen für die nächste Ausgabe unserer Zeitschrift über Vögel',
  Chinese: '关于下周会议时间调整的通知请各位同事注意查收并及时回复谢谢大家的配合与支持',
  emoji: '🚀 Launch day 🎉 is here 👨‍👩‍👧‍👦 come and join us',
  mixed: 'Re: 会议 meeting on Friday — please confirm',
};

async function words(kind: string, text: string): Promise<void> {
  const standing = await race([
    { name: 'ours', run: () => encodeWords(text, { firstColumn: 9 }) },
    { name: 'nodemailer, Q', run: () => nodemailerWords.encodeWords(text, 'Q', 52, true) },
    { name: 'nodemailer, B', run: () => nodemailerWords.encodeWords(text, 'B', 52, true) },
    { name: 'libmime, Q', run: () => libmime.encodeWords(text, 'Q', 52) },
    { name: 'libmime, B', run: () => libmime.encodeWords(text, 'B', 52) },
  ]);
  report(`encoded words, ${kind}, ${text.length} UTF-16 units`, standing);
}

/** Encoders beside their peers, octets in and encoded lines out. */
export async function benchEncoders(): Promise<void> {
  await base64('1 KiB', 1024, 21);
  await base64('100 KiB', 102_400, 21);
  await base64('10 MiB', 10 << 20, 15);
  for (const [language, line] of Object.entries(prose)) await quotedPrintable(language, line);
  for (const [kind, text] of Object.entries(subjects)) await words(kind, text);
}
