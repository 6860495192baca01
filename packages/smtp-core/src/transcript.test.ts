import { expect, test } from 'vitest';
import { opening, play, prepared, send } from '../fixture/dialogue.ts';
import { DIALOGUES } from '../fixture/dialogues.ts';
import { formatTranscript, replay, SmtpClient, type Transcript, TranscriptRecorder } from './index.ts';

const recordOf = (dialogue: Parameters<typeof play>[0]): Transcript => {
  const recorder = new TranscriptRecorder();
  for (const event of play(dialogue).events) recorder.record(event);
  return recorder.transcript;
};

test('reads like a session', () => {
  const transcript = recordOf({
    title: '',
    ref: '',
    auth: () => [prepared('PLAIN', ['\0user\0secret'])],
    work: [send()],
    script: `${opening('AUTH PLAIN', 'PIPELINING')}
      C: AUTH PLAIN ${btoa('\0user\0secret')}
      S: 235 welcome
      C: MAIL FROM:<a@x.test>
      C: RCPT TO:<b@y.test>
      S: 250 2.1.0 ok
      S: 250-2.1.5 well
      S: 250 2.1.5 all right
      C: DATA
      S: 354
      C: hi
      C: .
      -- eof`,
  });
  expect(formatTranscript(transcript).split('\n')).toEqual([
    'S: 220 s.test',
    'C: EHLO c.test',
    'S: 250-s.test',
    'S: 250-AUTH PLAIN',
    'S: 250 PIPELINING',
    'C: AUTH PLAIN ***',
    'S: 235 welcome',
    'C: MAIL FROM:<a@x.test>',
    'S: 250 2.1.0 ok',
    'C: RCPT TO:<b@y.test>',
    'S: 250-2.1.5 well',
    'S: 250 2.1.5 all right',
    'C: DATA',
    'S: 354 ',
    '-- disconnected',
  ]);
});

test('says nothing of an end that a reply tells', () => {
  const transcript = recordOf({ title: '', ref: '', script: 'S: 421 busy' });
  expect(formatTranscript(transcript)).toBe('S: 421 busy');
});

/** Those that end in a way that replies and the end can tell, and whose replies are well-formed. */
const replayable = DIALOGUES.filter(({ title, script, options, auth, work }) => {
  const broken =
    /malformed|S\||S: \?|S: (?:199|6|0)|upgrading|S: \d{3}.*\n\s*S: \d{3} (?:ok|evil)\n\s*-- closed/.test(
      script,
    );
  const early = /a refusal behind 354|while the mechanism thinks/.test(title);
  const proves = auth?.().some(mechanism => mechanism.verified || mechanism.errorDetail);
  const lost = work?.some(({ holdAfter, failAfter }) => holdAfter ?? (options?.transfer && failAfter));
  return !broken && !early && !proves && !lost;
});

test('there is something to replay', () => {
  expect(replayable.length).toBeGreaterThan(100);
});

test.each(replayable)('comes out the same when it is played again: $title', dialogue => {
  const transcript = recordOf(dialogue);
  const auth = dialogue.auth?.();
  const smtp = new SmtpClient({
    clientName: 'c.test',
    tls: 'none',
    ...dialogue.options,
    ...(auth && { auth }),
  });
  const content = new Map<number, readonly Uint8Array[]>();
  for (const { begin, content: chunks = [] } of dialogue.work ?? []) {
    const octets = chunks.map(chunk => (typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk));
    content.set(begin(smtp), octets);
  }
  const again = replay(JSON.parse(JSON.stringify(transcript)) as Transcript, smtp, content);
  expect(again).toEqual(transcript);
});

test('a machine that decides otherwise is found out', () => {
  const transcript = recordOf({
    title: '',
    ref: '',
    work: [send()],
    script: `${opening()}C: MAIL FROM:<a@x.test>\nS: 550 no`,
  });
  const smtp = new SmtpClient({ clientName: 'other.test', tls: 'none' });
  expect(replay(transcript, smtp)).not.toEqual(transcript);
});
