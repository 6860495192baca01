import { expect, test } from 'vitest';
import { local, startServer } from '../test/recording-server.ts';
import { createMailer } from './index.ts';

test('nobody listens: the reason is known', async () => {
  const server = await startServer();
  await server.close();
  await using mailer = createMailer(local(server));
  const message = { from: 'ann@example.org', to: 'bob@example.net', text: 'Hello' };
  await expect(mailer.send(message)).rejects.toMatchObject({ cause: { code: 'refused' } });
});
