import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Certificate, makeCertificate } from './certificate.ts';

let made: { certificate: Certificate; path: string } | undefined;

/** One certificate for all that runs in this process, and the path of its authority's PEM file. */
export function authority(): { readonly certificate: Certificate; readonly path: string } {
  if (made === undefined) {
    const certificate = makeCertificate();
    const folder = mkdtempSync(join(tmpdir(), 'posthaste-authority-'));
    const path = join(folder, 'ca.pem');
    writeFileSync(path, certificate.ca);
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    made = { certificate, path };
  }
  return made;
}
