import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { freePort } from '../peer/port.ts';
import { call } from './call.ts';
import { type Demo, startOnNode, statusUnderHost } from './demo.ts';

let demo: Demo;
beforeAll(async () => {
  demo = await startOnNode();
});
afterAll(() => demo?.stop());

const askForToken = (headers: Record<string, string>, body?: string) =>
  call(`${demo.origin}/api/token`, { method: 'POST', headers, ...(body !== undefined && { body }) });

async function refusal(response: Response): Promise<{ status: number; code: string; message: string }> {
  const { error } = (await response.json()) as { error: { code: string; message: string } };
  return { status: response.status, ...error };
}

test('a token is for pages of this site', async () => {
  const granted = await askForToken({ origin: demo.origin }, '{"from":"ann@example.org"}');
  expect(granted.status).toBe(200);
  expect((await granted.json()).token).toMatch(/^v1\.[\w-]+\.[\w-]+$/);
  for (const origin of ['https://example.com', 'null', demo.origin.replace('127.0.0.1', 'localhost')]) {
    const refused = await refusal(await askForToken({ origin }, '{"from":"ann@example.org"}'));
    expect(refused).toMatchObject({ status: 403, code: 'foreign-origin' });
    expect(refused.message).toContain(demo.origin);
  }
  // A program that is no browser names no origin.
  expect((await askForToken({})).status).toBe(200);
});

test.each([
  ['no JSON', 'ann@example.org', 'invalid-request'],
  ['no sender', '{}', 'invalid-request'],
  ['a sender that is no string', '{"from":["ann@example.org"]}', 'invalid-request'],
  ['a malformed sender', '{"from":"ann@@example.org"}', 'invalid-address'],
  [
    'a sender with a line break',
    '{"from":"ann@example.org\\r\\nRCPT TO:<eve@example.com>"}',
    'invalid-address',
  ],
  ['a request too large', `{"from":"${'a'.repeat(5000)}"}`, 'too-large'],
])('a request for a token is refused: %s', async (_, body, code) => {
  const refused = await refusal(await askForToken({ origin: demo.origin }, body));
  expect(refused.code).toBe(code);
  expect(refused.status).toBeGreaterThanOrEqual(400);
  expect(refused.message).not.toMatch(/[\r\n]/);
});

test('names that others could point here are not answered', async () => {
  const port = new URL(demo.origin).port;
  expect(await statusUnderHost(demo, `127.0.0.1:${port}`)).toBe(200);
  expect(await statusUnderHost(demo, `localhost:${port}`)).toBe(200);
  expect(await statusUnderHost(demo, `rebound.example.com:${port}`)).toBe(403);
  expect(await statusUnderHost(demo, `127.0.0.1.example.com:${port}`)).toBe(403);
});

test('pages of other origins cannot delete', async () => {
  const refused = await call(`${demo.origin}/api/messages`, {
    method: 'DELETE',
    headers: { origin: 'https://example.com' },
  });
  expect(await refusal(refused)).toMatchObject({ status: 403, code: 'foreign-origin' });
});

test('a message that is not there', async () => {
  for (const path of ['raw', 'session']) {
    const refused = await refusal(await call(`${demo.origin}/api/messages/nothing/${path}`));
    expect(refused).toMatchObject({ status: 404, code: 'no-such-message' });
    expect(refused.message).toContain('"nothing"');
  }
});

test('pages let no script but their own run', async () => {
  for (const path of ['/', '/inbox']) {
    const policy = (await call(demo.origin + path)).headers.get('content-security-policy');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
  }
});

test('a port that is taken: which, and what to do', async () => {
  const port = await freePort();
  const holder = createServer().listen(port, '127.0.0.1');
  onTestFinished(() => void holder.close());
  await once(holder, 'listening');
  const other = await freePort();
  const settings = { PORT: String(other), SMTP_PORT: String(other) };
  for (const name of ['PORT', 'SMTP_PORT']) {
    const start = startOnNode({ ...settings, [name]: String(port) });
    const helps = Object.entries({ ...settings, [name]: String(port + 1) }).map(pair => pair.join('='));
    await expect(start).rejects.toThrow(`port ${port}, or choose another port: ${helps.join(' ')} npm start`);
  }
});
