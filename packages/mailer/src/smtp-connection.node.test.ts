import { expect, onTestFinished, test } from 'vitest';
import { local, startServer } from '../test/recording-server.ts';
import { SmtpConnection } from './index.ts';

test('connects from a local address', async () => {
  const from: (string | undefined)[] = [];
  const server = await startServer({
    handler: { onHello: (_, { remoteAddress }) => void from.push(remoteAddress) },
  });
  onTestFinished(() => server.close());
  const smtp = await SmtpConnection.open({ ...local(server), localAddress: '127.0.0.2' });
  await smtp.quit();
  expect(from).toEqual(['127.0.0.2']);
});
