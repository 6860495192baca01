import { type EsmtpParameters, parseParameters } from './esmtp-parameter.ts';
import { type Offer, refuseMailParameters, refuseRcptParameters } from './parameter-rule.ts';
import { parsePath } from './path.ts';
import { REFUSALS, type Refusal } from './server-refusal.ts';

/** A MAIL or RCPT command that may be served. */
export interface MailCommand {
  readonly address: string;
  readonly parameters: EsmtpParameters;
}

/** What a BDAT command announces. */
export interface ChunkHeader {
  readonly octets: number;
  readonly last: boolean;
}

/**
 * Reads the argument of MAIL: `FROM:`, a path without space before it, and parameters (RFC 5321 §4.1.1.2).
 *
 * @param argument What stood behind `MAIL `.
 * @param offer The EHLO list.
 * @returns The command, or the reply that refuses it.
 */
export function readMail(argument: string, offer: Offer): MailCommand | Refusal {
  const command = readPath(argument, 'FROM:');
  if ('code' in command) return command;
  if (command.address !== '' && !command.address.includes('@')) return REFUSALS.pathSyntax;
  const refusal = refuseMailParameters(command.parameters, offer);
  if (refusal !== undefined) return refusal;
  return isAscii(argument) || command.parameters.has('SMTPUTF8') ? command : REFUSALS.internationalAddress;
}

/**
 * Reads the argument of RCPT: `TO:`, a path that is not null, and parameters (RFC 5321 §4.1.1.3).
 *
 * @param argument What stood behind `RCPT `.
 * @param offer The EHLO list.
 * @param international MAIL came with SMTPUTF8.
 * @returns The command, or the reply that refuses it.
 */
export function readRcpt(argument: string, offer: Offer, international: boolean): MailCommand | Refusal {
  const command = readPath(argument, 'TO:');
  if ('code' in command) return command;
  if (command.address === '') return REFUSALS.pathSyntax;
  const refusal = refuseRcptParameters(command.parameters, offer);
  if (refusal !== undefined) return refusal;
  return international || isAscii(argument) ? command : REFUSALS.internationalAddress;
}

/**
 * Reads the argument of BDAT: chunk size and perhaps LAST (RFC 3030 §2).
 *
 * @returns The chunk, or undefined when the argument is malformed; `octets` may exceed what a number holds exactly.
 */
export function readChunkHeader(argument: string): ChunkHeader | undefined {
  const match = /^(\d+)( LAST)?$/i.exec(argument);
  return match === null ? undefined : { octets: Number(match[1]), last: match[2] !== undefined };
}

function readPath(argument: string, keyword: string): MailCommand | Refusal {
  if (argument.slice(0, keyword.length).toUpperCase() !== keyword) return REFUSALS.argumentSyntax;
  const path = parsePath(argument, keyword.length);
  if (path === undefined) return REFUSALS.pathSyntax;
  const parameters = parseParameters(argument.slice(path.end));
  return parameters === undefined ? REFUSALS.parameterSyntax : { address: path.address, parameters };
}

function isAscii(text: string): boolean {
  return /^[\0-\x7f]*$/.test(text);
}
