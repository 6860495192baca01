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

/** Variables of the demo, as they stand before a command. */
const VARIABLES = ['PORT', 'SMTP_PORT', 'RELAY_TARGET', 'ALLOWED_HOSTS', 'PERSIST_TO'];

/**
 * What to do about a port that could not be opened, or the error itself if it is another; `command` starts the demo.
 */
export function explainPort(error: unknown, name: string, port: number, command: string): Error {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    return new Error(
      `Stop the program that uses port ${port}, or choose another port: ${settingsWith(name, port < 65_535 ? port + 1 : port - 1)} ${command}`,
    );
  }
  if (code === 'EACCES') {
    return new Error(
      `Choose a port above 1023, such as ${name}=${port + 8000}: this user may not open ${port}`,
    );
  }
  return error instanceof Error ? error : new Error(String(error));
}

/** The settings that the demo was started with, one of them changed, as a shell reads them. */
function settingsWith(name: string, port: number): string {
  const settings = new Map(VARIABLES.map(variable => [variable, process.env[variable]]));
  return [...settings.set(name, String(port))]
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([variable, value]) => `${variable}=${quoted(value!)}`)
    .join(' ');
}

function quoted(value: string): string {
  return /^[\w.,:/-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}
