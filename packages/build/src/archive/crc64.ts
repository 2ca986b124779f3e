/** The polynomial of ECMA-182, its bits turned round, in two halves. */
const POLYNOMIAL = [0xd7870f42, 0xc96c5795] as const;

/** How many bytes are taken at once. */
const SLICES = 4;

/** For each byte of four at once and each of its values: the lower and the upper half of what it does to the sum. */
const TABLES = makeTables();

/** A CRC-64 as xz has it, of bytes that come in pieces. */
export class Crc64 {
  #low = 0xffff_ffff;
  #high = 0xffff_ffff;

  update(bytes: Uint8Array): void {
    const { lows, highs } = TABLES;
    const whole = bytes.length - (bytes.length % SLICES);
    let low = this.#low;
    let high = this.#high;
    let at = 0;
    for (; at < whole; at += SLICES) {
      const a = 0x300 | ((low ^ at8(bytes, at)) & 0xff);
      const b = 0x200 | (((low >>> 8) ^ at8(bytes, at + 1)) & 0xff);
      const c = 0x100 | (((low >>> 16) ^ at8(bytes, at + 2)) & 0xff);
      const d = (low >>> 24) ^ at8(bytes, at + 3);
      low = high ^ at32(lows, a) ^ at32(lows, b) ^ at32(lows, c) ^ at32(lows, d);
      high = at32(highs, a) ^ at32(highs, b) ^ at32(highs, c) ^ at32(highs, d);
    }
    for (; at < bytes.length; at += 1) {
      const index = (low ^ at8(bytes, at)) & 0xff;
      low = ((low >>> 8) | (high << 24)) ^ at32(lows, index);
      high = (high >>> 8) ^ at32(highs, index);
    }
    this.#low = low;
    this.#high = high;
  }

  /** Eight bytes, the lowest first. */
  digest(): Buffer {
    const digest = Buffer.alloc(8);
    digest.writeUInt32LE(~this.#low >>> 0, 0);
    digest.writeUInt32LE(~this.#high >>> 0, 4);
    return digest;
  }
}

function makeTables(): { readonly lows: Int32Array; readonly highs: Int32Array } {
  const lows = new Int32Array(256 * SLICES);
  const highs = new Int32Array(256 * SLICES);
  for (let index = 0; index < lows.length; index += 1) {
    const before = index - 256;
    let low = before < 0 ? index : at32(lows, before);
    let high = before < 0 ? 0 : at32(highs, before);
    for (let bit = 0; bit < 8; bit += 1) {
      const odd = -(low & 1);
      low = ((low >>> 1) | (high << 31)) ^ (POLYNOMIAL[0] & odd);
      high = (high >>> 1) ^ (POLYNOMIAL[1] & odd);
    }
    lows[index] = low;
    highs[index] = high;
  }
  return { lows, highs };
}

/** An index that is known to be inside. */
function at8(bytes: Uint8Array, index: number): number {
  return bytes[index] ?? 0;
}

function at32(table: Int32Array, index: number): number {
  return table[index] ?? 0;
}
