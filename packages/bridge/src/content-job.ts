import { type Content, ContentReader } from './content.ts';
import { progressListener } from './progress.ts';
import type { Job } from './session.ts';
import type { SendRawOptions } from './verb-options.ts';

/**
 * The part of a job that has content to send.
 *
 * @param size Octets of the content, where somebody knows.
 */
export function contentJob(
  content: Content,
  { onProgress }: Pick<SendRawOptions, 'onProgress'>,
  size?: number,
): Pick<Job, 'onSent'> & { readonly content: ContentReader } {
  const total = content instanceof Uint8Array ? content.length : size;
  return {
    content: new ContentReader(content),
    ...(onProgress && { onSent: progressListener(onProgress, total) }),
  };
}
