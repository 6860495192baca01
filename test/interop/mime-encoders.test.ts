import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import {
  decodeBase64,
  decodeQuotedPrintable,
  decodeWords,
  encodeBase64,
  encodeParameter,
  encodeQuotedPrintable,
  encodeWords,
  parseParameters,
} from '@posthaste/mime';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

const require = createRequire(import.meta.url);
const libqp = require('libqp') as {
  encode(octets: Buffer): string;
  wrap(text: string, columns: number): string;
  decode(text: string): Buffer;
};
const libmime = require('libmime') as {
  encodeWords(text: string, encoding: 'Q' | 'B', columns: number): string;
  decodeWords(text: string): string;
  parseHeaderValue(text: string): { value: string; params: Record<string, string> };
  buildHeaderValue(structured: { value: string; params: Record<string, string> }): string;
};

/** The same cases in every run. */
fc.configureGlobal({ seed: 20240315 });

const text = (octets: Uint8Array) => Buffer.from(octets).toString('latin1');
const octets = fc.uint8Array({ maxLength: 500 });
/** Text without controls; what begins or ends with white space, peers trim, and Python makes a space of U+2028. */
const line = fc
  .string({ unit: 'grapheme', maxLength: 150 })
  .map(value => value.replace(/[\0-\x1f\x7f\u2028\u2029]/g, '').trim());

/** Asks Python's email package, all cases in one process. */
function python(script: string, cases: unknown): unknown {
  return JSON.parse(
    execFileSync('python3', ['-c', `import json, sys\ncases = json.load(sys.stdin)\n${script}`], {
      input: JSON.stringify(cases),
      encoding: 'utf8',
      maxBuffer: 1 << 26,
    }),
  );
}

describe('what we encode, others decode', () => {
  test('base64: Buffer', () => {
    fc.assert(
      fc.property(octets, bytes => {
        const encoded = text(encodeBase64(bytes, { lineLength: 76 }));
        expect(new Uint8Array(Buffer.from(encoded, 'base64'))).toEqual(bytes);
        expect(encoded.replaceAll('\r\n', '')).toBe(Buffer.from(bytes).toString('base64'));
      }),
    );
  });

  test('quoted-printable: libqp', () => {
    fc.assert(
      fc.property(octets, bytes => {
        expect(new Uint8Array(libqp.decode(text(encodeQuotedPrintable(bytes))))).toEqual(bytes);
      }),
    );
  });

  test('quoted-printable: Python', () => {
    const cases = fc.sample(octets, 300);
    const encoded = cases.map(bytes => text(encodeQuotedPrintable(bytes)));
    const script = 'import quopri\nprint(json.dumps([quopri.decodestring(c.encode()).hex() for c in cases]))';
    expect(python(script, encoded)).toEqual(cases.map(bytes => Buffer.from(bytes).toString('hex')));
  });

  test('encoded words: libmime', () => {
    fc.assert(
      fc.property(line, fc.boolean(), (value, phrase) => {
        expect(libmime.decodeWords(encodeWords(value, { phrase }).replaceAll('\r\n', ''))).toBe(value);
      }),
    );
  });

  test('encoded words: Python', () => {
    const cases = fc.sample(line, 300);
    const script = `
from email.header import decode_header, make_header
print(json.dumps([str(make_header(decode_header(c))) for c in cases]))`;
    expect(
      python(
        script,
        cases.map(value => encodeWords(value)),
      ),
    ).toEqual(cases);
  });

  test('parameters: Python', () => {
    const cases = fc.sample(line, 300);
    const fields = cases.map(value => `attachment;\r\n ${encodeParameter('filename', value).join(';\r\n ')}`);
    const script = `
from email.message import Message
def filename(field):
    message = Message()
    message['Content-Disposition'] = field
    return message.get_filename()
print(json.dumps([filename(c) for c in cases]))`;
    expect(python(script, fields)).toEqual(cases);
  });

  test('parameters: libmime', () => {
    fc.assert(
      fc.property(line, value => {
        const field = `attachment; ${encodeParameter('filename', value).join('; ')}`;
        expect(libmime.parseHeaderValue(field).params.filename).toBe(value);
      }),
    );
  });
});

describe('what others encode, we decode', () => {
  test('base64: Buffer', () => {
    fc.assert(
      fc.property(octets, bytes => {
        for (const alphabet of ['base64', 'base64url'] as const) {
          expect(decodeBase64(Buffer.from(bytes).toString(alphabet))).toEqual(bytes);
        }
      }),
    );
  });

  test('quoted-printable: libqp', () => {
    // It writes a lone CR or LF as it is: only text in lines comes back the same from it.
    const lines = fc
      .array(fc.string({ unit: 'grapheme' }))
      .map(list => list.join('\r\n').replace(/\r(?!\n)|(?<!\r)\n/g, ''));
    fc.assert(
      fc.property(lines, value => {
        const encoded = libqp.wrap(libqp.encode(Buffer.from(value)), 76);
        expect(Buffer.from(decodeQuotedPrintable(encoded)).toString()).toBe(value);
      }),
    );
  });

  test('encoded words: libmime', () => {
    fc.assert(
      fc.property(line, fc.constantFrom('Q', 'B'), (value, encoding) => {
        const encoded = libmime.encodeWords(value, encoding as 'Q' | 'B', 52);
        // It cuts surrogate pairs and leaves what looks like a word alone: what it reads back itself is the measure.
        expect(decodeWords(encoded)).toBe(libmime.decodeWords(encoded));
      }),
    );
  });

  test('encoded words: Python', () => {
    const cases = fc.sample(line, 300).filter(value => value !== '');
    const script =
      "from email.header import Header\nprint(json.dumps([Header(c, 'utf-8').encode() for c in cases]))";
    const encoded = python(script, cases) as string[];
    expect(encoded.map(words => decodeWords(words))).toEqual(cases);
  });

  test('parameters: Python', () => {
    const cases = fc.sample(line, 300);
    const script = `
from email.utils import encode_rfc2231
print(json.dumps(["attachment; filename*=" + encode_rfc2231(c, 'utf-8') for c in cases]))`;
    const fields = python(script, cases) as string[];
    expect(fields.map(field => parseParameters(field).parameters.get('filename'))).toEqual(cases);
  });
});
