import { once } from 'node:events';
import { WebSocket } from 'ws';
import { cast, mint, origin, secret } from './relay-cast.ts';

/** Memory of the relay's process with many sessions that have said EHLO and are silent; the browsers are this process. */
const wanted = Number(process.argv[2] ?? 5000);
const together = 100;

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

const mailServer = await cast({ role: 'mail-server' });
const target = { port: mailServer.port, mode: 'submit' } as const;
const relay = await cast({ role: 'relay', secret, target, window: 262_144 });
const url = `ws://127.0.0.1:${relay.port}/relay`;
(await enter(url, await mint())).close();
const before = await relay.memory('memory held');
const sessions: WebSocket[] = [];
const started = performance.now();
while (sessions.length < wanted) {
  const token = await mint({ conns: 20 });
  const more = Array.from({ length: Math.min(together / 5, wanted - sessions.length) }, () =>
    enter(url, token),
  );
  sessions.push(...(await Promise.all(more)));
}
const seconds = (performance.now() - started) / 1000;
await new Promise(resolve => setTimeout(resolve, 2000));
const now = await relay.memory('memory');
const after = await relay.memory('memory held');
const alive = sessions.filter(({ readyState }) => readyState === WebSocket.OPEN).length;
const mb = (octets: number) => Math.round(octets / 1e6);
console.table({
  'idle sessions': alive,
  'opened in s': Math.round(seconds * 10) / 10,
  'relay RSS before, MB': mb(before),
  'relay RSS with them, MB': mb(after),
  'with the room that V8 keeps for growth, MB': mb(now),
  'KB a session': Math.round((after - before) / wanted / 100) / 10,
});
for (const webSocket of sessions) webSocket.terminate();
for (const player of [relay, mailServer]) player.stop();
