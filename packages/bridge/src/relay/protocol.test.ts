import { describe, expect, it } from 'vitest';
import { RelayError, relayFaults } from './fault.ts';
import {
  type ClientControl,
  encodeControl,
  maxControlOctets,
  maxOpenOctets,
  parseControl,
  type RelayControl,
} from './protocol.ts';

const id = '0123456789abcdef0123456789abcdef';

const fromClient: readonly ClientControl[] = [
  { t: 'open', v: 1, token: 'v1.x.y', target: 'default', window: 262_144 },
  { t: 'credit', n: 1 },
  { t: 'starttls' },
  { t: 'txn', id },
  { t: 'end' },
  { t: 'ping', n: 0 },
  { t: 'pong', n: 7 },
];

const fromRelay: readonly RelayControl[] = [
  { t: 'opened', mode: 'submit', window: 262_144, limits: { bytes: 1, idleMs: 2, totalMs: 3 }, secure: null },
  {
    t: 'opened',
    mode: 'bytes',
    window: 65_536,
    limits: { bytes: 1, idleMs: 2, totalMs: 3 },
    secure: { proto: 'TLSv1.3', cipher: 'TLS_AES_128_GCM_SHA256' },
  },
  { t: 'credit', n: 262_144 },
  { t: 'secure', proto: 'TLSv1.3', cipher: 'c', fingerprint256: 'AA:BB' },
  { t: 'end' },
  { t: 'ping', n: 1 },
  { t: 'pong', n: 1 },
  { t: 'outcome', id, state: 'new' },
  { t: 'outcome', id, state: 'accepted', reply: '250 2.0.0 Taken' },
  {
    t: 'error',
    code: 'E_UPSTREAM',
    phase: 'connect',
    retryable: true,
    message: relayFaults.E_UPSTREAM.message,
  },
];

describe('control messages', () => {
  it.each(fromClient)('from the browser: $t', control => {
    expect(parseControl(encodeControl(control), 'client')).toEqual(control);
  });

  it.each(fromRelay)('from the relay: $t', control => {
    expect(parseControl(encodeControl(control), 'relay')).toEqual(control);
  });
});

const malformed: readonly (readonly [string, 'client' | 'relay', string])[] = [
  ['empty', 'client', ''],
  ['not JSON', 'client', 'EHLO relay.test'],
  ['null', 'client', 'null'],
  ['array', 'client', '[{"t":"end"}]'],
  ['string', 'client', '"end"'],
  ['no type', 'client', '{}'],
  ['type not a string', 'client', '{"t":1}'],
  ['unknown type', 'client', '{"t":"exec"}'],
  ['type named like a built-in', 'client', '{"t":"constructor"}'],
  ['type named __proto__', 'client', '{"t":"__proto__"}'],
  ['unknown key', 'client', '{"t":"end","x":1}'],
  ['__proto__ as a key', 'client', '{"t":"end","__proto__":{}}'],
  ['key missing', 'client', '{"t":"credit"}'],
  ['credit of nothing', 'client', '{"t":"credit","n":0}'],
  ['negative credit', 'client', '{"t":"credit","n":-1}'],
  ['fractional credit', 'client', '{"t":"credit","n":1.5}'],
  ['credit beyond integers', 'client', '{"t":"credit","n":1e300}'],
  ['credit as a string', 'client', '{"t":"credit","n":"1"}'],
  ['another version', 'client', '{"t":"open","v":2,"token":"","target":"","window":65536}'],
  ['a version as a string', 'client', '{"t":"open","v":"1","token":"","target":"","window":65536}'],
  ['window too small', 'client', '{"t":"open","v":1,"token":"","target":"","window":65535}'],
  ['window too large', 'client', '{"t":"open","v":1,"token":"","target":"","window":1048577}'],
  [
    'host in place of an alias',
    'client',
    '{"t":"open","v":1,"token":"","host":"mx.test","port":25,"window":65536}',
  ],
  ['token not a string', 'client', '{"t":"open","v":1,"token":{},"target":"","window":65536}'],
  ['id too short', 'client', `{"t":"txn","id":"${id.slice(1)}"}`],
  ['id too long', 'client', `{"t":"txn","id":"${id}0"}`],
  ['id in upper case', 'client', `{"t":"txn","id":"${id.toUpperCase()}"}`],
  ['id and a line break', 'client', `{"t":"txn","id":"${id}\\n"}`],
  ['a relay’s message from the browser', 'client', `{"t":"outcome","id":"${id}","state":"accepted"}`],
  ['a browser’s message from the relay', 'relay', '{"t":"starttls"}'],
  ['unknown state', 'relay', `{"t":"outcome","id":"${id}","state":"sent"}`],
  ['unknown error code', 'relay', '{"t":"error","code":"E_X","phase":"open","retryable":true,"message":""}'],
  [
    'nested key unknown',
    'relay',
    '{"t":"opened","mode":"submit","window":65536,"limits":{"bytes":1,"idleMs":1,"totalMs":1,"x":1},"secure":null}',
  ],
  [
    'nested object missing',
    'relay',
    '{"t":"opened","mode":"submit","window":65536,"limits":null,"secure":null}',
  ],
];

describe('malformed control messages', () => {
  it.each(malformed)('%s', (_, sender, message) => {
    expect(() => parseControl(message, sender as 'client')).toThrow(
      expect.objectContaining({ name: 'RelayError', code: 'E_PROTOCOL', closeCode: 4400 }),
    );
  });

  it('never quotes the input, which may be a token', () => {
    const error = caught('{"t":"open","token":"canary-token');
    expect(error).toBeInstanceOf(RelayError);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('canary');
  });
});

describe('length', () => {
  const open = (octets: number): string => {
    const empty = encodeControl({ t: 'open', v: 1, token: '', target: 'default', window: 65_536 });
    return empty.replace('"token":""', `"token":"${'x'.repeat(octets - empty.length)}"`);
  };
  const outcome = (octets: number, letter: string): string => {
    const empty = encodeControl({ t: 'outcome', id, state: 'accepted', reply: '' });
    return empty.replace('"reply":""', `"reply":"${letter.repeat((octets - empty.length) / letter.length)}"`);
  };

  it('takes an open of 8 KiB and refuses one octet more', () => {
    expect(parseControl(open(maxOpenOctets), 'client').t).toBe('open');
    expect(() => parseControl(open(maxOpenOctets + 1), 'client')).toThrow(RelayError);
  });

  it('takes any other of 4 KiB and refuses one octet more', () => {
    expect(parseControl(outcome(maxControlOctets, 'x'), 'relay').t).toBe('outcome');
    expect(() => parseControl(outcome(maxControlOctets + 1, 'x'), 'relay')).toThrow(RelayError);
  });

  it('counts octets, not characters', () => {
    const message = outcome(maxControlOctets, 'x').replace('xx', 'éé');
    expect(message.length).toBe(maxControlOctets);
    expect(() => parseControl(message, 'relay')).toThrow(RelayError);
  });
});

function caught(message: string): unknown {
  try {
    return parseControl(message, 'client');
  } catch (error) {
    return error;
  }
}
