import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Certificate, makeCertificate } from './certificate.ts';

/** Where the authority of this run is kept: vitest loads configurations and set-ups apart, so no variable would do. */
const FOLDER = 'POSTHASTE_TEST_AUTHORITY';

/** One certificate for the whole run, and the path of its authority's PEM file. */
export function authority(): { readonly certificate: Certificate; readonly path: string } {
  const folder = process.env[FOLDER] ?? make();
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');
  return {
    certificate: { ca: read('ca.pem'), cert: read('cert.pem'), key: read('key.pem') },
    path: join(folder, 'ca.pem'),
  };
}

function make(): string {
  const folder = mkdtempSync(join(tmpdir(), 'posthaste-authority-'));
  for (const [name, pem] of Object.entries(makeCertificate()))
    writeFileSync(join(folder, `${name}.pem`), pem);
  process.env[FOLDER] = folder;
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
