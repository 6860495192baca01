import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface PythonPart {
  readonly type: string;
  readonly filename: string | null;
  readonly disposition: string | null;
  readonly contentId: string | null;
  readonly encoding: string | null;
  readonly description: string | null;
  readonly parts: readonly PythonPart[];
  readonly size?: number;
  readonly sha256?: string;
  readonly text?: string;
  readonly defects: readonly string[];
}

type PythonMailbox = { readonly name: string; readonly address: string; readonly group: string | null };

export interface PythonMessage {
  readonly names: readonly string[];
  readonly subject: string | null;
  /** Seconds since 1970. */
  readonly date: number | null;
  readonly messageId: string | null;
  readonly From: readonly PythonMailbox[];
  readonly Sender: readonly PythonMailbox[];
  readonly To: readonly PythonMailbox[];
  readonly Cc: readonly PythonMailbox[];
  readonly 'Reply-To': readonly PythonMailbox[];
  /** Values of X- fields. */
  readonly values: Readonly<Record<string, readonly string[]>>;
  readonly part: PythonPart;
}

/** Parses messages with the `email` package of the Python on this machine, all in one process. */
export async function parseWithPython(messages: readonly Uint8Array[]): Promise<PythonMessage[]> {
  const script = fileURLToPath(new URL('parse.py', import.meta.url));
  const python = spawn('python3', [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  python.stdin.end(messages.map(bytes => `${Buffer.from(bytes).toString('base64')}\n`).join(''));
  let output = '';
  for await (const chunk of python.stdout.setEncoding('utf8')) output += chunk;
  const parsed = output
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line) as PythonMessage);
  if (parsed.length !== messages.length)
    throw new Error(`Python parsed ${parsed.length} of ${messages.length} messages`);
  return parsed;
}
