import PostalMime, { type Address } from 'postal-mime';
import type { MessageSummary } from './message-store.ts';

/** Characters of text shown beside the subject. */
const SNIPPET_CHARACTERS = 140;

/** What the SMTP session knows of a message. */
export interface Arrival {
  readonly id: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly date: Date;
  readonly secure: boolean;
}

/** Reads what the list shows from the octets of a message; what cannot be read stays empty. */
export async function summarize(raw: Uint8Array, arrival: Arrival): Promise<MessageSummary> {
  const email = await PostalMime.parse(raw, { attachmentEncoding: 'arraybuffer' }).catch(() => undefined);
  const text = email?.text ?? email?.html?.replace(/<[^>]{0,1000}>/g, ' ') ?? '';
  return {
    id: arrival.id,
    from: email?.from ? formatAuthor(email.from) : arrival.from,
    to: arrival.to,
    subject: email?.subject ?? '',
    date: arrival.date.toISOString(),
    ...(email?.messageId && { messageId: email.messageId }),
    snippet: text
      .slice(0, 4 * SNIPPET_CHARACTERS)
      .replace(/\s+/g, ' ')
      .trim()
      .slice(0, SNIPPET_CHARACTERS),
    octets: raw.length,
    attachments: email?.attachments.length ?? 0,
    secure: arrival.secure,
  };
}

function formatAuthor({ name, address }: Address): string {
  if (address === undefined) return name;
  return name === '' ? address : `${name} <${address}>`;
}
