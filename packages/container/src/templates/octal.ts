/** A mode as LinuxKit reads it: an octal number with 32 bits and a sign. */
export function isOctal(mode: string): boolean {
  const [, sign = '', digits = ''] = /^([+-]?)([0-7]+)$/.exec(mode) ?? [];
  if (digits === '') return false;
  const value = BigInt(`0o${digits}`);
  return sign === '-' ? value <= 2n ** 31n : value < 2n ** 31n;
}
