import { refuseControls } from './control-character.ts';
import { type DomainMapping, domainToASCII } from './domain.ts';
import { refuse } from './error.ts';
import { refuseLonger } from './limit.ts';

/** What decides how an address is written. */
export interface AddressRules {
  readonly mapDomain?: DomainMapping | undefined;
  /** Whether a local part beyond ASCII may stand (RFC 6531). */
  readonly smtputf8?: boolean | undefined;
  readonly addressOctets: number;
}

const dotAtom = /^[\w!#$%&'*+/=?^`{|}~\x80-\uffff-]+(?:\.[\w!#$%&'*+/=?^`{|}~\x80-\uffff-]+)*$/;
const quotedString = /^"(?:[^"\\]|\\[ -~])+"$/;
const domainLiteral = /^\[[!-?A-Z^-~]+\]$/;
/** Controls, white space, direction marks and halves of characters: not seen, or not the same everywhere. */
const invisible =
  /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]|(?! )\p{Zs}/u;

/**
 * Checks an addr-spec and maps its domain to A-labels (RFC 5322 §3.4.1, RFC 6531 §3.3).
 *
 * @throws MimeError `invalid-address`, `invalid-domain`, `smtputf8-required` or `control-character`
 */
export function checkAddress(address: string, field: string, rules: AddressRules): string {
  refuseControls(address, field);
  refuseLonger(address, rules.addressOctets, 'invalid-address', field);
  const at = address.lastIndexOf('@');
  const local = address.slice(0, Math.max(at, 0));
  if (!dotAtom.test(local) && !quotedString.test(local))
    refuse('invalid-address', field, 'Write local@domain', address);
  const beyondAscii = local.search(/[^\0-\x7f]/);
  if (beyondAscii >= 0) {
    const hidden = local.search(invisible);
    if (hidden >= 0) refuse('invalid-address', field, 'Remove the invisible character', address, hidden);
    if (!rules.smtputf8)
      refuse('smtputf8-required', field, 'Set smtputf8, or use an ASCII address', address, beyondAscii);
  }
  const domain = address.slice(at + 1);
  return domainLiteral.test(domain) ? address : `${local}@${domainToASCII(domain, rules.mapDomain, field)}`;
}
