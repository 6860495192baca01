import { refuseControls } from './control-character.ts';
import { refuse } from './error.ts';
import type { FieldPair } from './header.ts';

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

const urlFields = ['Unsubscribe', 'Subscribe', 'Help', 'Owner', 'Archive', 'Post'] as const;

/**
 * The list's fields; RFC 8058 §3.1 wants both one-click fields or neither.
 *
 * @param own - the person's own List-Unsubscribe, which would take the place of the one that goes with one click
 */
export function listFieldPairs(list: ListFields | undefined, own?: string): FieldPair[] {
  const pairs: FieldPair[] = [];
  if (!list) return pairs;
  const { id, oneClick } = list;
  if (typeof id === 'string') pairs.push(['List-Id', `<${id}>`]);
  else if (id !== undefined) {
    refuseControls(id.name, 'list.id.name', true);
    refuseControls(id.id, 'list.id.id');
    pairs.push(['List-Id', `${id.name} <${id.id}>`]);
  }
  if (oneClick && own !== undefined)
    refuse('duplicate-header', 'List-Unsubscribe', 'Give list.unsubscribe alone for oneClick', own);
  for (const name of urlFields) {
    const key = name.toLowerCase() as Lowercase<typeof name>;
    const urls = [list[key] ?? []].flat().map(url => {
      if (key === 'post' && url === 'NO') return url;
      if (!/^(?:https?|mailto):[!-;=?-~]+$/i.test(url))
        refuse('invalid-header', `list.${key}`, 'Give an https, http or mailto URL in ASCII', url);
      return `<${url}>`;
    });
    if (urls.length > 0) pairs.push([`List-${name}`, urls.join(', ')]);
    // RFC 8058 §3.1: one URL to post to, and none of the web beside it.
    const [first = '', second] = urls.filter(url => /^<h/i.test(url));
    if (key === 'unsubscribe' && oneClick && (second || !/^<https:/i.test(first)))
      refuse('invalid-header', 'list.unsubscribe', 'Give one https URL for oneClick', urls.join());
  }
  if (oneClick) pairs.push(['List-Unsubscribe-Post', 'List-Unsubscribe=One-Click']);
  return pairs;
}
