import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { findChromium } from './chromium.ts';

/** A program from outside npm that the tests run for real. */
export interface Requirement {
  readonly name: string;
  /** What it is for, in the words of a person who has to decide whether to install it. */
  readonly purpose: string;
  readonly debianPackages: readonly string[];
  isPresent(): boolean;
}

const SYSTEM_PATHS = ['/usr/sbin', '/sbin', '/usr/local/sbin', '/usr/local/bin', '/usr/bin', '/bin'];

/** Finds a program on PATH, and where Debian keeps daemons that a plain user's PATH leaves out. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...SYSTEM_PATHS];
  return folders
    .map(folder => join(folder, name))
    .find(path => existsSync(path) || existsSync(`${path}.exe`));
}

const LIBRARY_PATHS = ['/usr/lib', '/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu'];

/** Whether the system has all these libraries, by their file names. */
function hasLibraries(...names: readonly string[]): boolean {
  return names.every(name => LIBRARY_PATHS.some(folder => existsSync(join(folder, name))));
}

function program(name: string, purpose: string, debianPackages: readonly string[]): Requirement {
  return { name, purpose, debianPackages, isPresent: () => findProgram(name) !== undefined };
}

export const requirements: readonly Requirement[] = [
  {
    name: 'chromium',
    purpose: 'the browser that composes and sends (or set CHROMIUM to the path of a Chrome)',
    debianPackages: ['chromium'],
    isPresent: () => findChromium() !== undefined,
  },
  program('openssl', 'makes the certificates of the test servers', ['openssl']),
  program('python3', 'smtplib and email, an independent client and an independent parser', [
    'python3-minimal',
    'python3',
  ]),
  program('postfix', 'a mail server that nobody here wrote', ['postfix']),
  program('doveadm', 'reads back what arrived, over IMAP, and takes mail over LMTP (Dovecot)', [
    'dovecot-core',
    'dovecot-imapd',
    'dovecot-lmtpd',
  ]),
  program('dkimverify', 'verifies DKIM signatures with code that nobody here wrote (dkimpy)', [
    'python3-dkim',
    'python3-nacl',
  ]),
  program('swaks', 'an SMTP client that nobody here wrote', ['swaks']),
  program('curl', 'an SMTP client that nobody here wrote', ['curl']),
  // Exim itself is unpacked: installed, it would remove Postfix.
  {
    name: 'exim',
    purpose: 'libraries for another mail server that nobody here wrote',
    debianPackages: ['libidn12', 'libgnutls-dane0', 'libnss-wrapper'],
    isPresent: () => hasLibraries('libidn.so.12', 'libgnutls-dane.so.0', 'libnss_wrapper.so'),
  },
  program('smtp-sink', 'a mail server that nobody here wrote (part of Postfix)', ['postfix']),
];
