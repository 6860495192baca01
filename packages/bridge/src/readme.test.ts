import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { placeProgram, readmeProgram, replaced } from '../fixture/readme-program.ts';
import { openLoopbackRelay } from '../fixture/relay-on-loopback.ts';
import { listen } from './listen/node.ts';

/** What a program prints, run by the Node that runs the tests. */
async function run(program: string): Promise<string> {
  const { path, remove } = placeProgram(program);
  try {
    return (await promisify(execFile)(process.execPath, [path])).stdout;
  } finally {
    remove();
  }
}

test('the first program of the README runs', async () => {
  expect(await run(readmeProgram("'@posthaste/bridge/listen'"))).toBe(
    "received [ 'bob@example.net' ] 30\naccepted [ 'bob@example.net' ] rejected [ 'eve@example.com 550' ]\n",
  );
});

test('the program that asks for a lost answer gets it', async () => {
  let taken = 0;
  const server = await listen({
    server: { serverName: 'mx.test', extensions: ['PIPELINING', 'ENHANCEDSTATUSCODES'] },
    handler: {
      onMessage() {
        taken++;
        relay.cut();
        return 'Ok: queued as 4F2';
      },
    },
  });
  const relay = await openLoopbackRelay({ port: server.port });
  onTestFinished(async () => {
    await relay.close();
    await server.close();
  });
  const program = replaced(readmeProgram('relayOutcome('), {
    'wss://app.example.com/relay': relay.url,
    'token: fetchToken': `token: ${JSON.stringify(await relay.mint())}`,
    // The answer has to be there when this page asks.
    '  const { state':
      "  while ((await relayOutcome(relay, transaction)).state === 'pending');\n  const { state",
  });
  expect(await run(program)).toBe("accepted [ '2.0.0 Ok: queued as 4F2' ]\n");
  expect(taken).toBe(1);
});
