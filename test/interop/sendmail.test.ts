import { setTimeout as sleep } from 'node:timers/promises';
import PostalMime from 'postal-mime';
import { expect, onTestFinished, test } from 'vitest';
import { runExample } from '../examples/program.ts';
import { makeCertificate } from '../peer/certificate.ts';
import { startDovecot } from '../peer/dovecot.ts';
import { startExim } from '../peer/exim.ts';
import { untilDelivered } from '../peer/imap-mailbox.ts';
import { startPostfix } from '../peer/postfix.ts';

const accepted = { status: 0, stdout: expect.stringMatching(/^accepted <\S+@\S+>\n$/) };
const text = 'This went through a pipe.\n.\nThe dot above did not end it.\n';

/** The Message-ID that the example printed, without its brackets. */
const markerOf = (stdout: string): string => /<(\S+)>/.exec(stdout)![1]!;

test('sendmail -bs of Postfix takes what the recipe sends', async () => {
  const dovecot = await startDovecot();
  onTestFinished(() => dovecot.stop());
  const postfix = await startPostfix(makeCertificate(), dovecot);
  onTestFinished(() => postfix.stop());
  const { program, args } = postfix.stdio;
  const ended = await runExample('recipes/sendmail-stdio.ts', [program, ...args]);
  expect(ended).toMatchObject(accepted);
  const arrived = await untilDelivered(dovecot.imapPort, markerOf(ended.stdout), 30_000);
  expect(arrived).toMatch(/^Return-Path: <ann@example\.org>/m);
  expect((await PostalMime.parse(arrived)).text).toBe(text);
});

test('sendmail -bs of Exim takes what the recipe sends', async () => {
  const exim = await startExim();
  onTestFinished(() => exim.stop());
  const { program, args, env } = exim.stdio;
  const ended = await runExample('recipes/sendmail-stdio.ts', [program, ...args], { env });
  expect(ended).toMatchObject(accepted);
  const deadline = Date.now() + 30_000;
  const find = () => exim.messages().find(message => message.includes(markerOf(ended.stdout)));
  while (find() === undefined && Date.now() < deadline) await sleep(50);
  const arrived = find() ?? expect.fail('nothing was delivered');
  expect(arrived).toMatch(/^Return-path: <ann@example\.org>/m);
  expect((await PostalMime.parse(arrived)).text).toBe(text);
});
