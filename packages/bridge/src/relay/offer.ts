import type { Capabilities, EsmtpParameters } from '@posthaste/smtp-core';

/** Extensions that pass through the relay unchanged in meaning; SIZE is a number of its own. */
const passed: readonly string[] = [
  'PIPELINING',
  '8BITMIME',
  'SMTPUTF8',
  'DSN',
  'ENHANCEDSTATUSCODES',
  'CHUNKING',
];

/** Part of the octets a session may send that is kept for commands and dot-stuffing. */
const overhead = 1 / 64;

/** What EHLO offers to the browser: what the mail server offers and the relay passes on. */
export function offeredExtensions(capabilities: Capabilities): string[] {
  return passed.filter(keyword => capabilities.has(keyword));
}

/** Octets of content to offer as SIZE: what the mail server takes, and what the session may send at most. */
export function offeredSize(capabilities: Capabilities, maxOctets: number): number {
  const [size = ''] = capabilities.get('SIZE') ?? [];
  // 0, or no number, is no limit (RFC 1870 §3).
  const server = /^[1-9][0-9]*$/.test(size) ? Number(size) : Number.POSITIVE_INFINITY;
  const session = Math.floor(maxOctets * (1 - overhead));
  return Math.max(Math.min(server, session), 1);
}

/**
 * The parameters of a browser's MAIL or RCPT, to be written anew. The server machine has checked each against what was
 * offered; SIZE alone is offered although the mail server may not know it.
 */
export function passedParameters(parameters: EsmtpParameters, capabilities: Capabilities): string[] {
  return [...parameters]
    .filter(([keyword]) => keyword !== 'SIZE' || capabilities.has('SIZE'))
    .map(([keyword, value]) => (value === '' ? keyword : `${keyword}=${value}`));
}
