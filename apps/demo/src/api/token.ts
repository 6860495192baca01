import { formatMailbox, MimeError, parseMailbox } from '@posthaste/mime';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { fail } from '../failure.ts';
import { noForeignPages } from '../guard.ts';

/** Octets of a request for a token. */
const MAX_REQUEST_OCTETS = 4096;

/** Domains that belong to nobody (RFC 2606), which anyone may write from here. */
const RESERVED_DOMAINS = ['@example.org', '@example.com', '@example.net'];

/** Mints a token for one sender, named by the page's origin. */
export type Mint = (from: readonly string[], origin: string) => Promise<string>;

/** `POST /token`: lets a page of this site, or a program on this machine, send through the relay as `from`, for five minutes. */
export function tokenRoutes(mint: Mint): Hono {
  const routes = new Hono();
  const limit = bodyLimit({
    maxSize: MAX_REQUEST_OCTETS,
    onError: c =>
      fail(
        c,
        413,
        'too-large',
        `Send at most ${MAX_REQUEST_OCTETS} octets: only the sender's address is wanted`,
      ),
  });

  routes.post('/token', noForeignPages, limit, async c => {
    const text = await c.req.text();
    let from: readonly string[] = RESERVED_DOMAINS;
    if (text !== '') {
      const given = readFrom(text);
      if (given === undefined) {
        return fail(
          c,
          400,
          'invalid-request',
          'Send JSON such as {"from":"ann@example.org"}, or no body at all',
        );
      }
      try {
        from = [parseMailbox(formatMailbox(parseMailbox(given), { smtputf8: true })).address];
      } catch (error) {
        if (error instanceof MimeError) return fail(c, 400, error.code, error.message);
        throw error;
      }
    }
    return c.json({ token: await mint(from, new URL(c.req.url).origin) }, 200, {
      'cache-control': 'no-store',
    });
  });

  return routes;
}

function readFrom(text: string): string | undefined {
  try {
    const request: unknown = JSON.parse(text);
    const from =
      request !== null && typeof request === 'object' && 'from' in request ? request.from : undefined;
    return typeof from === 'string' ? from : undefined;
  } catch {
    return undefined;
  }
}
