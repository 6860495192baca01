import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

/** What the API says when it refuses: a word for programs, a sentence for people. */
interface Failure {
  readonly error: { readonly code: string; readonly message: string };
}

/** Answers with a refusal; `message` says what to do first. */
export function fail(c: Context, status: ContentfulStatusCode, code: string, message: string): Response {
  return c.json<Failure>({ error: { code, message } }, status);
}
