import { MimeError, quoteValue } from './error.ts';

/** Fields of a mailing list; each URL is `https:`, `http:` or `mailto:` (RFC 2369 §2). */
export interface ListFields {
  /** List-Id, such as `example.example.org` or `{ name, id }` (RFC 2919). */
  readonly id?: string | { readonly name: string; readonly id: string } | undefined;
  readonly unsubscribe?: string | readonly string[] | undefined;
  /** Lets a client unsubscribe by one POST to the https URL of `unsubscribe` (RFC 8058). */
  readonly oneClick?: boolean | undefined;
  readonly subscribe?: string | readonly string[] | undefined;
  readonly help?: string | readonly string[] | undefined;
  readonly owner?: string | readonly string[] | undefined;
  readonly archive?: string | readonly string[] | undefined;
  /** `'NO'` where nobody may post. */
  readonly post?: string | readonly string[] | undefined;
}

const urlFields = ['unsubscribe', 'subscribe', 'help', 'owner', 'archive', 'post'] as const;

/** Writes the list's fields as names and values; RFC 8058 §3.1 wants both one-click fields or neither. */
export function listFieldPairs(list: ListFields): [name: string, value: string][] {
  const pairs: [string, string][] = [];
  if (list.id !== undefined) {
    const { name, id } = typeof list.id === 'string' ? { name: '', id: list.id } : list.id;
    if (!/^[^\s<>"]+$/.test(id)) throw invalidList('id', id, 'an id such as news.example.org');
    pairs.push(['List-Id', `${name} <${id}>`.trim()]);
  }
  for (const key of urlFields) {
    const given = list[key];
    if (given === undefined) continue;
    const urls = typeof given === 'string' ? [given] : given;
    const value =
      key === 'post' && given === 'NO' ? 'NO' : urls.map(url => `<${checkUrl(url, key)}>`).join(', ');
    pairs.push([`List-${key.charAt(0).toUpperCase()}${key.slice(1)}`, value]);
    if (key !== 'unsubscribe' || !list.oneClick) continue;
    if (!urls.some(url => /^https:/i.test(url)))
      throw invalidList(key, urls.join(', '), 'an https URL for oneClick');
    pairs.push(['List-Unsubscribe-Post', 'List-Unsubscribe=One-Click']);
  }
  if (list.oneClick && list.unsubscribe === undefined)
    throw invalidList('unsubscribe', '', 'an https URL for oneClick');
  return pairs;
}

function checkUrl(url: string, key: string): string {
  if (/^(?:https?|mailto):[!-;=?-~]+$/i.test(url)) return url;
  throw invalidList(key, url, 'an https, http or mailto URL, percent-encoded');
}

function invalidList(key: string, value: string, wanted: string): MimeError {
  return new MimeError('invalid-header', `Give list.${key} ${wanted}, not ${quoteValue(value)}`, {
    field: `list.${key}`,
  });
}
