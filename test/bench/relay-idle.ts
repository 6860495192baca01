import { once } from 'node:events';
import { WebSocket } from 'ws';
import { cast, mint, origin, secret } from './relay-cast.ts';

/** Memory of the relay's process with many sessions that have said EHLO and are silent; the browsers are this process. */
const wanted = Number(process.argv[2] ?? 5000);
/** Sessions that open at the same time, as many as one token may have. */
const together = 20;

async function enter(url: string, token: string): Promise<WebSocket> {
  const webSocket = new WebSocket(url, 'smtp-bridge.v1', { origin, perMessageDeflate: false });
  await once(webSocket, 'open');
  const heard = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const onMessage = (data: Buffer) => {
        if (!data.includes(text)) return;
        webSocket.off('message', onMessage);
        resolve();
      };
      webSocket.on('message', onMessage);
      webSocket.once('close', code => reject(new Error(`Closed with ${code}`)));
    });
  const greeted = heard('220 ');
  webSocket.send(JSON.stringify({ t: 'open', v: 1, token, target: 'default', window: 262_144 }));
  await greeted;
  const introduced = heard('250 ');
  webSocket.send(Buffer.from('EHLO page.test\r\n'));
  await introduced;
  webSocket.on('message', (data, isBinary) => {
    const control = isBinary ? {} : JSON.parse(String(data));
    if (control.t === 'ping') webSocket.send(JSON.stringify({ t: 'pong', n: control.n }));
  });
  return webSocket;
}

/** Fills a relay whose process has these flags, and weighs it, in MB. */
async function weigh(flags: readonly string[]) {
  const relay = await cast({ role: 'relay', secret, target, window: 262_144 }, flags);
  const url = `ws://127.0.0.1:${relay.port}/relay`;
  (await enter(url, await mint())).close();
  const before = await relay.ask('memory held');
  const sessions: WebSocket[] = [];
  const started = performance.now();
  while (sessions.length < wanted) {
    const token = await mint({ conns: 20 });
    const more = Array.from({ length: Math.min(together, wanted - sessions.length) }, () =>
      enter(url, token),
    );
    sessions.push(...(await Promise.all(more)));
  }
  const seconds = (performance.now() - started) / 1000;
  await new Promise(resolve => setTimeout(resolve, 2000));
  const now = await relay.ask('memory');
  const after = await relay.ask('memory held');
  const alive = sessions.filter(({ readyState }) => readyState === WebSocket.OPEN).length;
  for (const webSocket of sessions) webSocket.terminate();
  relay.stop();
  const mb = (octets: number) => Math.round(octets / 1e6);
  return {
    'idle sessions': alive,
    'opened in s': Math.round(seconds * 10) / 10,
    'RSS before, MB': mb(before),
    'RSS, MB': mb(now),
    'of it held, MB': mb(after),
    'KB a session': Math.round((after - before) / wanted / 100) / 10,
  };
}

const mailServer = await cast({ role: 'mail-server' });
const target = { port: mailServer.port, mode: 'submit' } as const;
// Much of what Node takes by default is room for its young objects, which an idle relay has none of.
const small = ['--max-semi-space-size=1', '--optimize-for-size'];
console.table({ "Node's defaults": await weigh([]), [small.join(' ')]: await weigh(small) });
mailServer.stop();
