import { type Context, Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { fail } from '../failure.ts';
import { noForeignPages } from '../guard.ts';
import type { MessageStore, StoreEvent } from '../inbox/message-store.ts';

/** Milliseconds between signs of life on the event stream. */
const HEARTBEAT_MS = 15_000;

/** The dev inbox over HTTP: list, octets, session, events, and a way to empty it. */
export function messageRoutes(store: MessageStore): Hono {
  const routes = new Hono();

  routes.get('/messages', c => c.json(store.list()));

  routes.delete('/messages', noForeignPages, c => {
    store.clear();
    return c.body(null, 204);
  });

  routes.get('/messages/:id/raw', c => {
    const id = c.req.param('id');
    const raw = store.raw(id);
    if (raw === undefined) return missing(c, id);
    return c.body(new Uint8Array(raw), 200, {
      'content-type': 'message/rfc822',
      'content-disposition': `attachment; filename="${id}.eml"`,
      'content-security-policy': "sandbox; default-src 'none'",
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
  });

  routes.get('/messages/:id/session', c => {
    const id = c.req.param('id');
    const session = store.session(id);
    return session === undefined ? missing(c, id) : c.json(session);
  });

  routes.get('/events', c =>
    streamSSE(c, async stream => {
      const pending: StoreEvent[] = [];
      let wake = (): void => {};
      const unwatch = store.watch(event => {
        pending.push(event);
        wake();
      });
      stream.onAbort(() => {
        unwatch();
        wake();
      });
      await stream.writeSSE({ event: 'open', data: JSON.stringify({ evicted: store.evicted }) });
      while (!stream.aborted) {
        const event = pending.shift();
        if (event !== undefined) {
          await stream.writeSSE({ event: event.type, data: JSON.stringify(event) });
          continue;
        }
        const woken = await new Promise<boolean>(resolve => {
          const timer = setTimeout(resolve, HEARTBEAT_MS, false);
          wake = () => {
            clearTimeout(timer);
            resolve(true);
          };
        });
        if (!woken) await stream.write(': still here\n\n');
      }
    }),
  );

  return routes;
}

function missing(c: Context, id: string): Response {
  const shown = JSON.stringify(id.slice(0, 80));
  return fail(
    c,
    404,
    'no-such-message',
    `List the messages again: ${shown} was deleted, made room for newer ones, or never was`,
  );
}
