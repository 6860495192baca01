import { expect, test } from 'vitest';
import { nobody } from '../test/recording-server.ts';
import { createMailer } from './index.ts';

test('nobody listens: the reason is known', async () => {
  await using mailer = createMailer(await nobody());
  const message = { from: 'ann@example.org', to: 'bob@example.net', text: 'Hello' };
  await expect(mailer.send(message)).rejects.toMatchObject({ cause: { code: 'refused' } });
});
