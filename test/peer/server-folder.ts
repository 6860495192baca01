import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Makes a folder for one server alone, which a server that gives root up can enter. */
export function makeServerFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `posthaste-${name}-`));
  chmodSync(folder, 0o755);
  return folder;
}

/** Removes it with all there is in it, while what the server started may still be writing its last. */
export function removeServerFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}
