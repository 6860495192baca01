/** Milliseconds as the timeline's columns show them: `0.4`, `12.0`, `431`, `2,400`. */
export function formatMs(ms: number): string {
  if (ms < 100) return ms.toFixed(1);
  return Math.round(ms).toLocaleString('en');
}

/** A duration for people: `0.4 ms`, `431 ms`, `2.4 s`, `4:07`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${formatMs(ms)} ms`;
  return ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : formatClock(ms);
}

/** Minutes and seconds: `0:04`. */
export function formatClock(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** Share of a bar on a logarithmic scale, from 0 to 1; a minute fills it. */
export function logShare(ms: number): number {
  return Math.min(1, Math.log10(1 + Math.max(0, ms)) / Math.log10(60_001));
}
