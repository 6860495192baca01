import { existsSync } from 'node:fs';
import { chromium } from 'playwright';

const KNOWN_PATHS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** Flags under which Chromium starts as root and looks nothing up on the network. */
export const chromiumFlags: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The Chromium to test with: CHROMIUM, else the system's, else one that Playwright installed. */
export function findChromium(): string | undefined {
  const chosen = process.env.CHROMIUM;
  if (chosen !== undefined && chosen !== '') return existsSync(chosen) ? chosen : undefined;
  return [...KNOWN_PATHS, chromium.executablePath()].find(path => path !== '' && existsSync(path));
}

/** As `findChromium`, for code that runs after `npm test` has made sure of it. */
export function chromiumPath(): string {
  const path = findChromium();
  if (path === undefined)
    throw new Error('Run npm test, which installs Chromium or says how: none was found');
  return path;
}
