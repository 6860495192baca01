import type { ClientOptions } from './client-options.ts';
import type { Envelope } from './envelope.ts';
import { SmtpError } from './error.ts';
import type { HelloVerb } from './hello.ts';
import { checkPath, isDomain } from './path.ts';
import { quote } from './refusal.ts';
import type { SaslMechanism } from './sasl/mechanism.ts';
import { encodeXtext } from './xtext.ts';

/** Verbs that the machine itself keeps track of. */
const TRACKED = /^\s*(?:EHLO|HELO|LHLO|STARTTLS|AUTH|MAIL|RCPT|DATA|BDAT|RSET|QUIT|XCLIENT)\b/i;
const PARAMETER = /^[A-Za-z0-9][A-Za-z0-9-]*(?:=[^\s=\u0000-\u0020\u007f]+)?$/;
const PRINTABLE = /^[ -~]*$/;

/** Refuses an argument. Every string and number that can reach a command line passes through this file. */
function check(holds: unknown, advice: string, value: unknown): asserts holds {
  if (!holds) throw new SmtpError('invalid-argument', 'mail', `${advice}, not ${quote(value)}`);
}

function isOptional(type: 'boolean' | 'number' | 'string', value: unknown): boolean {
  return value === undefined || typeof value === type;
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isOneOf(value: unknown, ...choices: readonly unknown[]): boolean {
  return choices.includes(value);
}

/** Checks a path; `''` is allowed where the null reverse-path is. */
export function checkedPath(path: string, allowNull: boolean): string {
  check(typeof path === 'string' && (allowNull || path !== ''), 'Give an address', path);
  const reason = checkPath(path);
  check(reason === undefined, `Correct the address, which ${reason}`, path);
  return path;
}

/** Checks the parameters of a MAIL or RCPT command, each `KEYWORD` or `KEYWORD=value` (RFC 5321 §4.1.2). */
export function checkedParameters(parameters: readonly string[]): readonly string[] {
  check(Array.isArray(parameters), 'Give a list of parameters', parameters);
  return parameters.map(parameter => {
    check(
      typeof parameter === 'string' && PARAMETER.test(parameter),
      'Give KEYWORD or KEYWORD=value',
      parameter,
    );
    return parameter;
  });
}

/** Checks a command line for `command()`. */
export function checkedCommand(line: string): string {
  check(
    typeof line === 'string' && /^[^\p{Cc}\p{Surrogate} ][^\p{Cc}\p{Surrogate}]*$/u.test(line),
    'Give one command line',
    line,
  );
  check(!TRACKED.test(line), 'Use the method for this command', line);
  return line;
}

/** Checks that a verb of manual mode may be used. */
export function checkManual({ manual }: ClientOptions): void {
  check(manual, 'Set manual to true to name every command', manual);
}

/** Checks the verb by which a client names itself. */
export function checkedHello(verb: HelloVerb): HelloVerb {
  check(isOneOf(verb, 'EHLO', 'HELO', 'LHLO'), 'Give EHLO, HELO or LHLO', verb);
  return verb;
}

/** Checks a mechanism's name, which goes into the AUTH line (RFC 4422 §3.1). */
export function checkedMechanism(mechanism: SaslMechanism): SaslMechanism {
  check(
    typeof mechanism?.name === 'string' &&
      /^[A-Z0-9_-]{1,20}$/.test(mechanism.name) &&
      typeof mechanism.respond === 'function',
    'Give a SASL mechanism with an upper-case name',
    mechanism?.name,
  );
  return mechanism;
}

/** Checks an envelope and copies it, so that later changes to it cannot reach the wire. */
export function checkedEnvelope(envelope: Envelope): Envelope {
  check(typeof envelope === 'object' && envelope !== null, 'Give an envelope', envelope);
  const { dsn, ...rest } = envelope;
  const copy: Envelope = { ...rest, ...(dsn && { dsn: checkedDsn({ ...dsn }) }) };
  const { from, to, size, body, smtputf8, requireTls, deliverBy, holdFor, holdUntil, priority } = copy;
  check(Array.isArray(to) && to.length > 0, 'Give at least one recipient', to);
  checkedPath(from, true);
  check(size === undefined || isCount(size), 'Give the size in octets', size);
  check(isOneOf(body, undefined, '7bit', '8bit', 'binary'), 'Give 7bit, 8bit or binary as body', body);
  check(isOptional('boolean', smtputf8), 'Give true or false for smtputf8', smtputf8);
  check(isOptional('boolean', requireTls), 'Give true or false for requireTls', requireTls);
  // RFC 2852 §4: up to nine digits, and a return needs a time in the future.
  check(
    deliverBy === undefined ||
      (typeof deliverBy === 'string' && /^(?:-?\d{1,9};NT?|0{0,8}[1-9]\d{0,8};RT?)$/i.test(deliverBy)),
    'Give deliverBy as seconds;R or seconds;N',
    deliverBy,
  );
  check(holdFor === undefined || (isCount(holdFor) && holdFor < 1e9), 'Give holdFor in seconds', holdFor);
  check(
    holdUntil === undefined ||
      (typeof holdUntil === 'string' &&
        holdFor === undefined &&
        /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/i.test(holdUntil)),
    'Give holdUntil as an RFC 3339 date-time, and no holdFor beside it',
    holdUntil,
  );
  check(
    priority === undefined || (Number.isInteger(priority) && Math.abs(priority) <= 9),
    'Give a priority from -9 to 9',
    priority,
  );
  return { ...copy, to: to.map(path => checkedPath(path, false)) };
}

function checkedDsn(dsn: NonNullable<Envelope['dsn']>): NonNullable<Envelope['dsn']> {
  const { ret, envid, notify, orcpt } = dsn;
  check(isOneOf(ret, undefined, 'FULL', 'HDRS'), 'Give FULL or HDRS as dsn.ret', ret);
  // RFC 3461 §4.4: printable US-ASCII, at most 100 characters in its encoded form.
  check(
    envid === undefined ||
      (typeof envid === 'string' &&
        envid !== '' &&
        PRINTABLE.test(envid) &&
        encodeXtext(envid).length <= 100),
    'Give dsn.envid as printable ASCII of at most 100 characters',
    envid,
  );
  check(
    notify === undefined ||
      (Array.isArray(notify) &&
        notify.every(word => isOneOf(word, 'NEVER', 'SUCCESS', 'FAILURE', 'DELAY')) &&
        (notify.length === 1 || !notify.includes('NEVER')) &&
        notify.length > 0),
    'Give dsn.notify as SUCCESS, FAILURE and DELAY, or as NEVER alone',
    notify,
  );
  check(isOptional('boolean', orcpt), 'Give true or false for dsn.orcpt', orcpt);
  return notify ? { ...dsn, notify: [...notify] } : dsn;
}

/** Checks the options of a client and copies them. */
export function checkedOptions(options: ClientOptions): ClientOptions {
  check(typeof options === 'object' && options !== null, 'Give options', options);
  const copy = { ...options };
  const { clientName, tls, auth, partial, transfer, pipelineWindow, proxy, xclient } = copy;
  check(
    typeof clientName === 'string' && PRINTABLE.test(clientName) && isDomain(clientName),
    'Give clientName as a domain name or an address literal',
    clientName,
  );
  check(
    isOneOf(tls, 'implicit', 'starttls', 'opportunistic', 'none'),
    'Give implicit, starttls, opportunistic or none as tls',
    tls,
  );
  check(isOneOf(partial, undefined, 'accept', 'reject'), 'Give accept or reject as partial', partial);
  check(isOneOf(transfer, undefined, 'data', 'bdat'), 'Give data or bdat as transfer', transfer);
  for (const key of ['maxInFlight', 'maxReplyLine', 'maxReplyBytes'] as const)
    check(
      copy[key] === undefined || (isCount(copy[key]) && copy[key] > 0),
      `Give a positive number for ${key}`,
      copy[key],
    );
  for (const key of [
    'allowInsecureAuth',
    'lmtp',
    'heloOnly',
    'pipelining',
    'pipelineData',
    'manual',
  ] as const)
    check(isOptional('boolean', copy[key]), `Give true or false for ${key}`, copy[key]);
  check(!(copy.lmtp && copy.heloOnly), 'Give lmtp or heloOnly', 'both');
  check(
    pipelineWindow === undefined ||
      (isCount(pipelineWindow?.transactions) &&
        isCount(pipelineWindow.octets) &&
        pipelineWindow.transactions * pipelineWindow.octets > 0),
    'Give pipelineWindow as positive numbers of transactions and octets',
    pipelineWindow,
  );
  check(proxy === undefined || proxy instanceof Uint8Array, 'Give the PROXY header as octets', proxy);
  check(auth === undefined || Array.isArray(auth), 'Give a list of SASL mechanisms', auth);
  auth?.forEach(checkedMechanism);
  for (const [name, value] of Object.entries(xclient ?? {}))
    check(
      /^[A-Za-z]+$/.test(name) && typeof value === 'string' && value !== '' && PRINTABLE.test(value),
      'Give xclient attributes as printable ASCII',
      value,
    );
  return copy;
}
