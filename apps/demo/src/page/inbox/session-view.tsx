import { useState } from 'hono/jsx/dom';
import { useCleanedEffect } from '../element/cleaned-effect.ts';
import { Timeline } from '../timeline/timeline.tsx';
import type { Line } from '../timeline/trace.ts';

/** The SMTP session in which a message came, line by line. */
export function SessionView({ id }: { id: string }) {
  const [lines, setLines] = useState<readonly Line[] | undefined>(undefined);
  const [problem, setProblem] = useState<string | undefined>(undefined);
  useCleanedEffect(() => {
    const abort = new AbortController();
    fetch(`/api/messages/${encodeURIComponent(id)}/session`, { signal: abort.signal })
      .then(async response => {
        if (!response.ok) throw new Error(`Reload the page: the session came back as ${response.status}`);
        setLines(await response.json());
      })
      .catch((error: Error) => {
        if (!abort.signal.aborted) setProblem(error.message);
      });
    return () => abort.abort();
  }, [id]);
  if (problem !== undefined) return <p class="reader-note problem">{problem}</p>;
  return lines === undefined ? null : <Timeline lines={lines} live={false} />;
}
