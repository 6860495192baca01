import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

/** What a mail server says to a command line: replies with their line ends, nothing, or undefined to hang up. */
export type Say = (line: string) => string | undefined;

/** A mail server that says what it is told to. */
export interface ScriptedServer {
  readonly port: number;
  say: Say;
  /** Reads nothing of a message, once it may come, until this is false again. */
  holding: boolean;
  /** Reads on, and settles once every client has hung up. */
  release(): Promise<void>;
  close(): void;
}

/** Takes everything. */
export const obliging: Say = line => {
  if (/^(EHLO|HELO)/.test(line)) return '250-mx.test\r\n250 PIPELINING\r\n';
  if (line === 'DATA') return '354 Go on\r\n';
  return line === 'QUIT' ? '221 2.0.0 Bye\r\n' : '250 2.0.0 OK\r\n';
};

/** Starts a mail server that is obliging until `say` is set to something else. */
export async function startScriptedServer(): Promise<ScriptedServer> {
  const sockets = new Set<Socket>();
  const listener = createServer(socket => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    let text = '';
    let content = false;
    socket.on('error', () => {});
    socket.write('220 mx.test ESMTP\r\n');
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk;
      for (let end = text.indexOf('\r\n'); end !== -1; end = text.indexOf('\r\n')) {
        const line = text.slice(0, end);
        text = text.slice(end + 2);
        if (content && line !== '.') continue;
        const reply = server.say(line);
        if (reply === undefined) return void socket.destroy();
        content = reply.startsWith('354');
        socket.write(reply);
        if (content && server.holding) socket.pause();
      }
    });
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as { port: number };
  const server: ScriptedServer = {
    port,
    say: obliging,
    holding: false,
    async release() {
      server.holding = false;
      for (const socket of sockets) socket.resume();
      await Promise.all([...sockets].map(socket => once(socket, 'close')));
    },
    close() {
      listener.close();
      for (const socket of sockets) socket.destroy();
    },
  };
  return server;
}
