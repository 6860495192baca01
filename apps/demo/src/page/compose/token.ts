/** The site did not give a token for the relay; its message is for people. */
export class TokenError extends Error {
  override readonly name: string = 'TokenError';
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
    throw new TokenError('Check that the demo is still running: it did not answer the request for a token', {
      cause,
    });
  }
  const answer: { token?: string; error?: { message: string } } = await response.json().catch(() => ({}));
  if (response.ok && answer.token !== undefined) return answer.token;
  throw new TokenError(
    answer.error?.message ?? `Reload the page: the request for a token got ${response.status}`,
  );
}
