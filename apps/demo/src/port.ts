/**
 * Reads a port from the environment.
 *
 * @throws Error it is no port
 */
export function readPort(name: string, fallback: number): number {
  const text = process.env[name];
  if (text === undefined || text === '') return fallback;
  const port = Number(text);
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  throw new Error(`Set ${name} to a port from 1 to 65535, not ${JSON.stringify(text)}`);
}

/** What to do about a port that could not be opened, or the error itself if it is another. */
export function explainPort(error: unknown, name: string, port: number): Error {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    return new Error(
      `Stop the program that uses port ${port}, or choose another port: ${name}=${port + 1} npm start`,
    );
  }
  if (code === 'EACCES') {
    return new Error(
      `Choose a port above 1023, such as ${name}=${port + 8000}: this user may not open ${port}`,
    );
  }
  return error instanceof Error ? error : new Error(String(error));
}
