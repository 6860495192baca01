import type { ServerDialogue } from './play-server.ts';
import { SECURITY_DIALOGUES } from './security-dialogues.ts';

const HELLO = ['EHLO c.test\r\n', '250'] as const;
const MAIL = 'MAIL FROM:<a@x.test>\r\n';
const RCPT = 'RCPT TO:<b@y.test>\r\n';
const OPENED = [`EHLO c.test\r\n${MAIL}${RCPT}`, '250 250 250'] as const;

const COMMANDS: readonly ServerDialogue[] = [
  {
    title: 'a command before its time is 503, and helps nobody',
    source: 'RFC 5321 §4.1.4',
    options: { extensions: ['CHUNKING'], auth: ['PLAIN'], allowInsecureAuth: true, startTls: true },
    turns: [
      [
        `${MAIL}${RCPT}DATA\r\nAUTH PLAIN\r\nSTARTTLS\r\nBDAT 4\r\nQUITNOOP\r\n`,
        '503 503 503 503 503 503 250',
      ],
      ['EHLO c.test\r\nRCPT TO:<b@y.test>\r\nDATA\r\n', '250 503 503'],
      [`${MAIL}DATA\r\n${MAIL}BDAT 4 LAST\r\nQUITAUTH PLAIN\r\nSTARTTLS\r\n`, '250 503 503 503 503 503'],
      [`${RCPT}${MAIL}AUTH PLAIN\r\n`, '250 503 503'],
    ],
    events: [],
  },
  {
    title: 'commands that are served at any time, and ones that never are',
    source: 'RFC 5321 §4.1.4, §4.1.1.6, appendix F',
    turns: [
      [
        'NOOP\r\nnoop with words\r\nHELP\r\nhelp MAIL\r\nVRFY b\r\nEXPN list\r\nRSET\r\n',
        '250 250 214 214 252 252 250',
      ],
      ['TURN\r\nETRN x\r\nSEND FROM:<a@x>\r\nSOML FROM:<a@x>\r\nSAML FROM:<a@x>\r\n', '502 502 502 502 502'],
      [
        'FOO\r\n\r\n \r\n123\r\nLHLO c\r\nVRFY\r\nEXPN\r\nRSET x\r\nQUIT x\r\nNOOP \t \r\n',
        '500 500 500 500 500 501 501 501 501 250',
      ],
    ],
  },
  {
    title: 'bare LF, bare CR, NUL, DEL and broken UTF-8 make no command',
    source: 'RFC 5321 §2.3.8, §4.1.1.4',
    turns: [
      ['NOOP\nNOOP\r\nNOOP\rNOOP\r\nNOOP\0\r\nNOOP\x7f\r\nNO\tOP\r\nNOOP\n\r\n', '500 500 500 500 500 500'],
      ['NOOP\r\r\nNOOP\r\n', '500 250'],
    ],
  },
  {
    title: 'a line over the limit is answered once, however long it goes on',
    source: 'RFC 5321 §4.5.3.1.4',
    options: { maxCommandOctets: 20 },
    turns: [
      [`NOOP ${'x'.repeat(13)}\r\n`, '250'],
      [`NOOP ${'x'.repeat(14)}\r\n`, '500'],
      [`NOOP ${'x'.repeat(14)}`, '500'],
      ['y'.repeat(40), ''],
      ['\r', ''],
      ['z\r\nNOOP\r\n', '250'],
    ],
  },
  {
    title: 'hello needs one name, and may come again',
    source: 'RFC 5321 §4.1.1.1, §4.1.4',
    turns: [
      ['EHLO\r\nHELO\r\nEHLO a b\r\nEHLO  a\r\nEHLO [IPv6:::1]\r\n', '501 501 501 501 250'],
      [`${MAIL}HELO c\r\n${RCPT}${MAIL}${RCPT}RSET\r\nDATA\r\n`, '250 250 503 250 250 250 503'],
    ],
    events: ['reset', 'reset'],
  },
  {
    title: 'no service: only QUIT is served',
    source: 'RFC 5321 §3.1',
    options: { noService: 'No SMTP here' },
    turns: [
      ['EHLO c\r\nNOOP\r\nFOO\r\n', '503 503 500'],
      ['QUIT\r\nNOOP\r\n', '221'],
    ],
    events: ['end quit'],
  },
  {
    title: 'too many errors close the connection, accepted mail forgives them',
    source: 'RFC 5321 §4.3.2, §3.8',
    options: { maxErrors: 3 },
    turns: [
      [`FOO\r\nFOO\r\n${OPENED[0]}DATA\r\n`, '500 500 250 250 250 354'],
      ['.\r\nFOO\r\nFOO\r\nNOOP\r\nFOO\r\nNOOP\r\n', '250 500 500 250 500 421'],
    ],
    events: ['message  0', 'end protocol'],
  },
  {
    title: 'a group behind a refused MAIL is no error of the client',
    source: 'RFC 2920 §3.1',
    options: { maxErrors: 1 },
    answer: question => (question.type === 'mail' ? [451, 'Later'] : undefined),
    turns: [[`${OPENED[0]}${RCPT}${RCPT}DATA\r\nRSET\r\n`, '250 451 503 503 503 503 250']],
  },
  {
    title: 'the host refuses hello, sender, recipient, content, and to verify',
    source: 'RFC 5321 §4.3.2',
    answer: question => {
      if (question.type === 'hello' && question.name === 'bad') return [550, 'Go away', '5.7.1'];
      if (question.type === 'mail' && question.from === '') return [451, 'Later\nor never'];
      if (question.type === 'rcpt' && question.to === 'c@y.test') return [550, 'No such user', '5.1.1'];
      if (question.type === 'verify')
        return question.verb === 'VRFY' ? 'B <b@y.test>' : [550, 'Refused', '5.7.1'];
      return undefined;
    },
    turns: [
      ['EHLO bad\r\nMAIL FROM:<>\r\nEHLO good\r\nMAIL FROM:<>\r\n', '550 503 250 451'],
      [`${MAIL}RCPT TO:<c@y.test>\r\nDATA\r\n${RCPT}DATA\r\n`, '250 550 503 250 354'],
      ['.\r\nVRFY b\r\nEXPN b\r\n', '250 250 550'],
    ],
  },
  {
    title: 'the host closes the connection by refusing with 421',
    source: 'RFC 5321 §3.8',
    answer: question => (question.type === 'rcpt' ? [421, 'Enough'] : undefined),
    turns: [[`${OPENED[0]}NOOP\r\n`, '250 250 421']],
    events: ['reset', 'end closed'],
  },
];

const PATHS: readonly ServerDialogue[] = [
  {
    title: 'paths and parameters, right and wrong',
    source: 'RFC 5321 §4.1.1.2, §4.1.1.3, §4.1.1.11',
    turns: [
      HELLO,
      ['MAIL\r\nMAIL FROM\r\nMAIL FROM:\r\nMAIL FROM: <a@x>\r\nMAIL TO:<a@x>\r\n', '501 501 501 501 501'],
      [
        'MAIL FROM:a@x\r\nMAIL FROM:<a@x\r\nMAIL FROM:<a@x>SIZE=1\r\nMAIL FROM:<Postmaster>\r\n',
        '501 501 501 501',
      ],
      ['MAIL FROM:<a@x> =1\r\nMAIL FROM:<a@x> A=\r\nMAIL FROM:<a@x> FOO FOO\r\n', '501 501 501'],
      ['MAIL FROM:<a@x> FOO\r\nMAIL FROM:<a@x> SIZE=1\r\nMAIL FROM:<a@x> BODY=7BIT\r\n', '555 555 555'],
      ['mail from:<@r.test,@s.test:"a b\\""@x.test>\r\n', '250'],
    ],
  },
  {
    title: 'recipients: never null, Postmaster without a domain',
    source: 'RFC 5321 §4.1.1.3, §4.5.1',
    turns: [
      [`EHLO c\r\n${MAIL}RCPT TO:<>\r\nRCPT TO:<b>\r\nRCPT TO:<b@y> NOTIFY=NEVER\r\n`, '250 250 501 501 555'],
      ['rcpt to:<postMASTER>\r\nRCPT TO:<b@[192.0.2.1]>\r\nRCPT TO: <b@y>\r\n', '250 250 501'],
    ],
  },
  {
    title: 'too many recipients are 452, and no error of the client',
    source: 'RFC 5321 §4.5.3.1.10',
    options: { maxRecipients: 1, maxErrors: 1 },
    turns: [OPENED, [`${RCPT}${RCPT}NOOP\r\n`, '452 452 250']],
  },
  {
    title: 'SIZE: declared above the limit, malformed, fitting',
    source: 'RFC 1870 §6.1',
    options: { maxMessageOctets: 10 },
    turns: [
      HELLO,
      ['MAIL FROM:<a@x> SIZE=11\r\nMAIL FROM:<a@x> SIZE=x\r\nMAIL FROM:<a@x> SIZE\r\n', '552 501 501'],
      ['MAIL FROM:<a@x> SIZE=10\r\n', '250'],
    ],
  },
  {
    title: 'no extension survives HELO',
    source: 'RFC 5321 §4.1.1.11',
    options: { maxMessageOctets: 10, auth: ['PLAIN'], allowInsecureAuth: true, extensions: ['8BITMIME'] },
    turns: [
      ['HELO c\r\nMAIL FROM:<a@x> SIZE=1\r\nMAIL FROM:<a@x> BODY=7BIT\r\nAUTH PLAIN\r\n', '250 555 555 503'],
    ],
  },
  {
    title: 'an international address needs SMTPUTF8 on MAIL',
    source: 'RFC 6531 §3.5',
    options: { extensions: ['SMTPUTF8', '8BITMIME'] },
    turns: [
      HELLO,
      ['MAIL FROM:<ö@x.test>\r\nMAIL FROM:<a@x> SMTPUTF8=1\r\n', '553 501'],
      [`${MAIL}RCPT TO:<ö@y.test>\r\nRSET\r\n`, '250 553 250'],
      ['MAIL FROM:<ö@ü.test> SMTPUTF8 BODY=8BITMIME\r\nRCPT TO:<ö@y.test>\r\n', '250 250'],
    ],
  },
];

/** Commands, their order and their arguments, AUTH and TLS. */
export const SESSION_DIALOGUES: readonly ServerDialogue[] = [...COMMANDS, ...PATHS, ...SECURITY_DIALOGUES];
