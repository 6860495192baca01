import type { EsmtpParameters } from './esmtp-parameter.ts';
import { parsePath } from './path.ts';
import { REFUSALS, type Refusal } from './server-refusal.ts';
import { decodeXtext } from './xtext.ts';

/** What a server offers, as far as parameters go: upper-case keyword → what stood behind it in the EHLO list. */
export type Offer = ReadonlyMap<string, string>;

interface Rule {
  /** Keyword of the extension that defines the parameter. */
  readonly extension: string;
  readonly accepts: (value: string) => boolean;
}

const alone = (value: string): boolean => value === '';
const matches = (pattern: RegExp) => (value: string) => pattern.test(value);

/** RFC 3461 §4.4: an envelope id has at most 100 characters. */
const MAX_ENVID_CHARACTERS = 100;

const MAIL_RULES: Readonly<Record<string, Rule>> = {
  SIZE: { extension: 'SIZE', accepts: matches(/^\d{1,20}$/) },
  SMTPUTF8: { extension: 'SMTPUTF8', accepts: alone },
  RET: { extension: 'DSN', accepts: matches(/^(?:FULL|HDRS)$/i) },
  ENVID: {
    extension: 'DSN',
    accepts: value =>
      value.length > 0 && value.length <= MAX_ENVID_CHARACTERS && decodeXtext(value) !== undefined,
  },
  AUTH: { extension: 'AUTH', accepts: isSubmitter },
  REQUIRETLS: { extension: 'REQUIRETLS', accepts: alone },
  BY: { extension: 'DELIVERBY', accepts: isDeliverBy },
  HOLDFOR: { extension: 'FUTURERELEASE', accepts: matches(/^[1-9]\d{0,8}$/) },
  HOLDUNTIL: {
    extension: 'FUTURERELEASE',
    accepts: matches(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/i),
  },
  'MT-PRIORITY': { extension: 'MT-PRIORITY', accepts: matches(/^(?:-[1-9]|\d)$/) },
};

const RCPT_RULES: Readonly<Record<string, Rule>> = {
  NOTIFY: {
    extension: 'DSN',
    accepts: matches(/^(?:NEVER|(?:SUCCESS|FAILURE|DELAY)(?:,(?:SUCCESS|FAILURE|DELAY)){0,2})$/i),
  },
  ORCPT: { extension: 'DSN', accepts: isOriginalRecipient },
};

/**
 * Says what is wrong with the parameters of MAIL, given what is offered: 555 for one that is unknown or belongs to
 * an extension that is not offered, 501 for a bad value, 552 for a SIZE over the limit (RFC 5321 §4.1.1.11).
 *
 * @param parameters As read from the command.
 * @param offer The EHLO list; the value of SIZE is the limit in octets, 0 or none for no limit.
 * @returns The refusal, or undefined when nothing is wrong.
 */
export function refuseMailParameters(parameters: EsmtpParameters, offer: Offer): Refusal | undefined {
  for (const [keyword, value] of parameters) {
    const refusal = keyword === 'BODY' ? refuseBody(value, offer) : refuse(MAIL_RULES[keyword], value, offer);
    if (refusal !== undefined) return refusal;
  }
  if (parameters.has('HOLDFOR') && parameters.has('HOLDUNTIL')) return REFUSALS.parameterSyntax;
  const maxHold = Number.parseInt(offer.get('FUTURERELEASE') ?? '', 10);
  if (Number(parameters.get('HOLDFOR')) > maxHold) return REFUSALS.holdTooLong;
  const limit = Number(offer.get('SIZE'));
  return limit > 0 && Number(parameters.get('SIZE')) > limit ? REFUSALS.messageTooLarge : undefined;
}

/**
 * Says what is wrong with the parameters of RCPT, as `refuseMailParameters` does.
 *
 * @returns The refusal, or undefined when nothing is wrong.
 */
export function refuseRcptParameters(parameters: EsmtpParameters, offer: Offer): Refusal | undefined {
  for (const [keyword, value] of parameters) {
    const refusal = refuse(RCPT_RULES[keyword], value, offer);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function refuse(rule: Rule | undefined, value: string, offer: Offer): Refusal | undefined {
  if (rule === undefined || !offer.has(rule.extension)) return REFUSALS.unknownParameter;
  return rule.accepts(value) ? undefined : REFUSALS.parameterSyntax;
}

/** BODY comes with 8BITMIME and gets one more value from BINARYMIME (RFC 6152 §3, RFC 3030 §3). */
function refuseBody(value: string, offer: Offer): Refusal | undefined {
  if (!offer.has('8BITMIME') && !offer.has('BINARYMIME')) return REFUSALS.unknownParameter;
  const known =
    /^(?:7BIT|8BITMIME)$/i.test(value) || (offer.has('BINARYMIME') && /^BINARYMIME$/i.test(value));
  return known ? undefined : REFUSALS.parameterSyntax;
}

/** `<>` or an address as xtext (RFC 4954 §5). */
function isSubmitter(value: string): boolean {
  const address = decodeXtext(value);
  if (address === undefined || address === '') return false;
  return address === '<>' || parsePath(`<${address}>`)?.end === address.length + 2;
}

/** Seconds, mode, trace; to return the message the time must lie ahead (RFC 2852 §4). */
function isDeliverBy(value: string): boolean {
  const match = /^([+-]?\d{1,9});([RN])T?$/i.exec(value);
  return match !== null && (match[2]!.toUpperCase() === 'N' || Number(match[1]) > 0);
}

/** Address type and address; the UTF-8 forms are judged by their alphabet alone (RFC 3461 §4.2, RFC 6533 §3). */
function isOriginalRecipient(value: string): boolean {
  const semicolon = value.indexOf(';');
  const type = value.slice(0, Math.max(semicolon, 0));
  const address = value.slice(semicolon + 1);
  if (!/^[A-Za-z0-9-]+$/.test(type) || address === '') return false;
  return type.toLowerCase() === 'utf-8' ? !/[+=]/.test(address) : decodeXtext(address) !== undefined;
}
