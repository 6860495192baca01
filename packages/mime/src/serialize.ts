import type { AddressRules } from './address.ts';
import type { BodyPart, Parameter } from './body-part.ts';
import { boundaryName, checkBoundary, refuseBoundary } from './boundary.ts';
import { formatParameters } from './content-type.ts';
import { MimeError } from './error.ts';
import { isStreamed, type Piece } from './piece.ts';
import { type Domain, type EncodedBody, encodeBody } from './transfer-encoding.ts';

/** What serializing depends on besides the parts. */
export interface SerializeOptions extends AddressRules {
  readonly nesting: number;
  /** Gives the random half of boundaries; asked once, and only where there is a multipart. */
  boundaryRandom(): string;
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
  boundary: string;
  /** Children that are not written yet. */
  left: number;
}

const domains: readonly Domain[] = ['7bit', '8bit', 'binary'];

/** Writes a part tree after its message header; iterative, since trees come from outside. */
export function serialize(root: BodyPart, header: string, options: SerializeOptions): Serialized {
  const nodes = plan(root, options);
  const writer = new PieceWriter(header);
  for (const node of nodes) {
    const { part, parent, body } = node;
    if (parent)
      writer.text(
        `${parent.left === (parent.part.parts?.length ?? 0) ? '' : '\r\n'}--${parent.boundary}\r\n`,
      );
    writer.text(formatParameters('Content-Type', part.type, parameters(node), `${node.field}.contentType`));
    const encoding = body ? body.encoding : node.domain === '7bit' ? undefined : node.domain;
    if (encoding !== undefined) writer.text(`Content-Transfer-Encoding: ${encoding}\r\n`);
    writer.text(`${part.fields(options)}\r\n`);
    if (body) writer.body(body.pieces, boundariesAround(node), node.field);
    closeFrom(node, writer);
  }
  const top = nodes[0] as Node;
  return { pieces: writer.end(), domain: top.domain, height: top.height };
}

/** Lists the tree parents first, each body with its encoding, then sums up from the leaves. */
function plan(root: BodyPart, options: SerializeOptions): Node[] {
  const nodes: Node[] = [];
  const stack: Node[] = [newNode(root, undefined, 'body')];
  let random: string | undefined;
  for (let node = stack.pop(); node; node = stack.pop()) {
    nodes.push(node);
    const { parts } = node.part;
    if (parts === undefined) {
      node.body = encodeBody(node.part, node.field);
      node.domain = node.body.domain;
      node.height = node.body.height;
    } else if (parts.length === 0) {
      throw new MimeError('invalid-content', `Add a part to ${node.part.type}, which must not be empty`, {
        field: node.field,
      });
    }
    if (node.depth + node.height > options.nesting) {
      throw new MimeError('nesting-too-deep', `Nest parts at most ${options.nesting} deep`, {
        field: node.field,
      });
    }
    for (let i = (parts?.length ?? 0) - 1; i >= 0; i--)
      stack.push(newNode((parts as BodyPart[])[i] as BodyPart, node, `${node.field}.parts[${i}]`));
  }
  for (let i = nodes.length - 1; i >= 0; i--) {
    const node = nodes[i] as Node;
    if (!node.body)
      node.boundary = given(node) ?? boundaryName((random ??= options.boundaryRandom()), node.height, i);
    const { parent } = node;
    if (!parent) continue;
    parent.height = Math.max(parent.height, node.height + 1);
    if (domains.indexOf(node.domain) > domains.indexOf(parent.domain)) parent.domain = node.domain;
  }
  return nodes;
}

function newNode(part: BodyPart, parent: Node | undefined, field: string): Node {
  const left = part.parts?.length ?? 0;
  return {
    part,
    parent,
    depth: parent ? parent.depth + 1 : 0,
    field,
    body: undefined,
    domain: '7bit',
    height: 0,
    boundary: '',
    left,
  };
}

function given(node: Node): string | undefined {
  const parameter = node.part.parameters.find(([name]) => name === 'boundary');
  return parameter && checkBoundary(parameter[1], `${node.field}.contentType`);
}

function parameters(node: Node): readonly Parameter[] {
  if (node.body) return node.part.parameters;
  return [...node.part.parameters.filter(([name]) => name !== 'boundary'), ['boundary', node.boundary]];
}

function boundariesAround(node: Node): string[] {
  const boundaries: string[] = [];
  for (let parent = node.parent; parent; parent = parent.parent) boundaries.push(parent.boundary);
  return boundaries;
}

/** Closes every multipart whose last child this was. */
function closeFrom(node: Node, writer: PieceWriter): void {
  if (!node.body) return;
  for (let parent = node.parent; parent && --parent.left === 0; parent = parent.parent) {
    writer.text(`\r\n--${parent.boundary}--${parent.parent ? '' : '\r\n'}`);
  }
}

/** Collects pieces, neighbouring texts as one. */
class PieceWriter {
  readonly #pieces: Piece[] = [];
  #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  text(text: string): void {
    this.#text += text;
  }

  body(pieces: readonly Piece[], boundaries: readonly string[], field: string): void {
    for (const piece of pieces) {
      if (isStreamed(piece)) {
        this.#flush();
        this.#pieces.push({ ...piece, boundaries: [...piece.boundaries, ...boundaries] });
        continue;
      }
      for (const boundary of boundaries) refuseBoundary(piece, boundary, field);
      if (typeof piece === 'string') this.#text += piece;
      else {
        this.#flush();
        this.#pieces.push(piece);
      }
    }
  }

  end(): readonly Piece[] {
    this.#flush();
    return this.#pieces;
  }

  /** Header text beyond ASCII is that of SMTPUTF8, the only text whose length in octets is another. */
  #flush(): void {
    const text = this.#text;
    if (text !== '') this.#pieces.push(/[^\0-\x7f]/.test(text) ? new TextEncoder().encode(text) : text);
    this.#text = '';
  }
}
