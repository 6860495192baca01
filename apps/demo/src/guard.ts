import type { MiddlewareHandler } from 'hono';
import { fail } from './failure.ts';

/** Names of this machine to itself. Any other name in Host came through DNS, where others decide where it points. */
const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Answers only requests that were meant for this machine: a defence against DNS rebinding. */
export const loopbackOnly: MiddlewareHandler = async (c, next) => {
  const { hostname, origin } = new URL(c.req.url);
  if (!LOOPBACK.has(hostname)) {
    return fail(
      c,
      403,
      'foreign-host',
      `Open the demo by its own address, such as http://127.0.0.1:8787/, not ${origin}`,
    );
  }
  return next();
};

/** Refuses what a page of another origin asks for; programs that are no browser name no origin. */
export const noForeignPages: MiddlewareHandler = async (c, next) => {
  const origin = c.req.header('origin');
  if (
    c.req.header('sec-fetch-site') === 'cross-site' ||
    (origin !== undefined && origin !== originOf(c.req.url))
  ) {
    return fail(
      c,
      403,
      'foreign-origin',
      `Call this from the demo's own pages at ${originOf(c.req.url)}, not from ${JSON.stringify(origin ?? '')}`,
    );
  }
  return next();
};

/**
 * Headers for pages: scripts and requests of this site alone, no framing by others.
 *
 * Inline style is allowed because the documents of messages, shown in sandboxed frames, inherit this policy.
 */
export const pageHeaders: MiddlewareHandler = async (c, next) => {
  await next();
  const socket = originOf(c.req.url).replace(/^http/, 'ws');
  c.header(
    'content-security-policy',
    [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self' 'unsafe-inline'",
      "img-src 'self' data: blob:",
      'font-src data:',
      `connect-src 'self' ${socket}`,
      "frame-src 'none'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "form-action 'self'",
    ].join('; '),
  );
  c.header('x-content-type-options', 'nosniff');
  c.header('referrer-policy', 'no-referrer');
  c.header('cross-origin-opener-policy', 'same-origin');
};

function originOf(url: string): string {
  return new URL(url).origin;
}
