/** Part of an SMTP session, in the order of RFC 5321 §3; `Command` is any verb without a part of its own. */
type PhaseName =
  | 'Connect'
  | 'Greeting'
  | 'EHLO'
  | 'TLS'
  | 'AUTH'
  | 'MAIL'
  | 'RCPT'
  | 'DATA'
  | 'Dot'
  | 'RSET'
  | 'QUIT'
  | 'Command';

/** One line of a session; `at` is milliseconds since the session began. */
export interface Line {
  readonly at: number;
  readonly direction: 'client' | 'server' | 'local';
  readonly text: string;
  /** Octets of content this line stands for, instead of showing them. */
  readonly content?: { readonly octets: number; readonly total?: number; readonly until: number };
  /** For `local` lines: what was attempted came to nothing. */
  readonly failed?: boolean;
  /** For `local` lines, which the text does not place. */
  readonly phase?: PhaseName;
}

/** A line with its place: `index` in the session, `delta` milliseconds since the line before it. */
export interface PlacedLine extends Line {
  readonly index: number;
  readonly delta: number;
  /** Written together with a neighbour, before any reply (RFC 2920). */
  readonly pipelined: boolean;
  readonly secure: boolean;
}

export type Verdict = 'ok' | 'pending' | 'deferred' | 'refused' | 'lost';

export interface Phase {
  readonly name: PhaseName;
  readonly lines: PlacedLine[];
  verdict: Verdict;
}

const VERBS: Readonly<Record<string, PhaseName>> = {
  EHLO: 'EHLO',
  HELO: 'EHLO',
  LHLO: 'EHLO',
  STARTTLS: 'TLS',
  AUTH: 'AUTH',
  MAIL: 'MAIL',
  RCPT: 'RCPT',
  DATA: 'DATA',
  BDAT: 'DATA',
  RSET: 'RSET',
  QUIT: 'QUIT',
  '.': 'Dot',
};

/**
 * Groups the lines of a session by phase, a reply under the command it answers.
 *
 * Replies come in the order of their commands (RFC 2920 §3.1), so a queue of unanswered phases places each one. What is
 * unanswered when a session has `ended` was lost.
 */
export function trace(lines: readonly Line[], ended: boolean): Phase[] {
  const phases: Phase[] = [];
  const unanswered: Phase[] = [];
  const writtenTogether = flights(lines);
  let secure = false;
  let challenged = false;

  const begin = (name: PhaseName): Phase => {
    const last = phases.at(-1);
    if (last?.name === name) return last;
    const phase: Phase = { name, lines: [], verdict: 'pending' };
    phases.push(phase);
    return phase;
  };

  lines.forEach((line, index) => {
    let phase: Phase;
    let code = 0;
    if (line.direction === 'local') {
      phase = begin(line.phase ?? phases.at(-1)?.name ?? 'Connect');
      secure ||= line.phase === 'TLS';
    } else if (line.content !== undefined) {
      phase = begin('DATA');
    } else if (line.direction === 'client') {
      phase = begin(challenged ? 'AUTH' : (VERBS[line.text.split(' ', 1)[0]!.toUpperCase()] ?? 'Command'));
      challenged = false;
      unanswered.push(phase);
    } else {
      phase = unanswered[0] ?? begin(phases.some(({ name }) => name !== 'Connect') ? 'Command' : 'Greeting');
      const last = /^(\d{3})(?: |$)/.exec(line.text);
      if (last !== null) {
        code = Number(last[1]);
        unanswered.shift();
        challenged = code === 334;
      } else if (unanswered.length === 0) unanswered.push(phase);
    }
    const delta = line.at - endOf(lines[index - 1]);
    phase.lines.push({ ...line, index, delta, pipelined: writtenTogether.has(index), secure });
    phase.verdict = verdictAfter(phase, line, code, unanswered.includes(phase));
  });
  if (ended) for (const phase of unanswered) if (phase.verdict === 'pending') phase.verdict = 'lost';
  return phases;
}

/** When the last octet of a line had passed; 0 before the first. */
function endOf(line: Line | undefined): number {
  return line?.content?.until ?? line?.at ?? 0;
}

function verdictAfter(phase: Phase, line: Line, code: number, unanswered: boolean): Verdict {
  if (line.failed) return 'refused';
  if (line.direction === 'local')
    return phase.lines.length === 1 || phase.name === 'TLS' ? 'ok' : phase.verdict;
  if (code >= 500 || phase.verdict === 'refused') return 'refused';
  if (code >= 400 || phase.verdict === 'deferred') return 'deferred';
  return unanswered ? 'pending' : 'ok';
}

/** Indices of client lines that have a neighbour with no reply and no upgrade between them. */
function flights(lines: readonly Line[]): Set<number> {
  const together = new Set<number>();
  lines.forEach((line, index) => {
    const next = lines[index + 1];
    if (isCommand(line) && next !== undefined && isCommand(next)) together.add(index).add(index + 1);
  });
  return together;
}

function isCommand(line: Line): boolean {
  return line.direction === 'client' && line.content === undefined && line.text !== '.';
}
