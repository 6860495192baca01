import type { ClientOptions } from './client-options.ts';
import type { Envelope } from './envelope.ts';
import { SmtpError } from './error.ts';
import { checkPath } from './path.ts';
import { quote } from './refusal.ts';
import type { SaslMechanism } from './sasl/mechanism.ts';
import type { HelloVerb } from './verb.ts';
import { encodeXtext } from './xtext.ts';

type Rule = (value: unknown) => boolean;
type Rules<T> = { readonly [K in keyof T]?: Rule };

const matches =
  (pattern: RegExp): Rule =>
  value =>
    typeof value === 'string' && pattern.test(value);
const flag: Rule = value => typeof value === 'boolean';
const integer =
  (least: number, most: number = Number.MAX_SAFE_INTEGER): Rule =>
  value =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
const listOf =
  (rule: Rule): Rule =>
  value =>
    Array.isArray(value) && value.every(rule);

const mechanism: Rule = value => {
  const { name, respond } = value as SaslMechanism;
  // RFC 4422 §3.1.
  return /^[A-Z0-9_-]{1,20}$/.test(name) && typeof respond === 'function';
};
const forwardPath: Rule = value =>
  typeof value === 'string' && value !== '' && checkPath(value) === undefined;
const reversePath: Rule = value => value === '' || forwardPath(value);

const OPTIONS: Rules<ClientOptions> = {
  // RFC 5321 §4.1.1.1, §4.1.3: a domain name or an address literal.
  clientName: matches(/^(?!-|.*(?:-\.|\.-|-$))[a-z\d-]+(?:\.[a-z\d-]+)*$|^\[[!-Z^-~]+\]$/i),
  tls: matches(/^(?:implicit|starttls|opportunistic|none)$/),
  auth: listOf(mechanism),
  allowInsecureAuth: flag,
  lmtp: flag,
  heloOnly: flag,
  pipelining: flag,
  pipelineData: flag,
  maxInFlight: integer(1),
  partial: matches(/^(?:accept|reject)$/),
  transfer: matches(/^(?:data|bdat)$/),
  pipelineWindow: value => {
    const { transactions, octets } = value as NonNullable<ClientOptions['pipelineWindow']>;
    return integer(1)(transactions) && integer(1)(octets);
  },
  manual: flag,
  proxy: value => value instanceof Uint8Array,
  xclient: value =>
    Object.entries(value as object)
      .flat()
      .every(matches(/^[ -~]+$/)) && /^[A-Z]+$/i.test(Object.keys(value as object).join('')),
  maxReplyLine: integer(1),
  maxReplyBytes: integer(1),
};

const ENVELOPE: Rules<Envelope> = {
  from: reversePath,
  to: value => listOf(forwardPath)(value) && (value as string[]).length > 0,
  size: integer(0),
  body: matches(/^(?:7bit|8bit|binary)$/),
  smtputf8: flag,
  requireTls: flag,
  // RFC 2852 §4: at most nine digits, and a return needs a time in the future.
  deliverBy: matches(/^(?:[+-]?\d{1,9};NT?|(?!\+?0+;)\+?\d{1,9};RT?)$/i),
  // RFC 4865 §3: no leading zero, so not zero either.
  holdFor: integer(1, 999_999_999),
  // RFC 3339 §5.6.
  holdUntil: matches(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/i),
  priority: integer(-9, 9),
};

const DSN: Rules<NonNullable<Envelope['dsn']>> = {
  ret: matches(/^(?:FULL|HDRS)$/),
  // RFC 3461 §4.4: printable US-ASCII, at most 100 characters when encoded.
  envid: value => matches(/^[ -~]+$/)(value) && encodeXtext(value as string).length <= 100,
  notify: value =>
    Array.isArray(value) &&
    /^(?:NEVER|(?:SUCCESS|FAILURE|DELAY)(?:,(?:SUCCESS|FAILURE|DELAY))*)$/.test(`${value}`),
  orcpt: flag,
};

function refuse(name: string, value: unknown): never {
  throw new SmtpError('invalid-argument', 'mail', `Correct ${name}, which cannot be ${quote(value)}`);
}

/** Copies what a caller gave, so that later changes cannot reach the wire, and applies every rule to the copy. */
function checked<T extends object>(values: T, rules: Rules<T>, name: string): T {
  if (typeof values !== 'object' || values === null) refuse(name, values);
  const copy = { ...values };
  for (const key of Object.keys(rules) as (keyof T & string)[]) {
    const value = copy[key];
    if (value === undefined) continue;
    if (Array.isArray(value)) copy[key] = [...value] as T[typeof key];
    if (value?.constructor === Object) copy[key] = { ...value };
    argument(key, copy[key], rules[key]!);
  }
  return copy;
}

/** A rule may stumble over a value of another shape than it expects. */
function holds(rule: Rule, value: unknown): boolean {
  try {
    return rule(value);
  } catch {
    return false;
  }
}

/** Checks one argument of a method. */
function argument<T>(name: string, value: T, rule: Rule): T {
  return holds(rule, value) ? value : refuse(name, value);
}

/** Checks the options of a client. */
export function checkedOptions(options: ClientOptions): ClientOptions {
  const copy = checked(options, OPTIONS, 'options');
  for (const key of ['clientName', 'tls'] as const) if (copy[key] === undefined) refuse(key, undefined);
  if (copy.lmtp && copy.heloOnly) refuse('heloOnly', 'true with lmtp');
  return copy;
}

/** Checks an envelope. */
export function checkedEnvelope(envelope: Envelope): Envelope {
  const copy = checked(envelope, ENVELOPE, 'envelope');
  for (const key of ['from', 'to'] as const) if (copy[key] === undefined) refuse(key, undefined);
  if (copy.holdFor !== undefined && copy.holdUntil !== undefined) refuse('holdUntil', 'given with holdFor');
  return copy.dsn === undefined ? copy : { ...copy, dsn: checked(copy.dsn, DSN, 'dsn') };
}

/** Checks a command line for `command()`; the verbs that the machine keeps track of have methods. */
export function checkedCommand(line: string): string {
  const pattern =
    /^(?!(?:EHLO|HELO|LHLO|STARTTLS|AUTH|MAIL|RCPT|DATA|BDAT|RSET|QUIT|XCLIENT)\b)[^\p{Cc}\p{Cs} ][^\p{Cc}\p{Cs}]*$/iu;
  return argument('the command line', line, matches(pattern));
}

/** Checks the path and the parameters of MAIL or RCPT, each `KEYWORD` or `KEYWORD=value` (RFC 5321 §4.1.2). */
export function checkedLine(
  verb: 'MAIL FROM' | 'RCPT TO',
  path: string,
  parameters: readonly string[],
): string {
  argument('the path', path, verb === 'RCPT TO' ? forwardPath : reversePath);
  argument('the parameters', parameters, listOf(matches(/^[a-z\d][a-z\d-]*(?:=[^\s=\0-\x1f\x7f]+)?$/i)));
  return [`${verb}:<${path}>`, ...parameters].join(' ');
}

/** Checks a mechanism, whose name goes into the AUTH line. */
export function checkedMechanism(value: SaslMechanism): SaslMechanism {
  return argument('the mechanism', value, mechanism);
}

/** Checks the verb by which a client names itself. */
export function checkedHello(verb: HelloVerb): HelloVerb {
  return argument('the verb', verb, matches(/^(?:EHLO|HELO|LHLO)$/));
}

/** Checks that the verbs of manual mode may be used. */
export function checkManual({ manual }: ClientOptions): void {
  if (!manual) refuse('manual', manual);
}
