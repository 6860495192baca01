/** Hears that a message has left and its memory is free, or why it did not. */
export type Sent = (error?: unknown) => void;

/**
 * The part of the WHATWG WebSocket that the relay uses, already open, with `binaryType` `arraybuffer`. The `ws` package
 * and Workers both have it.
 */
export interface RelayWebSocket {
  /** Octets handed to `send()` and not yet to the network; Workers do not tell. */
  readonly bufferedAmount?: number;
  /** `ws` calls `sent`; Workers know no such thing, and ignore it. */
  send(data: string | Uint8Array<ArrayBuffer>, sent?: Sent): void;
  close(code: number, reason: string): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'close' | 'error', listener: () => void): void;
}

/** Closes a WebSocket, unless that was done. */
export function hangUp(webSocket: RelayWebSocket, code: number, reason: string): void {
  try {
    webSocket.close(code, reason);
  } catch {
    // It is closed already, and its event is on its way.
  }
}
