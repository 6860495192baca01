import { formatMailbox, type Group, type Mailbox, MimeError, parseAddressList } from '@posthaste/mime';
import { SmtpError } from '@posthaste/smtp-core';
import { causeOf } from './cause.ts';
import type { Draft } from './draft.ts';
import type { FieldName } from './field.tsx';

/** What is wrong with which field; absent or undefined where nothing is. */
export type Problems = { readonly [name in FieldName]?: string | undefined };

/** Everything wrong with a draft that can be told before anything is sent. */
export function checkDraft(draft: Draft): Problems {
  const problems: { [name in FieldName]?: string } = {};
  for (const name of ['from', 'to', 'cc', 'subject'] as const) {
    const problem =
      lineBreakIn(draft[name]) ?? (name === 'subject' ? undefined : addressProblem(name, draft[name]));
    if (problem !== undefined) problems[name] = problem;
  }
  if (problems.to === undefined && problems.cc === undefined && recipientsOf(draft) === 0)
    problems.to = 'Write at least one recipient, such as bob@example.net: a group with nobody in it is none';
  const named = draft.files.find(file => /[\0-\x1f\x7f]/.test(file.name));
  if (named)
    problems.files = `Rename the file ${JSON.stringify(named.name)}: its name has a control character`;
  return problems;
}

/** A refusal of the composer, or of an address by what the mail server lacks, brought to the field it is about. */
export function problemOf(error: unknown, draft: Draft): Problems | undefined {
  if (causeOf(error, SmtpError)?.kind === 'unsupported') return addressBeyondServer(draft);
  if (!(error instanceof MimeError)) return undefined;
  const name = /^[a-z]+/.exec(error.field ?? '')?.[0];
  const message = messageOf(error);
  if (name === 'attachments') return { files: message };
  if (name === 'from' || name === 'to' || name === 'cc' || name === 'subject') return { [name]: message };
  return { text: message };
}

/** The message without the path of its field, under which it stands. */
function messageOf(error: MimeError): string {
  return error.message.replace(` (${error.field})`, '');
}

/** The one mailbox or the list that an address field holds. */
export function readAddresses(text: string): (Mailbox | Group)[] {
  return text.trim() === '' ? [] : parseAddressList(text);
}

/** Whether an address needs a mail server that knows SMTPUTF8. */
export function needsSmtputf8(draft: Draft): boolean {
  return addressBeyondServer(draft) !== undefined;
}

/** The first address whose local part is not ASCII (RFC 6531), as what is wrong where the mail server lacks SMTPUTF8. */
function addressBeyondServer(draft: Draft): Problems | undefined {
  for (const name of ['from', 'to', 'cc'] as const) {
    const found = addressesIn(draft[name]).find(address => /[^\0-\x7f][^@]*@/.test(address));
    if (found === undefined) continue;
    return {
      [name]: `Write an address in ASCII: ${JSON.stringify(found)} needs SMTPUTF8, which the mail server lacks. Nothing was sent`,
    };
  }
  return undefined;
}

function recipientsOf({ to, cc }: Draft): number {
  return addressesIn(to).length + addressesIn(cc).length;
}

/** The bare addresses of a field, those in groups among them. */
function addressesIn(text: string): string[] {
  return readAddresses(text)
    .flatMap(address => ('members' in address ? address.members : address))
    .map(mailbox => (typeof mailbox === 'string' ? mailbox : mailbox.address));
}

function lineBreakIn(text: string): string | undefined {
  if (!/[\r\n]/.test(text)) return undefined;
  return `Remove the line break: it would start another header, ${JSON.stringify(text.slice(0, 80))}`;
}

function addressProblem(name: 'from' | 'to' | 'cc', text: string): string | undefined {
  let addresses: (Mailbox | Group)[];
  try {
    addresses = readAddresses(text);
    // Writing is stricter than reading: it checks domains and invisible characters too.
    for (const address of addresses) formatMailbox(address, { smtputf8: true });
  } catch (error) {
    if (error instanceof MimeError) return messageOf(error);
    throw error;
  }
  if (name === 'from' && addresses.length === 0)
    return 'Write who the message is from, such as ann@example.org';
  if (name === 'from' && addresses.length > 1) return 'Write one address only: a message here has one author';
  if (name === 'to' && addresses.length === 0) return 'Write at least one recipient, such as bob@example.net';
  return undefined;
}
