import { LineBuffer, type LineLimit } from './line-buffer.ts';

/** A command line taken apart: the verb in upper case and what stood behind the space after it. */
export interface Command {
  readonly verb: string;
  readonly argument: string;
}

/** Why a line is not a command. */
export type CommandFault = 'too-long' | 'malformed';

/** RFC 5321 §4.5.3.1.4: 512 octets with CRLF; the extensions offered here add up to less than 2048 (their own
 * sections on "maximum length"). */
export const MAX_COMMAND_OCTETS = 2048;

/** RFC 4954 §4: an AUTH line, and each line of the exchange, may have 12288 octets. */
export const MAX_AUTH_COMMAND_OCTETS = 12_288;

/**
 * Reads one command line (RFC 5321 §2.4, §4.1.1); white space before the line end is tolerated.
 *
 * @param line The octets without CRLF.
 * @returns The command, or `'malformed'` for control characters, for what is not UTF-8, and without a verb.
 *
 * @example Read a command
 * ```ts
 * parseCommand(new TextEncoder().encode('mail FROM:<>')); // { verb: 'MAIL', argument: 'FROM:<>' }
 * ```
 */
export function parseCommand(line: Uint8Array): Command | 'malformed' {
  let end = line.length;
  while (end > 0 && (line[end - 1] === 0x20 || line[end - 1] === 0x09)) end--;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(line.subarray(0, end));
  } catch {
    return 'malformed';
  }
  if (/[\u0000-\u001f\u007f]/.test(text)) return 'malformed';
  const space = text.indexOf(' ');
  const verb = space < 0 ? text : text.slice(0, space);
  if (!/^[A-Za-z][A-Za-z0-9-]*$/.test(verb)) return 'malformed';
  return { verb: verb.toUpperCase(), argument: space < 0 ? '' : text.slice(space + 1) };
}

/**
 * Splits a client's octets into commands, strictly: lines end with CRLF and nothing else (RFC 5321 §2.3.8).
 *
 * @example Read two commands from one segment
 * ```ts
 * const parser = new CommandParser();
 * parser.push(new TextEncoder().encode('RSET\r\nquit\r\n'));
 * parser.next(); // { verb: 'RSET', argument: '' }
 * parser.next(); // { verb: 'QUIT', argument: '' }
 * parser.next(); // undefined: more octets are needed
 * ```
 */
export class CommandParser {
  /** The octets not read yet; what follows a command need not be a command (DATA, BDAT, AUTH). */
  readonly input: LineBuffer;
  readonly #limit: LineLimit;

  /**
   * @param maxCommandOctets Longest command line with its CRLF; AUTH lines may have 12288.
   * @param input Where octets come from, when it is shared.
   */
  constructor(maxCommandOctets: number = MAX_COMMAND_OCTETS, input: LineBuffer = new LineBuffer()) {
    this.input = input;
    this.#limit = head => (isAuth(head) ? MAX_AUTH_COMMAND_OCTETS : maxCommandOctets);
  }

  /** Takes octets as they come. */
  push(octets: Uint8Array): void {
    this.input.push(octets);
  }

  /** Gives the next command, what is wrong with the next line, or undefined when more octets are needed. */
  next(): Command | CommandFault | undefined {
    const line = this.input.line(this.#limit);
    return line instanceof Uint8Array ? parseCommand(line) : line;
  }
}

function isAuth(head: Uint8Array): boolean {
  return /^auth /i.test(String.fromCharCode(...head.subarray(0, 5)));
}
