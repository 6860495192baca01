import { afterEach, expect, test, vi } from 'vitest';
import { readNodeEnvironment, readWorkerEnvironment } from './environment.ts';
import { explainPort } from './port.ts';

const NAMES = ['PORT', 'SMTP_PORT', 'RELAY_TARGET', 'ALLOWED_HOSTS', 'PERSIST_TO'];

function set(values: Readonly<Record<string, string>>): void {
  for (const name of NAMES) vi.stubEnv(name, values[name]);
}
afterEach(() => {
  vi.unstubAllEnvs();
});

test('on Node: what is not set has its default', () => {
  set({});
  expect(readNodeEnvironment()).toEqual({ port: 8787, smtpPort: 2525, target: undefined });
  set({ PORT: '9000', SMTP_PORT: '', RELAY_TARGET: 'localhost:1025' });
  expect(readNodeEnvironment()).toEqual({
    port: 9000,
    smtpPort: 2525,
    target: { host: 'localhost', port: 1025 },
  });
});

test.each([
  { PORT: '0' },
  { PORT: '65536' },
  { SMTP_PORT: 'smtp' },
  { PORT: '2525' },
  { RELAY_TARGET: 'smtp.example.com:465' },
  { RELAY_TARGET: '192.0.2.1:25' },
  { RELAY_TARGET: '127.0.0.1' },
  { RELAY_TARGET: '127.0.0.1:0' },
  { RELAY_TARGET: '127.0.0.1.example.com:25' },
])('on Node: %j is refused', values => {
  set(values);
  const [name, value] = Object.entries(values)[0]!;
  expect(readNodeEnvironment).toThrow(name);
  expect(readNodeEnvironment).toThrow(value);
});

test.each([{ PORT: '-1' }, { ALLOWED_HOSTS: '*.example.com' }])('as a Worker: %j is refused', values => {
  set(values);
  expect(readWorkerEnvironment).toThrow(`Set ${Object.keys(values)[0]} to`);
});

test.each([
  [{}, 'PORT', 8787, 'npm start', 'PORT=8788 npm start'],
  [{ PORT: '9000', SMTP_PORT: '2526' }, 'SMTP_PORT', 2526, 'npm start', 'PORT=9000 SMTP_PORT=2527 npm start'],
  [
    { PORT: '65535', ALLOWED_HOSTS: 'a.example.com, b.example.com', PERSIST_TO: "it's" },
    'PORT',
    65_535,
    'npm run start:workers',
    `PORT=65534 ALLOWED_HOSTS='a.example.com, b.example.com' PERSIST_TO='it'\\''s' npm run start:workers`,
  ],
])('%j, a busy %s: the command that helps keeps the rest', (values, name, port, command, helps) => {
  set(values);
  const busy = Object.assign(new Error('listen EADDRINUSE'), { code: 'EADDRINUSE' });
  expect(explainPort(busy, name, port, command).message).toBe(
    `Stop the program that uses port ${port}, or choose another port: ${helps}`,
  );
});
