/** The bytes of one UTF-8 character at most. */
const LONGEST = 4;

/** Whether the byte at `index` continues a character that began before it. */
export function isContinuation(bytes: Uint8Array, index: number): boolean {
  return ((bytes[index] ?? 0) & 0b1100_0000) === 0b1000_0000;
}

/** Where the first whole character begins in bytes whose beginning may have been cut off. */
export function firstWhole(bytes: Uint8Array): number {
  let index = 0;
  while (index < LONGEST - 1 && isContinuation(bytes, index)) index += 1;
  return index;
}

/** The length of `bytes` without a character at its end of which bytes are missing. */
export function wholeLength(bytes: Uint8Array): number {
  const { length } = bytes;
  for (let back = 1; back < LONGEST && back <= length; back += 1) {
    if (isContinuation(bytes, length - back)) continue;
    return lengthOf(bytes[length - back] ?? 0) > back ? length - back : length;
  }
  return length;
}

/** The bytes of the character that begins with `lead`; 1 for what begins none. */
function lengthOf(lead: number): number {
  if (lead < 0b1100_0000) return 1;
  if (lead < 0b1110_0000) return 2;
  return lead < 0b1111_0000 ? 3 : 4;
}
