// Sessions in a runtime of their own: prints one JSON line for each.
import { type Fate, fateOf, isOurs, reason } from './fate.ts';
import { CONTENTS, clearWays, openTo, secureWays } from './way.ts';

/** A session, and the line of its transcript at which it is aborted, if any. */
export interface SessionAlone {
  readonly way: string;
  readonly port: number;
  readonly line?: number;
}

/** What became of a session's messages. */
export interface FatesAlone {
  readonly fates: readonly Omit<Fate, 'error'>[];
  /** Ends that an abort does not bring. */
  readonly otherwise: readonly string[];
}

const { env } = process;
const ways = [...clearWays, ...secureWays(JSON.parse(env.CERTIFICATE!))];

for (const { way: name, port, line } of JSON.parse(env.SESSIONS!) as SessionAlone[]) {
  const way = ways.find(each => each.name === name)!;
  const abort = new AbortController();
  const { signal } = abort;
  let heard = 0;
  const onTranscript = () => {
    if (heard++ === line) abort.abort(reason);
  };
  const connecting = openTo({ port }, way, { signal, onTranscript });
  const ended = await Promise.all(CONTENTS.map(text => fateOf(connecting, text, signal)));
  await connecting.then(
    connection => connection.close(),
    () => {},
  );
  const errors = ended.map(({ error }) => error).filter(error => error !== undefined);
  const told: FatesAlone = {
    fates: ended.map(({ error: _, ...fate }) => fate),
    otherwise: signal.aborted ? errors.filter(error => !isOurs(error)).map(String) : [],
  };
  console.log(JSON.stringify(told));
}
