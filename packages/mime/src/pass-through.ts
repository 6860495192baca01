import { refuseCollision } from './boundary.ts';
import { refuse } from './error.ts';
import { lineOctets } from './limit.ts';
import type { StreamedBody } from './piece.ts';

const LF = 0x0a;
const CR = 0x0d;

interface Passage {
  push(chunk: Uint8Array): Uint8Array;
  end(): Uint8Array;
}

/**
 * Lets a body pass unencoded and checks it on the way: what the declared encoding does not allow, or a line that
 * begins with a boundary, ends the message (RFC 2045 §2.7, §2.8; RFC 2046 §5.1.1).
 */
export function passThrough({ encoding, boundaries, field }: StreamedBody): Passage {
  /** The current line, as far as a boundary could reach, and its octets so far. */
  let line = '';
  let column = 0;
  let previous = 0;
  let position = 0;

  const check = (octet: number): void => {
    const isBreak = octet === LF || octet === CR;
    if (isBreak) {
      column = 0;
      line = '';
    } else if (column++ < 72) {
      // RFC 2046 §5.1.1: a boundary has at most 70 characters, its delimiter 72.
      line += String.fromCharCode(octet);
      const met = boundaries.find(boundary => line === `--${boundary}`);
      if (met !== undefined) refuseCollision(met, field);
    }
    const allowed =
      octet !== 0 &&
      column <= lineOctets &&
      (octet < 128 || encoding === '8bit') &&
      (octet === LF) === (previous === CR);
    if (!allowed && encoding !== 'binary')
      refuse('invalid-encoding', field, unfitAdvice(encoding), octet, position);
    previous = octet;
    position++;
  };

  return {
    push(chunk) {
      chunk.forEach(check);
      return chunk;
    },
    end() {
      if (previous === CR) check(0);
      return new Uint8Array(0);
    },
  };
}

/** What to do with octets that an encoding does not allow; a message is never encoded, but may go as a file. */
export function unfitAdvice(encoding: string): string {
  return `Choose base64, or application/octet-stream, for what is not ${encoding}`;
}
