import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate for a test server, and the authority that signed it; PEM throughout, made on the spot. */
export interface Certificate {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** Makes a new authority and a server certificate signed by it, valid for these names, with openssl. */
export function makeCertificate(names: readonly string[] = ['DNS:localhost', 'IP:127.0.0.1']): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'posthaste-certificate-'));
  const openssl = (args: string) => execFileSync('openssl', args.split(' '), { cwd: folder, stdio: 'pipe' });
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  try {
    writeFileSync(
      join(folder, 'server.cnf'),
      `subjectAltName=${names.join(',')}\nbasicConstraints=CA:FALSE\n`,
    );
    openssl(`req -x509 ${NEW_KEY.join(' ')} -subj /CN=authority.test -days 2 -keyout ca.key -out ca.pem`);
    openssl(`req ${NEW_KEY.join(' ')} -subj /CN=localhost -keyout key.pem -out request.pem`);
    openssl(
      'x509 -req -in request.pem -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile server.cnf -out cert.pem',
    );
    return { ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
