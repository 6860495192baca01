/** What crosses between a runtime under test and the desk that listens for it: JSON that knows octets and maps. */
export type Frame =
  /** Listen, and ask about these events. */
  | { readonly type: 'listen'; readonly options: unknown; readonly events: readonly string[] }
  | { readonly type: 'listening'; readonly port: number; readonly token: string }
  | { readonly type: 'failed'; readonly message: string }
  /** What does the handler say? */
  | { readonly type: 'ask'; readonly id: number; readonly event: string; readonly question: unknown }
  | { readonly type: 'answer'; readonly id: number; readonly answer?: unknown; readonly thrown?: string }
  /** Stop listening and end every session; the desk closes the WebSocket when that is done. */
  | { readonly type: 'close' };

export function encodeFrame(frame: Frame): string {
  return JSON.stringify(frame, function (this: Record<string, unknown>, name: string) {
    const value = this[name];
    if (value instanceof Uint8Array) return { $octets: Array.from(value) };
    return value instanceof Map ? { $map: [...value] } : value;
  });
}

export function decodeFrame(text: string): Frame {
  return JSON.parse(text, (_, value) => {
    if (Array.isArray(value?.$octets)) return Uint8Array.from(value.$octets);
    return Array.isArray(value?.$map) ? new Map(value.$map) : value;
  });
}
