import type { MiddlewareHandler } from 'hono';
import { fail } from './failure.ts';

/** Answers only requests that were meant for this demo: a defence against DNS rebinding. */
export function allowedHostsOnly(allowed: ReadonlySet<string>): MiddlewareHandler {
  return async (c, next) => {
    const { hostname, origin, port } = new URL(c.req.url);
    if (allowed.has(hostname)) return next();
    return fail(
      c,
      403,
      'foreign-host',
      `Open the demo by its own address${port === '' ? '' : `, such as http://127.0.0.1:${port}/`}, or name its host in ALLOWED_HOSTS when you deploy it: ${origin}`,
    );
  };
}

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
