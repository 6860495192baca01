import { type ErrorKind, SmtpError, type SmtpErrorFields } from './error.ts';
import type { Answer } from './pipeline.ts';
import type { Reply } from './reply.ts';

/** Quotes a value for a message, its control characters escaped and its length bounded. */
export function quote(value: unknown): string {
  let text: string;
  try {
    text = JSON.stringify(typeof value === 'string' ? value.slice(0, 200) : value) ?? String(value);
  } catch {
    return `a value of type ${typeof value}`;
  }
  return text.replace(/[\u007f-\u009f]/g, control => `\\u00${control.charCodeAt(0).toString(16)}`);
}

/** The error for a reply that refuses a command. */
export function refusal(
  { phase, redacted, reply }: Pick<Answer, 'phase' | 'redacted' | 'reply'>,
  kind: ErrorKind = 'reply',
  fields: SmtpErrorFields = {},
): SmtpError {
  const command = fields.command ?? redacted;
  const text = quote(`${reply.code} ${reply.lines.join(' ')}`);
  const message = `The server answered ${quote(command)} with ${text}`;
  return new SmtpError(kind, phase, message, { reply, ...fields, command });
}

/** Masks secrets in a reply, should the server repeat them. */
export function masked(reply: Reply, secrets: readonly string[]): Reply {
  if (secrets.length === 0) return reply;
  // Less than one base64 quantum is no secret.
  const telling = secrets.filter(({ length }) => length >= 4);
  const mask = (line: string) => telling.reduce((text, secret) => text.replaceAll(secret, '***'), line);
  return telling.length === 0 ? reply : { ...reply, lines: reply.lines.map(mask) };
}
