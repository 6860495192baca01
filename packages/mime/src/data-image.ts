import { decodeBase64 } from './base64-decoder.ts';
import type { Attachment } from './message.ts';
import { type Randomness, randomText } from './randomness.ts';

const dataImage = /\bsrc\s*=\s*(["'])data:(image\/[\w.+-]+);base64,([A-Za-z0-9+/=\s]*)\1/gi;

/**
 * Turns the `data:` images of HTML, which many mail clients do not show, into inline images by content id.
 *
 * @returns the HTML with `cid:` in their place, and an attachment for each different image.
 * @example
 * ```ts
 * import { compose, inlineDataImages } from '@posthaste/mime';
 *
 * const html = '<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">';
 * compose({ from: 'ann@example.org', to: 'bob@example.net', ...inlineDataImages(html) });
 * ```
 */
export function inlineDataImages(
  html: string,
  options: { readonly random?: Randomness } = {},
): { html: string; attachments: Attachment[] } {
  const attachments: Attachment[] = [];
  const ids = new Map<string, string>();
  const replaced = html.replace(dataImage, (_, quote: string, contentType: string, data: string) => {
    const image = `${contentType.toLowerCase()},${data}`;
    let contentId = ids.get(image);
    if (contentId === undefined) {
      contentId = `${randomText(options.random).replaceAll('-', '')}@image`;
      ids.set(image, contentId);
      attachments.push({ contentType, content: decodeBase64(data), contentId, disposition: 'inline' });
    }
    return `src=${quote}cid:${contentId}${quote}`;
  });
  return { html: replaced, attachments };
}
