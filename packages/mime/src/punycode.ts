/** RFC 3492 §5. */
const BASE = 36;
const T_MIN = 1;
const T_MAX = 26;
const SKEW = 38;
const DAMP = 700;
const INITIAL_BIAS = 72;
const INITIAL_N = 128;

/**
 * Encodes one label as Punycode (RFC 3492 §6.3), without the `xn--` prefix.
 *
 * @param label - characters already mapped for domain names
 * @returns ASCII text
 * @example The label of münchen.example
 * ```ts
 * encodePunycode('münchen'); // mnchen-3ya
 * ```
 */
export function encodePunycode(label: string): string {
  const points = Array.from(label, character => character.codePointAt(0)!);
  const basic = points.filter(point => point < INITIAL_N);
  let output = String.fromCharCode(...basic) + (basic.length > 0 ? '-' : '');
  let handled = basic.length;
  let n = INITIAL_N;
  let delta = 0;
  let bias = INITIAL_BIAS;
  while (handled < points.length) {
    const smallest = points.reduce((least, point) => (point >= n && point < least ? point : least), 0x110000);
    delta += (smallest - n) * (handled + 1);
    n = smallest;
    for (const point of points) {
      if (point < n) delta++;
      if (point !== n) continue;
      output += variableLengthInteger(delta, bias);
      bias = adapt(delta, handled + 1, handled === basic.length);
      delta = 0;
      handled++;
    }
    delta++;
    n++;
  }
  return output;
}

/** RFC 3492 §3.3. */
function variableLengthInteger(value: number, bias: number): string {
  let output = '';
  let rest = value;
  for (let k = BASE; ; k += BASE) {
    const threshold = Math.min(Math.max(k - bias, T_MIN), T_MAX);
    if (rest < threshold) return output + digitOf(rest);
    const digit = threshold + ((rest - threshold) % (BASE - threshold));
    output += digitOf(digit);
    rest = Math.floor((rest - threshold) / (BASE - threshold));
  }
}

/** `a` to `z` are 0 to 25, `0` to `9` are 26 to 35. */
function digitOf(value: number): string {
  return String.fromCharCode(value < 26 ? 0x61 + value : 0x16 + value);
}

/** RFC 3492 §3.4. */
function adapt(delta: number, points: number, first: boolean): number {
  let rest = Math.floor(delta / (first ? DAMP : 2));
  rest += Math.floor(rest / points);
  let k = 0;
  while (rest > ((BASE - T_MIN) * T_MAX) / 2) {
    rest = Math.floor(rest / (BASE - T_MIN));
    k += BASE;
  }
  return k + Math.floor(((BASE - T_MIN + 1) * rest) / (rest + SKEW));
}
