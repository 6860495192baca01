import { refuseControls, refuseLoneSurrogates } from './control-character.ts';
import { type DomainMapping, domainToASCII } from './domain.ts';
import { MimeError, quoteValue } from './error.ts';

/** What decides how an address is written. */
export interface AddressRules {
  readonly mapDomain?: DomainMapping | undefined;
  /** Whether a local part beyond ASCII may stand (RFC 6531). */
  readonly smtputf8?: boolean | undefined;
  readonly addressOctets: number;
}

const dotAtom =
  /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~\x80-\uffff-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~\x80-\uffff-]+)*$/;
const quotedString = /^"(?:[^"\\]|\\[ -~])*"$/;
const domainLiteral = /^\[[!-?A-Z^-~]+\]$/;
const invisible = /[\p{Cc}\p{Z}\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/u;
const plainAddress =
  /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[a-z0-9]{1,63}(?:\.[a-z0-9]{1,63})*$/;

/**
 * Checks an addr-spec and maps its domain to A-labels (RFC 5322 §3.4.1, RFC 6531 §3.3).
 *
 * @throws MimeError `invalid-address`, `invalid-domain`, `smtputf8-required`, `control-character` or `lone-surrogate`
 */
export function checkAddress(address: string, field: string, rules: AddressRules): string {
  refuseControls(address, field);
  if (address.length > rules.addressOctets) {
    throw new MimeError(
      'invalid-address',
      `Shorten ${field} to ${rules.addressOctets} octets: ${quoteValue(address)}`,
      {
        field,
        position: rules.addressOctets,
      },
    );
  }
  if (address.length < 128 && plainAddress.test(address)) return address;
  refuseLoneSurrogates(address, field);
  const at = address.lastIndexOf('@');
  const local = address.slice(0, Math.max(at, 0));
  const domain = address.slice(at + 1);
  if (!dotAtom.test(local) && !(quotedString.test(local) && local.length > 2))
    throw invalid(address, field, local);
  const beyondAscii = local.search(/[^\0-\x7f]/);
  if (beyondAscii >= 0) {
    const hidden = local.replace(/ /g, '_').search(invisible);
    if (hidden >= 0) {
      throw new MimeError(
        'invalid-address',
        `Remove the invisible character from ${field}: ${quoteValue(address)}`,
        {
          field,
          position: hidden,
        },
      );
    }
    if (!rules.smtputf8) {
      throw new MimeError(
        'smtputf8-required',
        `Set smtputf8 to write to ${quoteValue(address)}; the server must support SMTPUTF8`,
        { field, position: beyondAscii },
      );
    }
  }
  if (domainLiteral.test(domain)) return address;
  return `${local}@${domainToASCII(domain, rules.mapDomain, field)}`;
}

function invalid(address: string, field: string, local: string): MimeError {
  const position = /[^A-Za-z0-9!#$%&'*+/=?^_`{|}~.\x80-\uffff-]/.exec(local)?.index ?? 0;
  return new MimeError('invalid-address', `Write ${field} as local@domain, not ${quoteValue(address)}`, {
    field,
    position,
  });
}
