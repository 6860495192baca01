import type { Envelope } from '@posthaste/smtp-core';
import { MailerError } from './error.ts';
import type { EnvelopeInput, SendOptions } from './message-input.ts';
import {
  checkChoice,
  checkFunction,
  checkOptionNames,
  checkWholeNumber,
  type KnownNames,
} from './option-check.ts';
import { quoted } from './quoted.ts';

const names: KnownNames<SendOptions> = {
  envelope: true,
  dsn: true,
  requireTls: true,
  deliverBy: true,
  holdFor: true,
  holdUntil: true,
  priority: true,
  dkim: true,
  allOrNothing: true,
  signal: true,
  onProgress: true,
};
const dsnNames: KnownNames<NonNullable<Envelope['dsn']>> = {
  ret: true,
  envid: true,
  notify: true,
  orcpt: true,
};
export const envelopeNames: KnownNames<EnvelopeInput> = {
  from: true,
  to: true,
  size: true,
  body: true,
  smtputf8: true,
};
const occasions = ['NEVER', 'SUCCESS', 'FAILURE', 'DELAY'];

/** RFC 4865 §3: nine digits at most. */
const maxHoldSeconds = 999_999_999;

/**
 * Refuses what cannot be meant of the options of one message, before a connection is opened.
 *
 * @param owner what takes them, for the message: `send`
 * @throws MailerError `unknown-option` or `invalid-option`
 */
export function checkSendOptions(owner: string, options: unknown): asserts options is SendOptions {
  checkOptionNames<SendOptions>(owner, options, names);
  const { deliverBy, holdFor, holdUntil } = options;
  if (options.dsn !== undefined) checkDsn(options.dsn);
  checkChoice('requireTls', options.requireTls, [true, false]);
  checkChoice('allOrNothing', options.allOrNothing, [true, false]);
  checkWholeNumber('priority', options.priority, -9, 9);
  checkWholeNumber('holdFor', holdFor, 1, maxHoldSeconds);
  checkFunction('onProgress', options.onProgress);
  // RFC 2852 §4: a return needs a time in the future.
  checkText(
    'deliverBy',
    deliverBy,
    /^(?:[+-]?\d{1,9};NT?|(?!\+?0+;)\+?\d{1,9};RT?)$/i,
    "seconds and a mode, as in '120;R'",
  );
  // RFC 3339 §5.6.
  const dateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/i;
  checkText('holdUntil', holdUntil, dateTime, "a date and time, as in '2030-01-31T08:00:00Z'");
  if (holdFor !== undefined && holdUntil !== undefined) {
    throw new MailerError('invalid-option', 'Set holdFor or holdUntil, not both');
  }
}

/**
 * Refuses what cannot be meant of an envelope; its addresses are the composer's to check.
 *
 * @throws MailerError `unknown-option` or `invalid-option`
 */
export function checkEnvelope(envelope: unknown): asserts envelope is EnvelopeInput {
  checkOptionNames<EnvelopeInput>('an envelope', envelope, envelopeNames);
  checkWholeNumber('envelope.size', envelope.size, 0, Number.MAX_SAFE_INTEGER);
  checkChoice('envelope.body', envelope.body, ['7bit', '8bit', 'binary']);
  checkChoice('envelope.smtputf8', envelope.smtputf8, [true, false]);
}

function checkDsn(dsn: unknown): void {
  checkOptionNames<NonNullable<Envelope['dsn']>>('dsn', dsn, dsnNames);
  const { notify } = dsn;
  checkChoice('dsn.ret', dsn.ret, ['FULL', 'HDRS']);
  checkChoice('dsn.orcpt', dsn.orcpt, [true, false]);
  // RFC 3461 §4.4.
  checkText('dsn.envid', dsn.envid, /^[ -~]{1,100}$/, 'up to 100 printable characters of ASCII');
  if (notify === undefined) return;
  if (!Array.isArray(notify) || notify.length === 0) {
    throw new MailerError(
      'invalid-option',
      `Set dsn.notify to an array with some of ${occasions.join(', ')}`,
    );
  }
  for (const occasion of notify) checkChoice('dsn.notify', occasion, occasions);
  // RFC 3461 §4.1.
  if (notify.length > 1 && notify.includes('NEVER')) {
    throw new MailerError('invalid-option', "Set dsn.notify to ['NEVER'] alone, or leave NEVER out");
  }
}

function checkText(name: string, value: unknown, pattern: RegExp, form: string): void {
  if (value === undefined || (typeof value === 'string' && pattern.test(value))) return;
  throw new MailerError('invalid-option', `Set ${name} to ${form}, not ${quoted(value)}`);
}
