import { SmtpError } from '@posthaste/smtp-core';
import { describe, expect, test } from 'vitest';
import { type Draft, sameDraft } from './draft.ts';
import { checkDraft, needsSmtputf8, problemOf } from './draft-problem.ts';

const letter: Draft = {
  from: 'Ann <ann@example.org>',
  to: 'bob@example.net',
  cc: '',
  subject: 'Lunch',
  text: 'At noon?',
  files: [],
};

describe('recipients in groups', () => {
  test.each([
    ['undisclosed:;', '', false],
    ['undisclosed:;', 'others:;', false],
    ['undisclosed:;', 'bob@example.net', true],
    ['team: bob@example.net, chloe@example.com;', '', true],
  ])('To %s, Cc %j', (to, cc, enough) => {
    const problems = checkDraft({ ...letter, to, cc });
    expect(problems.to === undefined).toBe(enough);
    if (!enough) expect(problems.to).toContain('at least one recipient');
    expect(problems.cc).toBeUndefined();
  });
});

describe('addresses beyond ASCII', () => {
  test.each([
    ['to', 'jörg@example.net', 'jörg@example.net'],
    ['from', 'Jörg <jörg@example.org>', 'jörg@example.org'],
    ['cc', 'team: bob@example.net, Zoë <zoë@example.com>;', 'zoë@example.com'],
  ])('in %s: %s', (field, text, address) => {
    const draft = { ...letter, [field]: text };
    expect(needsSmtputf8(draft)).toBe(true);
    const error = new SmtpError('unsupported', 'mail', 'Send without SMTPUTF8', { ext: 'SMTPUTF8' });
    const problems = problemOf(new Error('It was not sent', { cause: error }), draft);
    expect(Object.keys(problems!)).toEqual([field]);
    expect(Object.values(problems!)[0]).toContain(`"${address}" needs SMTPUTF8, which the mail server lacks`);
  });

  test.each(['bob@exämple.net', 'Jörg <joerg@example.net>', '"Jörg @ home" <joerg@example.net>'])(
    '%s needs none',
    to => expect(needsSmtputf8({ ...letter, to })).toBe(false),
  );
});

describe('the same draft', () => {
  const file = new File(['soup'], 'menu.txt');
  test.each<[string, Partial<Draft>, boolean]>([
    ['untouched', {}, true],
    ['another text', { text: 'At one?' }, false],
    ['another recipient in copy', { cc: 'chloe@example.com' }, false],
    ['the same file in another list', { files: [file] }, true],
    ['a file less', { files: [] }, false],
    ['another file of that name', { files: [new File(['soup'], 'menu.txt')] }, false],
  ])('%s', (_, change, same) => {
    const draft = { ...letter, files: [file] };
    expect(sameDraft(draft, { ...draft, ...change })).toBe(same);
  });
});
