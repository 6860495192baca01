import type { Attachment } from 'postal-mime';

/**
 * The document of a message, for a sandboxed frame: nothing is fetched, images it carries itself are in it.
 *
 * Parts become `data:` URLs, because a frame without an origin may not read the `blob:` URLs of this page. The policy
 * forbids every fetch; elements that reach out without one (refresh, preconnect, base) are taken away.
 */
export function safeDocument(html: string, attachments: readonly Attachment[]): string {
  const parts = new Map(
    attachments.flatMap(part => (part.contentId ? [[bareId(part.contentId), part] as const] : [])),
  );
  // Parsing in a document without a window runs and loads nothing.
  const page = new DOMParser().parseFromString(html, 'text/html');
  for (const element of page.querySelectorAll('script, link, base, meta, iframe, object, embed'))
    element.remove();
  for (const element of page.querySelectorAll('[src], [background]')) {
    for (const name of ['src', 'background']) {
      const id = /^cid:(.+)$/i.exec(element.getAttribute(name) ?? '')?.[1];
      const part = id === undefined ? undefined : parts.get(decodeId(id));
      if (part !== undefined) element.setAttribute(name, dataUrl(part));
    }
  }
  const head = page.createElement('template');
  head.innerHTML = [
    '<meta charset="utf-8">',
    `<meta http-equiv="content-security-policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; font-src data:">`,
    '<meta http-equiv="x-dns-prefetch-control" content="off">',
    '<meta name="referrer" content="no-referrer">',
    '<meta name="color-scheme" content="light">',
    '<base target="_blank">',
    '<style>body { margin: 16px; font: 16px/24px system-ui, sans-serif; overflow-wrap: anywhere }</style>',
  ].join('');
  page.head.prepend(head.content);
  return `<!doctype html>${page.documentElement.outerHTML}`;
}

function bareId(contentId: string): string {
  return contentId.replace(/^<|>$/g, '');
}

/** A cid URL is percent-encoded (RFC 2392 §2); one that is not quite may still name a part. */
function decodeId(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}

function dataUrl(part: Attachment): string {
  const octets = new Uint8Array(part.content as ArrayBuffer);
  let binary = '';
  // An argument list has a limit, so a large part goes in pieces.
  for (let at = 0; at < octets.length; at += 8192) {
    binary += String.fromCharCode(...octets.subarray(at, at + 8192));
  }
  return `data:${part.mimeType};base64,${btoa(binary)}`;
}
