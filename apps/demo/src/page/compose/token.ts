/** The site did not give a token for the relay; its message and advice are for people. */
export class TokenError extends Error {
  override readonly name: string = 'TokenError';
  readonly advice: string;

  constructor(message: string, advice: string, cause?: unknown) {
    super(message, { cause });
    this.advice = advice;
  }
}

/**
 * Fetches the token that lets this page send as `from` through the relay for a few minutes.
 *
 * @throws TokenError the site refused or could not be reached
 */
export async function fetchToken(from: string, signal: AbortSignal): Promise<string> {
  let response: Response;
  try {
    response = await fetch('/api/token', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ from }),
      signal,
    });
  } catch (cause) {
    signal.throwIfAborted();
    throw new TokenError(
      'The demo did not answer when this page asked for a token',
      'Check that it is still running, then send again.',
      cause,
    );
  }
  const answer: { token?: string; error?: { message: string } } = await response.json().catch(() => ({}));
  if (response.ok && answer.token !== undefined) return answer.token;
  throw new TokenError(
    `The demo gave no token (${response.status})`,
    answer.error?.message ?? 'Reload the page, then send again.',
  );
}
