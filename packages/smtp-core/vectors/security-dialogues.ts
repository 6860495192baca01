import { CleartextExchange } from '../src/sasl/cleartext-exchange.ts';
import type { Question } from '../src/server-action.ts';
import type { Answer, ServerDialogue } from './play-server.ts';

const HELLO = ['EHLO c.test\r\n', '250'] as const;
const MAIL = 'MAIL FROM:<a@x.test>\r\n';

/** One user, `u` with password `p`. */
export function loginHost(): (question: Question) => Answer | undefined {
  const exchange = new CleartextExchange();
  return question => {
    if (question.type !== 'auth') return undefined;
    const step = exchange.step(question);
    if (step === undefined) return [501, 'Malformed', '5.5.2'];
    if ('challenge' in step) return { challenge: new TextDecoder().decode(step.challenge) };
    const { user, pass } = step.credentials;
    return user === 'u' && pass === 'p' ? undefined : [535, 'Wrong', '5.7.8'];
  };
}

const AUTH: readonly ServerDialogue[] = [
  {
    title: 'PLAIN with and without initial response, LOGIN, and a second AUTH',
    source: 'RFC 4954 §4',
    options: { auth: ['PLAIN', 'LOGIN'], allowInsecureAuth: true },
    host: loginHost,
    turns: [
      HELLO,
      ['AUTH PLAIN AHUAeA==\r\nAUTH PLAIN\r\n', '535 334'],
      ['AHUAeA==\r\nauth login\r\n', '535 334'],
      ['dQ==\r\n', '334'],
      ['eA==\r\nAUTH LOGIN dQ==\r\n', '535 334'],
      ['cA==\r\nAUTH PLAIN AHUAcA==\r\n', '235 503'],
      [`${MAIL}AUTH PLAIN AHUAcA==\r\n`, '250 503'],
    ],
    events: ['authenticated'],
  },
  {
    title: 'AUTH malformed, cancelled, empty, too long, unknown',
    source: 'RFC 4954 §4',
    options: { auth: ['PLAIN'], allowInsecureAuth: true, maxCommandOctets: 512 },
    host: loginHost,
    turns: [
      HELLO,
      [
        'AUTH\r\nAUTH PLAIN a b\r\nAUTH FOO\r\nAUTH PLAIN ?\r\nAUTH PLAIN AHU\r\nAUTH PLAIN =\r\n',
        '501 501 504 501 501 501',
      ],
      ['AUTH PLAIN\r\n', '334'],
      ['*\r\nAUTH PLAIN\r\n', '501 334'],
      ['=\r\nAUTH PLAIN\r\n', '501 334'],
      ['\r\nAUTH PLAIN\r\n', '501 334'],
      [`${'A'.repeat(12_286)}\r\nAUTH PLAIN\r\n`, '501 334'],
      [`${'A'.repeat(12_287)}\r\nNOOP\r\n`, '500 250'],
      [`AUTH PLAIN ${'A'.repeat(12_272)}\r\n`, '501'],
      [`AUTH PLAIN ${'A'.repeat(12_276)}\r\n`, '500'],
    ],
  },
  {
    title: 'AUTH is not offered outside TLS unless the host insists',
    source: 'RFC 4954 §6',
    options: { auth: ['PLAIN'], startTls: true },
    turns: [
      ['EHLO c\r\nAUTH PLAIN AHUAcA==\r\nMAIL FROM:<a@x> AUTH=<>\r\n', '250 538 555'],
      ['STARTTLS\r\n', '220'],
      ['tls', ''],
      [
        'AUTH PLAIN AHUAcA==\r\nEHLO c\r\nAUTH PLAIN AHUAcA==\r\nMAIL FROM:<a@x> AUTH=<>\r\n',
        '503 250 235 250',
      ],
    ],
    events: ['secure', 'authenticated'],
  },
  {
    title: 'AUTH where there is none',
    source: 'RFC 4954 §4',
    turns: [['AUTH PLAIN\r\nEHLO c\r\nAUTH PLAIN\r\n', '503 250 503']],
  },
  {
    title: 'the host demands TLS and a login before mail',
    source: 'RFC 3207 §4, RFC 4954 §6',
    options: { auth: ['PLAIN'], startTls: true, requireAuth: true, requireTls: true },
    host: loginHost,
    turns: [
      [`EHLO c\r\n${MAIL}VRFY x\r\nNOOP\r\nSTARTTLS\r\n`, '250 530 530 250 220'],
      ['tls', ''],
      [`EHLO c\r\n${MAIL}AUTH PLAIN AHUAcA==\r\n${MAIL}`, '250 530 235 250'],
    ],
    events: ['secure', 'authenticated'],
  },
];

const TLS: readonly ServerDialogue[] = [
  {
    title: 'plaintext behind STARTTLS is never executed, and all is forgotten',
    source: 'RFC 3207 §4.2, CVE-2011-0411',
    options: { startTls: true, auth: ['PLAIN'], allowInsecureAuth: true },
    turns: [
      [
        'EHLO c\r\nAUTH PLAIN AHUAcA==\r\nSTARTTLS x\r\nSTARTTLS\r\nRSET\r\nEHLO evil\r\nNO',
        '250 235 501 220',
      ],
      ['OP\r\n', ''],
      ['tls', ''],
      [`${MAIL}EHLO c\r\nSTARTTLS\r\nAUTH PLAIN AHUAcA==\r\n`, '503 250 503 235'],
    ],
    events: ['authenticated', 'secure', 'authenticated'],
  },
  { title: 'no STARTTLS here', source: 'RFC 3207 §4', turns: [['EHLO c\r\nSTARTTLS\r\n', '250 502']] },
  {
    title: 'inside TLS from the start',
    source: 'RFC 8314 §3.3',
    options: { startTls: true, secure: true },
    turns: [['EHLO c\r\nSTARTTLS\r\n', '250 503']],
  },
];

/** AUTH and TLS. */
export const SECURITY_DIALOGUES: readonly ServerDialogue[] = [...AUTH, ...TLS];
