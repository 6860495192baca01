import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';

/** How AUTH goes wrong. */
export type AuthFault =
  | 'garbage'
  | 'endless'
  | 'wrong signature'
  | 'no signature'
  | 'weak'
  | 'early success'
  | 'refused'
  | 'later';

const ITERATIONS = 4096;

/** One exchange: yields challenges, is resumed with responses, returns the final code. */
export function* authenticate(line: string, fault: AuthFault | undefined): Generator<string, number, string> {
  const [, mechanism = '', initial] = line.split(' ');
  switch (fault) {
    case 'garbage':
      yield '!not base64!';
      return 235;
    case 'endless':
      for (;;) yield base64('again');
    case 'early success':
      return 235;
    case 'refused':
      return 535;
    case 'later':
      return 454;
  }
  if (mechanism === 'PLAIN') return (initial ?? (yield '')) === base64('\0u\0secret') ? 235 : 535;
  if (mechanism === 'LOGIN')
    return (yield base64('Username:')) + (yield base64('Password:')) === base64('u') + base64('secret')
      ? 235
      : 535;
  if (mechanism === 'CRAM-MD5') {
    const digest = createHmac('md5', 'secret').update('<1@peer.test>').digest('hex');
    return (yield base64('<1@peer.test>')) === base64(`u ${digest}`) ? 235 : 535;
  }
  return yield* scram(initial ?? (yield ''), fault);
}

function* scram(initial: string, fault: AuthFault | undefined): Generator<string, number, string> {
  const bare = Buffer.from(initial, 'base64').toString().slice(3);
  const iterations = fault === 'weak' ? 100 : ITERATIONS;
  const first = `${bare.slice(bare.indexOf('r='))}peer,s=c2FsdA==,i=${iterations}`;
  const final = Buffer.from(yield base64(first), 'base64').toString();
  const salted = pbkdf2Sync('secret', 'salt', iterations, 32, 'sha256');
  const hmac = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest();
  const message = `${bare},${first},${final.replace(/,p=.*$/, '')}`;
  const key = hmac(salted, 'Client Key');
  const mask = hmac(createHash('sha256').update(key).digest(), message);
  if (!final.endsWith(`,p=${Buffer.from(key.map((octet, i) => octet ^ mask[i]!)).toString('base64')}`))
    return 535;
  if (fault === 'no signature') return 235;
  const signature = hmac(hmac(salted, 'Server Key'), fault === 'wrong signature' ? 'x' : message);
  yield base64(`v=${signature.toString('base64')}`);
  return 235;
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
