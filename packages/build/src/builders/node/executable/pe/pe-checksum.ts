/**
 * The checksum of a Windows executable whose header says 0 for it, as `CheckSumMappedFile` computes it: the sum of all
 * 16-bit words with carries put back, and the size.
 */
export async function checksumOf(chunks: AsyncIterable<Uint8Array>, size: number): Promise<number> {
  let sum = 0;
  let odd: number | undefined;
  for await (const chunk of chunks) {
    let at = 0;
    if (odd !== undefined && chunk.length > 0) {
      sum += odd | ((chunk[0] ?? 0) << 8);
      at = 1;
    }
    const end = at + ((chunk.length - at) & ~1);
    sum += wordsOf(chunk, at, end);
    if (chunk.length > 0) odd = end < chunk.length ? chunk[end] : undefined;
  }
  sum += odd ?? 0;
  while (sum > 0xffff) sum = Math.floor(sum / 0x10000) + (sum % 0x10000);
  return sum + size;
}

/** Their sum; a number holds that of more words than a file can have. */
function wordsOf({ buffer, byteOffset }: Uint8Array, start: number, end: number): number {
  const words = new DataView(buffer, byteOffset + start, end - start);
  let sum = 0;
  for (let at = 0; at < words.byteLength; at += 2) sum += words.getUint16(at, true);
  return sum;
}
