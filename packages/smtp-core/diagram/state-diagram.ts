/** An arrow of a state diagram; several triggers that lead the same way share one. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly label: string;
}

const ROW = 17;
const BOX_LEFT = 16;
const BOX_WIDTH = 116;
const LABELS_WIDTH = 276;
const LANE = 11;
const GAP = 16;

/** Light first, dark where the reader's page is dark. */
const STYLE = `
    text { font: 12px ui-sans-serif, system-ui, sans-serif; fill: #1f2328 }
    .page { fill: #ffffff }
    .state { fill: #f6f8fa; stroke: #57606a }
    .name { font-weight: 600; text-anchor: middle }
    .edge { fill: none; stroke: #57606a; stroke-width: 1.2 }
    .bad { stroke: #cf222e }
    .good { stroke: #1a7f37 }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3 }
      .page { fill: #0d1117 }
      .state { fill: #161b22; stroke: #8b949e }
      .edge { stroke: #8b949e }
      .bad { stroke: #ff7b72 }
      .good { stroke: #3fb950 }
    }
  `;

interface Placed extends Edge {
  readonly start: number;
  readonly end: number;
}

/** Joins edges that share both ends. */
export function joinEdges(edges: readonly Edge[]): readonly Edge[] {
  const joined = new Map<string, Edge>();
  for (const edge of edges) {
    const key = `${edge.from} ${edge.to}`;
    const known = joined.get(key);
    joined.set(key, known ? { ...known, label: `${known.label}, ${edge.label}` } : edge);
  }
  return [...joined.values()];
}

/**
 * Draws states one below the other; arrows leave and enter on the right, each in a lane of its own.
 *
 * @param states From top to bottom.
 * @param edges Between them.
 * @param note What holds everywhere, written below.
 * @returns An SVG document.
 */
export function drawStates(
  title: string,
  states: readonly string[],
  edges: readonly Edge[],
  note = '',
): string {
  const order = (edge: Edge, end: 'from' | 'to') => states.indexOf(edge[end]);
  const slots = new Map<string, number>();
  const boxes: string[] = [];
  let y = 12;
  for (const state of states) {
    const leaving = edges
      .filter(({ from }) => from === state)
      .sort((a, b) => order(a, 'to') - order(b, 'to'));
    const entering = edges
      .filter(({ to }) => to === state)
      .sort((a, b) => order(a, 'from') - order(b, 'from'));
    const height = Math.max(2, leaving.length + entering.length) * ROW;
    for (const edge of entering)
      slots.set(`in ${edge.from} ${edge.to}`, y + ROW * (entering.indexOf(edge) + 0.5));
    for (const edge of leaving)
      slots.set(`out ${edge.from} ${edge.to}`, y + ROW * (entering.length + leaving.indexOf(edge) + 0.5));
    boxes.push(
      `<rect class="state" x="${BOX_LEFT}" y="${y}" width="${BOX_WIDTH}" height="${height}" rx="6"/>`,
      `<text class="name" x="${BOX_LEFT + BOX_WIDTH / 2}" y="${y + height / 2 + 4}">${state}</text>`,
    );
    y += height + GAP;
  }
  boxes.push(`<text x="${BOX_LEFT}" y="${y + 4}">${note}</text>`);
  y += GAP;
  const placed = edges.map(edge => ({
    ...edge,
    start: slots.get(`out ${edge.from} ${edge.to}`)!,
    end: slots.get(`in ${edge.from} ${edge.to}`)!,
  }));
  const lanes = assignLanes(placed);
  const width = BOX_LEFT + BOX_WIDTH + LABELS_WIDTH + LANE * (Math.max(0, ...lanes.values()) + 2);
  const arrows = placed.flatMap(edge => drawEdge(edge, lanes.get(edge)!));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" width="${width}" height="${y}" role="img">
  <title>${title}</title>
  <style>${STYLE}</style>
  <defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" fill="context-stroke"/></marker></defs>
  <rect class="page" width="100%" height="100%"/>
  ${[...boxes, ...arrows].join('\n  ')}
</svg>
`;
}

/** Gives each edge the innermost lane that is free along its way; short ones come first. */
function assignLanes(edges: readonly Placed[]): ReadonlyMap<Placed, number> {
  const span = (edge: Placed) => Math.abs(edge.end - edge.start);
  const taken: [number, number][][] = [];
  const lanes = new Map<Placed, number>();
  for (const edge of [...edges].sort((a, b) => span(a) - span(b))) {
    const way: [number, number] = [Math.min(edge.start, edge.end) - 2, Math.max(edge.start, edge.end) + 2];
    const lane = taken.findIndex(ways => ways.every(([top, bottom]) => bottom < way[0] || top > way[1]));
    lanes.set(edge, lane < 0 ? taken.length : lane);
    if (lane < 0) taken.push([way]);
    else taken[lane]!.push(way);
  }
  return lanes;
}

function drawEdge(edge: Placed, lane: number): string[] {
  const { label, start, end, to } = edge;
  const left = BOX_LEFT + BOX_WIDTH;
  const right = left + LABELS_WIDTH + lane * LANE;
  const kind = to === 'closed' ? ' bad' : /^(?:2|3)/.test(label) ? ' good' : '';
  return [
    `<path class="edge${kind}" d="M${left} ${start}H${right}V${end}H${left}" marker-end="url(#tip)"/>`,
    `<text x="${left + 8}" y="${start - 3}">${label} → ${to}</text>`,
  ];
}
