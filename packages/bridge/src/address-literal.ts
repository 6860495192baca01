/** An address literal (RFC 5321 §4.1.3) of the local end, or of loopback where the runtime tells nothing. */
export function addressLiteral(localAddress = '127.0.0.1'): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(localAddress)?.[1] ?? localAddress;
  return mapped.includes(':') ? `[IPv6:${mapped}]` : `[${mapped}]`;
}
