import { Hono, type MiddlewareHandler } from 'hono';
import { messageRoutes } from './api/messages.ts';
import { type Mint, tokenRoutes } from './api/token.ts';
import { fail } from './failure.ts';
import { allowedHostsOnly, pageHeaders } from './guard.ts';
import type { MessageStore } from './inbox/message-store.ts';
import type { Site } from './site.ts';
import { ComposePage } from './view/compose-page.tsx';
import { InboxPage } from './view/inbox-page.tsx';

/** What a runtime brings to the app. */
export interface Host {
  /** Names in `Host` that are answered. */
  readonly allowedHosts: ReadonlySet<string>;
  readonly site: Site;
  readonly store: MessageStore;
  readonly mint: Mint;
  /** Answers the WebSocket upgrade on `/relay`. */
  readonly relay: MiddlewareHandler;
  /** Serves the bundled scripts and styles under `/assets`. */
  readonly assets: MiddlewareHandler;
}

/** The whole demo, the same on Node and on Workers: two pages, the API of the inbox, the relay. */
export function createApp({ allowedHosts, site, store, mint, relay, assets }: Host): Hono {
  const app = new Hono();
  app.use(allowedHostsOnly(allowedHosts));

  app.get('/relay', relay);
  app.get('/assets/*', assets);
  app.route('/api', messageRoutes(store));
  app.route('/api', tokenRoutes(mint));

  app.get('/', pageHeaders, c => c.html(<ComposePage site={site} relayUrl={relayUrl(c.req.url)} />));
  app.get('/inbox', pageHeaders, c => c.html(<InboxPage site={site} relayUrl={relayUrl(c.req.url)} />));

  app.notFound(c =>
    fail(c, 404, 'no-such-address', `Open / to compose or /inbox to read: there is nothing at ${c.req.path}`),
  );
  app.onError((error, c) => {
    console.error(error);
    return fail(c, 500, 'internal', 'Look at the output of the demo: the request failed there');
  });
  return app;
}

/** The WebSocket address of the relay, beside the page that was asked for. */
function relayUrl(page: string): string {
  const url = new URL('/relay', page);
  url.protocol = url.protocol.replace('http', 'ws');
  return url.href;
}
