import type { ClientOptions } from './client-options.ts';
import type { Envelope } from './envelope.ts';
import { SmtpError } from './error.ts';
import type { HelloVerb } from './handshake.ts';
import { PATH } from './path.ts';
import { quote } from './refusal.ts';
import type { SaslMechanism } from './sasl/mechanism.ts';
import { encodeXtext } from './xtext.ts';

/** A pattern for a string, a test for anything else, a rule for each item of a list, or one for each key. */
type Rule = RegExp | ((value: never) => boolean) | readonly [Rule] | { readonly [key: string]: Rule };

const flag = (value: unknown): boolean => typeof value === 'boolean';
const integer =
  (least: number, most: number = Number.MAX_SAFE_INTEGER) =>
  (value: number): boolean =>
    Number.isInteger(value) && value >= least && value <= most;
const count = integer(1);
const forwardPath = (value: unknown): boolean => value !== '' && holds(PATH, value);
const mechanism = (value: SaslMechanism | null): boolean =>
  // RFC 4422 §3.1.
  /^[A-Z0-9_-]{1,20}$/.test(`${value?.name}`) && typeof value!.respond === 'function';

/** What may not be left out. */
const REQUIRED = /^(?:clientName|tls|from|to|transactions|octets)$/;

const OPTIONS: Rule = {
  // RFC 5321 §4.1.1.1, §4.1.3: a domain name or an address literal.
  clientName: /^(?!-|.*(?:-\.|\.-|-$))[a-z\d-]+(?:\.[a-z\d-]+)*$|^\[[!-Z^-~]+\]$/i,
  tls: /^(?:implicit|starttls|opportunistic|none)$/,
  auth: [mechanism],
  allowInsecureAuth: flag,
  lmtp: flag,
  heloOnly: flag,
  pipelining: flag,
  pipelineData: flag,
  maxInFlight: count,
  partial: /^(?:accept|reject)$/,
  transfer: /^(?:data|bdat)$/,
  pipelineWindow: { transactions: count, octets: count },
  manual: flag,
  proxy: (value: unknown) => value instanceof Uint8Array,
  xclient: {},
  maxReplyLine: count,
  maxReplyBytes: count,
};

const ENVELOPE: Rule = {
  from: PATH,
  to: [forwardPath],
  size: integer(0),
  body: /^(?:7bit|8bit|binary)$/,
  smtputf8: flag,
  requireTls: flag,
  dsn: {
    ret: /^(?:FULL|HDRS)$/,
    // RFC 3461 §4.4: printable US-ASCII, at most 100 characters when encoded.
    envid: (value: string) => holds(/^[ -~]+$/, value) && encodeXtext(value).length <= 100,
    notify: [/^(?:NEVER|SUCCESS|FAILURE|DELAY)$/],
    orcpt: flag,
  },
  // RFC 2852 §4: at most nine digits, and a return needs a time in the future.
  deliverBy: /^(?:[+-]?\d{1,9};NT?|(?!\+?0+;)\+?\d{1,9};RT?)$/i,
  // RFC 4865 §3: no leading zero, so not zero either.
  holdFor: integer(1, 999_999_999),
  // RFC 3339 §5.6.
  holdUntil: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/i,
  priority: integer(-9, 9),
};

/** Refuses an argument unless something holds. */
export function demand(condition: boolean, name: string, value: unknown): void {
  if (!condition)
    throw new SmtpError('invalid-argument', 'mail', `Correct ${name}, which cannot be ${quote(value)}`);
}

function holds(pattern: RegExp, value: unknown): boolean {
  return typeof value === 'string' && pattern.test(value);
}

/** Copies what a caller gave, so that later changes cannot reach the wire, and applies the rule to the copy. */
function checked<T>(name: string, value: T, rule: Rule): T;
function checked(name: string, value: unknown, rule: Rule): unknown {
  if (rule instanceof RegExp) demand(holds(rule, value), name, value);
  else if (typeof rule === 'function') demand(rule(value as never), name, value);
  else if (Array.isArray(rule)) {
    demand(Array.isArray(value), name, value);
    const items = value as unknown[];
    const copy: unknown[] = [];
    // Unlike map(), this meets the holes too, and ends at the first.
    for (let i = 0; i < items.length; i++) copy.push(checked(name, items[i], rule[0]));
    return copy;
  } else {
    demand(typeof value === 'object' && value !== null, name, value);
    const copy: Record<string, unknown> = { ...(value as object) };
    for (const key of Object.keys(rule))
      if (copy[key] !== undefined || REQUIRED.test(key))
        copy[key] = checked(key, copy[key], rule[key as never]);
    return copy;
  }
  return value;
}

/** Checks the options of a client. */
export function checkedOptions(options: ClientOptions): ClientOptions {
  const copy = checked('options', options, OPTIONS);
  const { xclient, lmtp, heloOnly } = copy;
  if (xclient) {
    const isPrintable = Object.values(xclient).every(value => holds(/^[ -~]+$/, value));
    demand(isPrintable && /^[A-Z]+$/i.test(Object.keys(xclient).join('')), 'xclient', xclient);
  }
  demand(!(lmtp && heloOnly), 'heloOnly', 'true with lmtp');
  return copy;
}

/** Checks an envelope. */
export function checkedEnvelope(envelope: Envelope): Envelope {
  const copy = checked('envelope', envelope, ENVELOPE);
  const { to, holdFor, holdUntil, dsn } = copy;
  demand(to.length > 0, 'to', to);
  demand(holdFor === undefined || holdUntil === undefined, 'holdUntil', 'given with holdFor');
  // RFC 3461 §4.1: NEVER stands alone.
  demand(/^(?:undefined|NEVER)$|^(?!.*NEVER)./.test(`${dsn?.notify}`), 'notify', dsn?.notify);
  return copy;
}

/** Checks a command line for `command()`; the verbs that the machine keeps track of have methods. */
export function checkedCommand(line: string): string {
  const pattern =
    /^(?!(?:EHLO|HELO|LHLO|STARTTLS|AUTH|MAIL|RCPT|DATA|BDAT|RSET|QUIT|XCLIENT)\b)[^\p{Cc}\p{Cs} ][^\p{Cc}\p{Cs}]*$/iu;
  return checked('the command line', line, pattern);
}

/** Checks the path and the parameters of MAIL or RCPT, each `KEYWORD` or `KEYWORD=value` (RFC 5321 §4.1.2). */
export function checkedLine(
  verb: 'MAIL FROM' | 'RCPT TO',
  path: string,
  parameters: readonly string[],
): string {
  checked('the path', path, verb === 'RCPT TO' ? forwardPath : PATH);
  const words = checked('the parameters', parameters, [/^[a-z\d][a-z\d-]*(?:=[^\s=\0-\x1f\x7f]+)?$/i]);
  return [`${verb}:<${path}>`, ...words].join(' ');
}

/** Checks a mechanism, whose name goes into the AUTH line. */
export function checkedMechanism(value: SaslMechanism): SaslMechanism {
  return checked('the mechanism', value, mechanism);
}

/** Checks the verb by which a client names itself. */
export function checkedHello(verb: HelloVerb): HelloVerb {
  return checked('the verb', verb, /^(?:EHLO|HELO|LHLO)$/);
}
