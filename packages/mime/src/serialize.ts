import type { AddressRules } from './address.ts';
import { writeArena } from './arena.ts';
import type { BodyPart } from './body-part.ts';
import { boundaryName, checkBoundary, refuseBoundary, refuseCollision } from './boundary.ts';
import { formatParameters } from './content-type.ts';
import { guarded, refuse } from './error.ts';
import { checkHeader } from './header.ts';
import type { HeaderMap } from './message.ts';
import { isStreamed, type Piece } from './piece.ts';
import { type Randomness, randomBoundary } from './randomness.ts';
import { type Domain, type EncodedBody, encodeBody } from './transfer-encoding.ts';
import { utf8 as utf8Octets } from './utf8.ts';

/** What serializing depends on besides the parts. */
export interface SerializeOptions extends AddressRules {
  readonly nesting: number;
  /** What a person added to the header of the message. */
  readonly headers?: HeaderMap | undefined;
  /** Source of the random half of boundaries; asked once, and only where there is a multipart. */
  readonly random?: Randomness | undefined;
  /** Told of each boundary, so that a part can be written again with the same. */
  readonly keep?: ((part: BodyPart, boundary: string) => void) | undefined;
}

/** A part tree as what is written. */
export interface Serialized {
  readonly pieces: readonly Piece[];
  readonly domain: Domain;
  /** Whether a header in it is not ASCII (RFC 6531 §1.3). */
  readonly utf8: boolean;
  readonly height: number;
}

const beyondAscii = /[^\0-\x7f]/;
const emptyTree = { domain: '7bit', height: 0 } as const;

interface Node {
  readonly part: BodyPart;
  readonly parent: Node | undefined;
  readonly field: string;
  readonly depth: number;
  /** What a leaf is written as. */
  readonly body: EncodedBody | undefined;
  /** Its own header fields but Content-Type and Content-Transfer-Encoding. */
  readonly fields: string;
  domain: Domain;
  height: number;
  /** Boundary of a multipart, then those around it. */
  boundaries: readonly string[];
  /** Children that are not written yet. */
  left: number;
}

/** Writes a part tree after its message header; iterative, since trees come from outside. */
export function serialize(root: BodyPart, header: string, options: SerializeOptions): Serialized {
  const nodes = plan(root, options);
  const pieces: Piece[] = [];
  let text = '';
  let utf8 = false;
  let random: string | undefined;
  // Header text beyond ASCII is that of SMTPUTF8, the only text that is longer in octets.
  const flush = (...after: Piece[]): void => {
    const isUtf8 = beyondAscii.test(text);
    utf8 ||= isUtf8;
    if (text) pieces.push(isUtf8 ? utf8Octets(text) : text);
    pieces.push(...after);
    text = '';
  };
  const write = (node: Node, number: number): void => {
    const { part, parent, body, domain, height, field, fields } = node;
    const { type } = body ?? part;
    utf8 ||= type === 'message/global' && domain !== '7bit';
    const around = parent ? parent.boundaries : [];
    let { parameters } = part;
    if (!body) {
      const given = parameters.find(([name]) => name === 'boundary')?.[1];
      const own =
        given === undefined
          ? boundaryName((random ??= randomBoundary(options.random)), height, number)
          : checkBoundary(given, field);
      if (around.some(boundary => boundary.startsWith(own) || own.startsWith(boundary)))
        refuseCollision(own, field);
      options.keep?.(part, own);
      node.boundaries = [own, ...around];
      parameters = [...parameters.filter(([name]) => name !== 'boundary'), ['boundary', own]];
    }
    if (parent) text += `${parent.left < parent.part.parts!.length ? '\r\n' : ''}--${around[0]}\r\n`;
    const encoding = body ? body.encoding : domain === '7bit' ? undefined : domain;
    let before = (parent ? '' : header) + formatParameters('Content-Type', type, parameters, field);
    if (encoding) before += `Content-Transfer-Encoding: ${encoding}\r\n`;
    text += `${checkHeader(before + fields, field, !fields && !options.headers)}\r\n`;
    for (const piece of body ? body.pieces : []) {
      if (isStreamed(piece)) {
        flush({ ...piece, boundaries: [...piece.boundaries, ...around] });
        continue;
      }
      // What the composer names cannot occur in octets that are encoded; what a person names can.
      const encoded = encoding === 'quoted-printable' || (typeof piece === 'object' && 'octets' in piece);
      const reachable = encoded ? around.filter(name => !name.startsWith('=_')) : around;
      if (reachable.length > 0) refuseBoundary(writeArena([piece]), reachable, field, /^m/.test(type));
      if (typeof piece === 'string') text += piece;
      else flush(piece);
    }
    for (let closing = body && parent; closing && --closing.left === 0; closing = closing.parent)
      text += `\r\n--${closing.boundaries[0]}--${closing.parent ? '' : '\r\n'}`;
  };
  for (const [number, node] of nodes.entries()) guarded(node.field, () => write(node, number));
  flush();
  const { domain, height } = nodes[0]!;
  return { pieces, domain, utf8, height };
}

/** Lists the tree parents first, each leaf with its encoding, and sums up from the leaves. */
function plan(root: BodyPart, options: SerializeOptions): Node[] {
  const { nesting } = options;
  const nodes: Node[] = [];
  const stack: [BodyPart, Node | undefined, string][] = [[root, undefined, 'body']];
  for (let next = stack.pop(); next; next = stack.pop()) {
    const [part, parent, path] = next;
    const { type, parts, field = path } = part;
    if (parts?.length === 0) refuse('invalid-content', field, `Add a part to ${type}`);
    const [body, fields] = guarded(
      field,
      () => [parts ? undefined : encodeBody(part, field), part.fields(options)] as const,
    );
    const { domain, height } = body ?? emptyTree;
    const depth = parent ? parent.depth + 1 : 0;
    if (!(depth + height <= nesting)) refuse('nesting-too-deep', field, `Nest at most ${nesting} deep`);
    const node: Node = {
      part,
      parent,
      field,
      depth,
      body,
      fields,
      domain,
      height,
      boundaries: [],
      left: parts?.length ?? 0,
    };
    nodes.push(node);
    for (let i = node.left; i-- > 0; ) stack.push([parts![i]!, node, `${field}.parts[${i}]`]);
  }
  for (const { parent, height, domain, field, fields } of nodes.toReversed()) {
    if (!parent) continue;
    const needed = domain === '7bit' && beyondAscii.test(fields) ? '8bit' : domain;
    // RFC 1847 §2.1: a gateway that changes the encoding on the way would break the signature.
    if (parent.part.type === 'multipart/signed' && needed !== '7bit')
      refuse('invalid-encoding', field, 'Choose base64 or quoted-printable for what is signed', needed);
    parent.height = Math.max(parent.height, height + 1);
    // The names of the domains stand in the order of the alphabet.
    if (needed > parent.domain) parent.domain = needed;
  }
  return nodes;
}
