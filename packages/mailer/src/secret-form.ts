/** A shorter secret may be a word like any other: it is one only where it stands by itself. */
const tellingLength = 8;

/** What makes a short secret part of something else: of a word, an address or a name. */
const touching = /[\p{L}\p{N}\p{Cs}@._-]/u;

/** The ways in which a secret is recognised: as it stands, and a long one in base64 and percent-encoded. */
export function formsOf(secret: string): readonly string[] {
  if (secret.length < tellingLength) return [secret];
  const percent = encodeURIComponent(secret.replace(/\p{Cs}/gu, '\ufffd'));
  const base64 = btoa(
    percent.replace(/%../g, octet => String.fromCharCode(Number.parseInt(octet.slice(1), 16))),
  );
  const lowerCase = percent.replace(/%../g, octet => octet.toLowerCase());
  return [secret, base64, base64.replace(/=+$/, ''), percent, lowerCase];
}

/** From where to where a form of a secret stands in a text. */
export function placesOf(form: string, text: string): (readonly [start: number, end: number])[] {
  const places: (readonly [number, number])[] = [];
  let end = 0;
  for (let start = text.indexOf(form); start >= 0; start = text.indexOf(form, end)) {
    end = start + form.length;
    if (form.length >= tellingLength || !touching.test(text.charAt(start - 1) + text.charAt(end))) {
      places.push([start, end]);
    }
  }
  return places;
}
