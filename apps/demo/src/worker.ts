import { DurableObject } from 'cloudflare:workers';
import { serve } from '@posthaste/bridge';
import { memoryConnect } from '@posthaste/bridge/memory';
import { mintRelayToken } from '@posthaste/bridge/relay';
import { createRelay, durableStores, RelaySubject, relayRoute } from '@posthaste/bridge/relay/workerd';
import { SmtpServer } from '@posthaste/smtp-core';
import type { Hono } from 'hono';
import { readAllowedHosts } from './allowed-hosts.ts';
import { createApp } from './app.tsx';
import { INBOX_SERVER, inboxHandler } from './inbox/smtp-server.ts';
import { SqliteStore } from './inbox/sqlite-store.ts';

export { RelaySubject };

interface Env {
  readonly INBOX: DurableObjectNamespace<Inbox>;
  readonly RELAY: DurableObjectNamespace<RelaySubject>;
  readonly ALLOWED_HOSTS?: string;
}

const KEY_ID = 'demo';

/** The demo in one object, because isolates share nothing: pages, relay, SMTP server and inbox live here together. */
export class Inbox extends DurableObject<Env> {
  readonly #store: SqliteStore;
  readonly #allowedHosts: ReadonlySet<string>;
  readonly #secret = crypto.getRandomValues(new Uint8Array(32));
  /** The app as it is under the origin it was asked by, which the relay holds pages to. */
  #app: { readonly origin: string; readonly app: Hono } | undefined;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#store = new SqliteStore(ctx.storage);
    this.#allowedHosts = readAllowedHosts(env.ALLOWED_HOSTS);
  }

  override fetch(request: Request): Response | Promise<Response> {
    const { origin } = new URL(request.url);
    if (this.#app?.origin !== origin) this.#app = { origin, app: this.#create(origin) };
    return this.#app.app.fetch(request);
  }

  #create(origin: string): Hono {
    const handler = inboxHandler(this.#store);
    const relay = createRelay({
      // Nothing listens under this name: the connector below hands both ends to each other.
      targets: { default: { host: 'inbox.invalid', port: 2525, tls: 'none' } },
      keys: { [KEY_ID]: this.#secret },
      origins: [origin],
      // Programs get tokens too, and the only mail server is this inbox; a page of another origin gets none.
      allowNonBrowser: true,
      ...durableStores(this.env.RELAY),
      connect: memoryConnect(socket => serve(new SmtpServer(INBOX_SERVER), socket, handler)),
    });
    return createApp({
      allowedHosts: this.#allowedHosts,
      site: { upstream: 'dev inbox', inbox: true, retention: this.#store.retention },
      store: this.#store,
      mint: from =>
        mintRelayToken({ sub: 'demo', org: [origin], from }, { kid: KEY_ID, secret: this.#secret }),
      relay: relayRoute(relay),
      assets: c => Promise.resolve(c.notFound()),
    });
  }
}

export default {
  fetch(request, env) {
    return env.INBOX.get(env.INBOX.idFromName('inbox')).fetch(request);
  },
} satisfies ExportedHandler<Env>;
