/** What a peer does with one of its replies instead of sending it. */
export interface ReplyFault {
  readonly name: string;
  /** The octets that leave in its place, as text of one octet a character. */
  readonly write: (reply: string) => string;
  /** The code the peer acts on: what it says no to it does not do. Without one it acts as it meant to. */
  readonly code?: number;
  /** The connection ends behind it. */
  readonly close?: true;
  /**
   * The peer does and says nothing more but leaves the connection open. One that swallowed a reply and went on would
   * shift all others, which no client can notice.
   */
  readonly mute?: true;
  /** A second reply follows at once: between two that are awaited anyway it shifts them, and cannot be noticed. */
  readonly surplus?: true;
}

/** Reply faults: every way found so far in which a reply can be wrong. */
export const REPLY_FAULTS: readonly ReplyFault[] = [
  { name: '421', write: () => '421 4.3.2 closing\r\n', code: 421, close: true },
  {
    name: '421 in two lines, connection left open',
    write: () => '421-closing\r\n421 now\r\n',
    code: 421,
    mute: true,
  },
  { name: '4yz', write: () => '451 4.3.0 later\r\n', code: 451 },
  { name: '5yz', write: () => '554 5.0.0 never\r\n', code: 554 },
  { name: '1yz', write: () => '150 working\r\n' },
  { name: '3yz', write: () => '354 go on\r\n', code: 354 },
  { name: '2yz', write: () => '250 fine\r\n', code: 250 },
  { name: '999', write: () => '999 what\r\n' },
  { name: 'text', write: () => 'everything is fine\r\n' },
  { name: 'empty', write: () => '', mute: true },
  { name: 'blank lines', write: () => '\r\n\r\n', mute: true },
  { name: 'truncated, then closed', write: reply => reply.slice(0, -3), close: true },
  { name: 'code alone, then closed', write: reply => reply.slice(0, 3), close: true },
  { name: 'bare LF', write: reply => reply.replaceAll('\r\n', '\n') },
  { name: 'NUL', write: reply => reply.replace(/.\r\n$/, '\0\r\n') },
  { name: '8-bit', write: () => '\x80\xff\xfe\r\n' },
  { name: '64 KiB line', write: reply => `${reply.slice(0, 3)} ${'x'.repeat(65_536)}\r\n` },
  {
    name: '10,000 continuations',
    write: reply => `${`${reply.slice(0, 3)}-more\r\n`.repeat(10_000)}${reply}`,
  },
  { name: 'continuation without end', write: reply => `${reply.slice(0, 3)}-more\r\n`, mute: true },
  { name: 'extra reply', write: reply => reply + reply, surplus: true },
  { name: 'early reply', write: reply => `${reply}250 OK\r\n`, surplus: true },
  { name: 'early refusal', write: reply => `${reply}550 no\r\n`, surplus: true },
  { name: 'HTTP banner', write: () => 'HTTP/1.1 400 Bad Request\r\nServer: x\r\n\r\n', close: true },
  { name: 'TLS alert', write: () => '\x15\x03\x01\x00\x02\x02\x46', close: true },
  { name: 'closed', write: () => '', close: true },
];
