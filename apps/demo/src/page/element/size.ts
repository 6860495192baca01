const UNITS = ['bytes', 'KB', 'MB', 'GB'];

/** Octets for people, in powers of 1,000: `512 bytes`, `1.2 KB`, `34 MB`. */
export function formatSize(octets: number): string {
  let value = octets;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  if (unit === 0) return octets === 1 ? '1 byte' : `${octets} bytes`;
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${UNITS[unit]}`;
}
