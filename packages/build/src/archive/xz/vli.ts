/** The longest number that is read: 2^53 has eight groups of seven bits. */
const MOST_BYTES = 8;

/** A number as the format has it: seven bits a byte, the lowest first; the last byte has its high bit clear. */
export function encodeVli(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) | 0x80);
  }
}

/** Reads numbers one after the other. */
export class VliReader {
  readonly #bytes: Uint8Array;
  #at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  /** Where the next number begins. */
  get at(): number {
    return this.#at;
  }

  /** The next number; `undefined` where there is none, or none that a program could mean. */
  next(): number | undefined {
    let value = 0;
    for (let i = 0; i < MOST_BYTES; i += 1) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined || (byte === 0 && i > 0)) return undefined; // the shortest form is the only one
      value += (byte & 0x7f) * 128 ** i;
      if (byte < 128) return Number.isSafeInteger(value) ? value : undefined;
    }
    return undefined;
  }
}
