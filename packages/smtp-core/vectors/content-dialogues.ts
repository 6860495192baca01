import type { ServerDialogue } from './play-server.ts';

const MAIL = 'MAIL FROM:<a@x.test>\r\n';
const RCPT = 'RCPT TO:<b@y.test>\r\n';
const OPENED = [`EHLO c.test\r\n${MAIL}${RCPT}`, '250 250 250'] as const;
const CHUNKING = { extensions: ['CHUNKING', 'BINARYMIME', '8BITMIME'] };

const DATA: readonly ServerDialogue[] = [
  {
    title: 'dots are removed, and mail follows mail',
    source: 'RFC 5321 §4.5.2, RFC 2920 §3.1',
    turns: [
      OPENED,
      ['DATA\r\n', '354'],
      [`..\r\n.a\r\n...b\r\n.\r\n${MAIL}${RCPT}DATA\r\n`, '250 250 250 354'],
      ['.\r\nQUIT\r\n', '250 221'],
    ],
    events: ['content .\r\na\r\n..b\r\n', 'message  11', 'message  0', 'end quit'],
  },
  {
    title: 'no smuggling: only CRLF.CRLF ends content, and a bare CR or LF condemns it at its real end',
    source: 'CVE-2023-51764, RFC 5321 §4.1.1.4',
    turns: [
      OPENED,
      ['DATA\r\n', '354'],
      [`a\n.\nb\n.\r\nc\r\n.\nd\r.\re\r\n.\rf\r\n.\r\n${MAIL}`, '554 250'],
      [`${RCPT}DATA\r\n`, '250 354'],
      ['ok\r\n.\r\n', '250'],
    ],
  },
  {
    title: 'a bare CR alone condemns it',
    source: 'RFC 5321 §2.3.8',
    turns: [OPENED, ['DATA\r\n', '354'], ['a\rb\r\n.\r\nRCPT TO:<b@y>\r\n', '554 503']],
  },
  {
    title: 'a message over the limit is refused at its end, and the next one is not',
    source: 'RFC 1870 §6.3',
    options: { maxMessageOctets: 5 },
    turns: [
      OPENED,
      ['DATA\r\n', '354'],
      [`1234\r\n.\r\n${MAIL}${RCPT}DATA\r\n`, '552 250 250 354'],
      ['..12\r\n.\r\n', '250'],
    ],
  },
  {
    title: 'the host refuses the message, and the transaction ends with the message',
    source: 'RFC 5321 §4.1.1.4',
    answer: question => (question.type === 'message' ? [554, 'Spam', '5.7.1'] : undefined),
    turns: [OPENED, ['DATA x\r\nDATA\r\n', '501 354'], ['x\r\n.\r\nDATA\r\n', '554 503']],
    events: ['content x\r\n', 'message  3'],
  },
  {
    title: 'the host closes the connection instead of taking the message',
    source: 'RFC 5321 §3.8',
    answer: question => (question.type === 'message' ? [421, 'Enough'] : undefined),
    turns: [OPENED, ['DATA\r\n', '354'], ['.\r\nNOOP\r\n', '421']],
    events: ['message  0', 'reset', 'end closed'],
  },
  {
    title: 'the host refuses DATA, and the transaction stands',
    source: 'RFC 5321 §4.3.2',
    answer: question => (question.type === 'data' ? [451, 'Later'] : undefined),
    turns: [OPENED, [`DATA\r\n${MAIL}${RCPT}RSET\r\n`, '451 503 250 250']],
    events: ['reset'],
  },
  {
    title: 'BDAT behind HELO',
    source: 'RFC 3030 §2',
    options: CHUNKING,
    turns: [[`HELO c\r\n${MAIL}${RCPT}BDAT 6 LAST\r\nQUIT\r\nNOOP\r\n`, '250 250 250 503 250']],
  },
  {
    title: 'a client that leaves in the middle leaves nothing behind',
    source: 'RFC 5321 §4.1.1.4',
    turns: [OPENED, ['DATA\r\n', '354'], ['x\r\n.', ''], [null, '']],
    events: ['content x\r\n', 'reset', 'end disconnected'],
  },
  {
    title: 'a client that says all and closes its side is answered',
    source: 'RFC 5321 §4.1.1.10',
    turns: [
      [`${OPENED[0]}QUIT\r\n`, '250 250 250 221'],
      [null, ''],
    ],
    events: ['reset', 'end quit'],
  },
];

const BDAT: readonly ServerDialogue[] = [
  {
    title: 'chunks are counted, not unstuffed, and may be empty',
    source: 'RFC 3030 §2',
    options: CHUNKING,
    turns: [
      OPENED,
      ['BDAT 4\r\n.\r\n.bdat 0\r\nNOOP\r\n', '250 250 250'],
      ['BDAT 2\r\n\r', ''],
      ['\nBDAT 0 last\r\nRSET\r\n', '250 250 250'],
    ],
    events: ['content .\r\n.\r\n', 'message  6'],
  },
  {
    title: 'BDAT and DATA do not mix, nor do RCPT and BDAT',
    source: 'RFC 3030 §2',
    options: CHUNKING,
    turns: [OPENED, [`BDAT 1\r\nxDATA\r\n${MAIL}${RCPT}BDAT 1 LAST\r\ny`, '250 503 503 503 250']],
    events: ['content xy', 'message  2'],
  },
  {
    title: 'BINARYMIME comes with BDAT alone',
    source: 'RFC 3030 §3',
    options: CHUNKING,
    turns: [
      [
        'EHLO c\r\nMAIL FROM:<a@x> BODY=BINARYMIME\r\nRCPT TO:<b@y>\r\nDATA\r\nBDAT 1 LAST\r\n\n',
        '250 250 250 503 250',
      ],
    ],
    events: ['content \n', 'message  1'],
  },
  {
    title: 'the octets of a refused chunk are consumed, and only RSET helps',
    source: 'RFC 3030 §2',
    options: { ...CHUNKING, maxMessageOctets: 4 },
    turns: [
      ['EHLO c\r\nBDAT 6\r\nQUIT\r\nMAIL FROM:<a@x>\r\nBDAT 6 LAST\r\nQUIT\r\n', '250 503 250 503'],
      ['RCPT TO:<b@y>\r\nBDAT 3\r\nabcBDAT 6\r\nQUIT\r\nBDAT 6 LAST\r\nQUIT\r\n', '250 250 552 503'],
      [`DATA\r\n${MAIL}${RCPT}NOOP\r\nRSET\r\n${MAIL}`, '503 503 503 250 250 250'],
    ],
    events: ['content abc', 'reset'],
  },
  {
    title: 'a last chunk over the limit ends the transaction',
    source: 'RFC 3030 §2, RFC 1870 §6.3',
    options: { ...CHUNKING, maxMessageOctets: 4 },
    turns: [OPENED, [`BDAT 5 LAST\r\n12345${MAIL}`, '552 250']],
    events: ['reset'],
  },
  {
    title: 'the host refuses the content with its first chunk',
    source: 'RFC 3030 §2',
    options: CHUNKING,
    answer: question => (question.type === 'data' ? [452, 'Full'] : undefined),
    turns: [
      OPENED,
      [`BDAT 3\r\nabcBDAT 3 LAST\r\ndefRSET\r\n${MAIL}${RCPT}BDAT 1 LAST\r\nx`, '452 503 250 250 250 452'],
    ],
    events: ['reset', 'reset'],
  },
  {
    title: 'a malformed chunk size, and one beyond measure',
    source: 'RFC 3030 §2',
    options: CHUNKING,
    turns: [
      OPENED,
      ['BDAT\r\nBDAT x\r\nBDAT -1\r\nBDAT 1 FIRST\r\nBDAT 1  LAST\r\n', '501 501 501 501 501'],
      ['BDAT 99999999999999999999 LAST\r\nNOOP\r\n', '421'],
    ],
    events: ['reset', 'end protocol'],
  },
  {
    title: 'no CHUNKING here: the octets are not taken for commands',
    source: 'RFC 3030 §2',
    turns: [OPENED, ['BDAT 6 LAST\r\nQUIT\r\nNOOP\r\n', '502 250']],
  },
];

const LMTP: readonly ServerDialogue[] = [
  {
    title: 'LHLO alone, and one reply for each accepted recipient in order',
    source: 'RFC 2033 §4.1, §4.2',
    options: { lmtp: true },
    answer: question => {
      if (question.type === 'rcpt' && question.to === 'c@y.test') return [550, 'No'];
      return question.type === 'message' && question.recipient === 'd@y.test' ? [452, 'Full'] : undefined;
    },
    turns: [
      ['EHLO c\r\nHELO c\r\nLHLO c\r\n', '500 500 250'],
      [`${MAIL}RCPT TO:<c@y.test>\r\nDATA\r\n`, '250 550 503'],
      [`${RCPT}RCPT TO:<d@y.test>\r\nRCPT TO:<e@y.test>\r\nDATA\r\n`, '250 250 250 354'],
      ['x\r\n.\r\nNOOP\r\n', '250 452 250 250'],
    ],
    events: ['content x\r\n', 'message b@y.test 3', 'message d@y.test 3', 'message e@y.test 3'],
  },
  {
    title: 'also for the last chunk, and for what is refused without asking',
    source: 'RFC 2033 §4.3',
    options: { ...CHUNKING, lmtp: true, maxMessageOctets: 4 },
    turns: [
      [`LHLO c\r\n${MAIL}${RCPT}${RCPT}BDAT 1\r\nxBDAT 1 LAST\r\ny`, '250 250 250 250 250 250 250'],
      [`${MAIL}${RCPT}${RCPT}BDAT 5 LAST\r\n12345`, '250 250 250 552 552'],
      [`${MAIL}${RCPT}${RCPT}DATA\r\n`, '250 250 250 354'],
      ['a\n\r\n.\r\nNOOP\r\n', '554 554 250'],
    ],
  },
  {
    title: 'a host that closes the connection half way through the recipients',
    source: 'RFC 2033 §4.2',
    options: { lmtp: true },
    answer: question => (question.type === 'message' ? [421, 'Enough'] : undefined),
    turns: [
      [`LHLO c\r\n${MAIL}${RCPT}${RCPT}DATA\r\n`, '250 250 250 250 354'],
      ['.\r\n', '421'],
    ],
    events: ['message b@y.test 0', 'reset', 'end closed'],
  },
];

export const CONTENT_DIALOGUES: readonly ServerDialogue[] = [...DATA, ...BDAT, ...LMTP];
