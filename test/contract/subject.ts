import { createMailer, type MailerOptions } from '@posthaste/mailer';
import type { PostOfficeAddress } from '../peer/post-office.ts';
import type { Capability, Delivered, Door, Subject } from './case.ts';

async function delivered(office: PostOfficeAddress, recipient: string): Promise<Delivered[]> {
  const response = await fetch(`${office.url}/messages?to=${encodeURIComponent(recipient)}`);
  return (await response.json()) as Delivered[];
}

/** A runtime that opens sockets itself. */
export function socketSubject(office: PostOfficeAddress, capabilities: readonly Capability[]): Subject {
  const able = new Set(capabilities);
  return {
    capabilities: able,
    mailer(door, { auth } = {}) {
      const options: MailerOptions = {
        hostname: 'localhost',
        port: office.ports[door],
        tls: door === 'plain' ? 'none' : door,
        ...(auth && { auth }),
        ...(door !== 'plain' && able.has('trust') && { tlsOptions: { ca: office.ca } }),
      };
      return createMailer(options);
    },
    delivered: recipient => delivered(office, recipient),
  };
}

/** A page: it reaches the same doors through the relay, which keeps the password to itself. */
export function relaySubject(office: PostOfficeAddress): Subject {
  const alias = (door: Door, pass?: string) =>
    pass === undefined || pass === 'correct horse' ? door : `${door}-wrong-password`;
  return {
    capabilities: new Set(),
    mailer: (door, { auth } = {}) =>
      createMailer({
        relay: {
          url: `${office.url.replace('http', 'ws')}/relay`,
          target: alias(door, auth?.pass),
          token: async () => (await fetch(`${office.url}/token`, { method: 'POST' })).text(),
        },
      }),
    delivered: recipient => delivered(office, recipient),
  };
}
