import type { AddressRules } from './address.ts';
import { writeArena } from './arena.ts';
import type { BodyPart } from './body-part.ts';
import { boundaryName, checkBoundary, refuseBoundary, refuseCollision } from './boundary.ts';
import { formatParameters } from './content-type.ts';
import { refuse } from './error.ts';
import { isStreamed, type Piece } from './piece.ts';
import { type Randomness, randomBoundary } from './randomness.ts';
import { type Domain, domains, type EncodedBody, encodeBody } from './transfer-encoding.ts';
import { utf8 } from './utf8.ts';

/** What serializing depends on besides the parts. */
export interface SerializeOptions extends AddressRules {
  readonly nesting: number;
  /** Source of the random half of boundaries; asked once, and only where there is a multipart. */
  readonly random?: Randomness | undefined;
}

/** A part tree as what is written. */
export interface Serialized {
  readonly pieces: readonly Piece[];
  readonly domain: Domain;
  readonly height: number;
}

interface Node {
  readonly part: BodyPart;
  readonly parent: Node | undefined;
  readonly depth: number;
  readonly field: string;
  body: EncodedBody | undefined;
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
  let text = header;
  // Header text beyond ASCII is that of SMTPUTF8, the only text that is longer in octets.
  const flush = (): void => {
    if (text) pieces.push(/[^\0-\x7f]/.test(text) ? utf8(text) : text);
    text = '';
  };
  for (const { part, parent, body, domain, field, boundaries } of nodes) {
    if (parent)
      text += `${parent.left < partsOf(parent.part).length ? '\r\n' : ''}--${parent.boundaries[0]}\r\n`;
    const given = part.parameters.filter(([name]) => body || name !== 'boundary');
    text += formatParameters(
      'Content-Type',
      part.type,
      body ? given : [...given, ['boundary', boundaries[0] as string]],
      field,
    );
    const encoding = body ? body.encoding : domain === '7bit' ? undefined : domain;
    if (encoding) text += `Content-Transfer-Encoding: ${encoding}\r\n`;
    text += `${part.fields(options)}\r\n`;
    for (const piece of body?.pieces ?? []) {
      if (isStreamed(piece)) {
        flush();
        pieces.push({ ...piece, boundaries: [...piece.boundaries, ...boundaries] });
        continue;
      }
      // What the composer names cannot occur in octets that are encoded; what a person names can.
      const encoded =
        body?.encoding === 'quoted-printable' || (typeof piece === 'object' && 'octets' in piece);
      const reachable = encoded ? boundaries.filter(name => !name.startsWith('=_')) : boundaries;
      for (const boundary of reachable) refuseBoundary(writeArena([piece]), boundary, field);
      if (typeof piece === 'string') text += piece;
      else {
        flush();
        pieces.push(piece);
      }
    }
    for (let closing = body ? parent : undefined; closing && --closing.left === 0; closing = closing.parent) {
      text += `\r\n--${closing.boundaries[0]}--${closing.parent ? '' : '\r\n'}`;
    }
  }
  flush();
  const { domain, height } = nodes[0] as Node;
  return { pieces, domain, height };
}

function partsOf(part: BodyPart): readonly BodyPart[] {
  return part.parts ?? [];
}

/** Lists the tree parents first, each leaf with its encoding; sums up from the leaves; names boundaries from the root. */
function plan(root: BodyPart, options: SerializeOptions): Node[] {
  const nodes: Node[] = [];
  const stack = [newNode(root, undefined, root.field ?? 'body')];
  for (let node = stack.pop(); node; node = stack.pop()) {
    nodes.push(node);
    const { part, field, depth } = node;
    if (!part.parts) {
      node.body = encodeBody(part, field);
      node.domain = node.body.domain;
      node.height = node.body.height;
    }
    if (part.parts?.length === 0) refuse('invalid-content', field, `Add a part to ${part.type}`);
    if (depth + node.height > options.nesting)
      refuse('nesting-too-deep', field, `Nest at most ${options.nesting} deep`);
    const parts = partsOf(part);
    for (let i = parts.length - 1; i >= 0; i--) {
      const child = parts[i] as BodyPart;
      stack.push(newNode(child, node, child.field ?? `${field}.parts[${i}]`));
    }
  }
  for (const { parent, height, domain } of nodes.toReversed()) {
    if (!parent) continue;
    parent.height = Math.max(parent.height, height + 1);
    if (domains.indexOf(domain) > domains.indexOf(parent.domain)) parent.domain = domain;
  }
  let random: string | undefined;
  nodes.forEach((node, i) => {
    const around = node.parent?.boundaries ?? [];
    node.boundaries = around;
    if (node.body) return;
    const given = node.part.parameters.find(([name]) => name === 'boundary')?.[1];
    const own =
      given === undefined
        ? boundaryName((random ??= randomBoundary(options.random)), node.height, i)
        : checkBoundary(given, node.field);
    if (around.some(boundary => boundary.startsWith(own) || own.startsWith(boundary)))
      refuseCollision(own, node.field);
    node.boundaries = [own, ...around];
  });
  return nodes;
}

function newNode(part: BodyPart, parent: Node | undefined, field: string): Node {
  const depth = parent ? parent.depth + 1 : 0;
  return {
    part,
    parent,
    depth,
    field,
    body: undefined,
    domain: '7bit',
    height: 0,
    boundaries: [],
    left: partsOf(part).length,
  };
}
