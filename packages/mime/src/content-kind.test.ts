import { describe, expect, test } from 'vitest';
import { contentTypeOf, sniffContentType } from './content-kind.ts';

const latin1 = (text: string) => Uint8Array.from(text, character => character.charCodeAt(0));

describe('sniffContentType', () => {
  test.each([
    ['image/png', '\x89PNG\r\n\x1a\n\0\0\0\rIHDR'],
    ['image/jpeg', '\xff\xd8\xff\xe0\0\x10JFIF'],
    ['image/gif', 'GIF89a'],
    ['image/gif', 'GIF87a'],
    ['image/webp', 'RIFF\r\n\0\0WEBPVP8 '],
    ['image/tiff', 'II*\0\x08\0\0\0'],
    ['image/tiff', 'MM\0*\0\0\0\x08'],
    ['image/bmp', 'BM\x46\0\0\0\0\0\0\0\x36'],
    ['image/x-icon', '\0\0\x01\0\x01\0'],
    ['image/avif', '\0\0\0\x1cftypavif'],
    ['image/heic', '\0\0\0\x18ftypheic'],
    ['audio/wav', 'RIFF\x24\0\0\0WAVEfmt '],
    ['audio/ogg', 'OggS\0\x02'],
    ['audio/flac', 'fLaC\0\0'],
    ['audio/mp4', '\0\0\0\x20ftypM4A '],
    ['audio/mpeg', 'ID3\x04\0'],
    ['audio/mpeg', '\xff\xfb\x90\x64'],
    ['audio/midi', 'MThd\0\0'],
  ])('%s', (type, octets) => {
    expect(sniffContentType(latin1(octets))).toBe(type);
    expect(sniffContentType(latin1(octets.padEnd(1000, '\0')))).toBe(type);
    expect(sniffContentType(latin1(` ${octets}`))).toBeUndefined();
  });

  test.each(['', 'Hello', 'BMW drives', '%PDF-1.7', '<svg>', 'RIFF1234AVI '])(
    '%j is neither image nor sound',
    octets => {
      expect(sniffContentType(latin1(octets))).toBeUndefined();
    },
  );
});

describe('contentTypeOf', () => {
  test.each([
    ['report.pdf', 'application/pdf'],
    ['REPORT.PDF', 'application/pdf'],
    ['a.tar.gz', 'application/gzip'],
    ['报告.docx', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
    ['photo.jpeg', 'image/jpeg'],
    ['.txt', 'text/plain'],
    ['song.mid', 'audio/midi'],
  ])('%s is %s', (filename, type) => {
    expect(contentTypeOf(filename)).toBe(type);
  });

  test.each(['', 'README', 'a.', 'a.unknown', 'pdf', 'a.application/pdf', 'a.constructor', 'a.pdf '])(
    '%j tells nothing',
    filename => {
      expect(contentTypeOf(filename)).toBeUndefined();
    },
  );
});
