import type { BodyPart } from './body-part.ts';
import type { ComposeOptions } from './compose.ts';
import { ComposedMessage } from './composed-message.ts';
import type { Entity } from './entity.ts';
import { defaultLimits } from './limit.ts';
import { serialize } from './serialize.ts';

/** What writing an entity alone depends on. */
export type EntityOctetsOptions = Pick<ComposeOptions, 'random'> & { readonly signal?: AbortSignal };

/**
 * Writes an entity as it stands in a message around it, and lets it keep the boundaries it is written with.
 *
 * @param root the same body below the fields to write.
 */
export async function entityOctets(
  entity: Entity,
  root: BodyPart,
  { random, signal }: EntityOctetsOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const keep = (part: BodyPart, boundary: string): void =>
    (part === root ? entity : (part as Entity)).setParameter('boundary', boundary);
  const { pieces, height } = serialize(root, '', { ...defaultLimits, random, keep });
  const octets = await new ComposedMessage({ from: '', to: [] }, '', pieces, height).bytes({ signal });
  // The line end behind the last delimiter is that of a message, or belongs to the delimiter of the multipart around.
  return entity.isMultipart ? octets.slice(0, -2) : octets;
}
