/** Asks for an address over a connection of its own: the demo may be hanging up on one that was kept as it is used. */
export function call(url: string, { headers, ...init }: RequestInit = {}): Promise<Response> {
  const own = new Headers(headers);
  own.set('connection', 'close');
  return fetch(url, { ...init, headers: own });
}
