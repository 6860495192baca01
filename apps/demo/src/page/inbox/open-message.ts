import PostalMime from 'postal-mime';
import type { OpenedMessage } from './reader.tsx';

/**
 * Fetches the octets of a message and takes them apart.
 *
 * @throws Error with what to do, when the message is gone or the demo does not answer
 */
export async function openMessage(id: string, signal: AbortSignal): Promise<OpenedMessage> {
  const response = await fetch(`/api/messages/${encodeURIComponent(id)}/raw`, { signal }).catch(
    (cause: unknown) => {
      throw new Error('Check that the demo is still running: it did not answer', { cause });
    },
  );
  if (!response.ok) {
    const answer: { error?: { message: string } } = await response.json().catch(() => ({}));
    throw new Error(answer.error?.message ?? `Reload the page: the message came back as ${response.status}`);
  }
  const raw = new Uint8Array(await response.arrayBuffer());
  return { raw, email: await PostalMime.parse(raw, { attachmentEncoding: 'arraybuffer' }) };
}
