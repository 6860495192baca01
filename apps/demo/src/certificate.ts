import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A self-signed certificate for this machine, in a folder of its own. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
  /** Where the certificate is, for clients that want to trust it. */
  readonly path: string;
  /** Deletes certificate and key. */
  remove(): Promise<void>;
}

const REQUEST = [
  'req',
  '-x509',
  '-newkey',
  'ec',
  '-pkeyopt',
  'ec_paramgen_curve:prime256v1',
  '-nodes',
  '-days',
  '30',
  '-subj',
  '/CN=localhost',
  '-addext',
  'subjectAltName=DNS:localhost,IP:127.0.0.1',
];

/** Makes a certificate with the `openssl` on PATH; undefined where there is none. */
export async function makeCertificate(): Promise<Certificate | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'posthaste-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const path = join(folder, 'cert.pem');
  const keyPath = join(folder, 'key.pem');
  try {
    await promisify(execFile)('openssl', [...REQUEST, '-keyout', keyPath, '-out', path]);
    const [cert, key] = await Promise.all([readFile(path, 'utf8'), readFile(keyPath, 'utf8')]);
    return { cert, key, path, remove };
  } catch {
    await remove();
    return undefined;
  }
}
