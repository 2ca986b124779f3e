/** A block is gathered in a buffer of this size first, so that a small archive does not take memory for a large one. */
const FIRST_BYTES = 1 << 16;
const GROWTH = 8;

/**
 * Re-cuts chunks of any size into blocks of `blockBytes`; only the last may be shorter. Each block has a buffer of its
 * own, which may be given away.
 */
export async function* cutBlocks(
  chunks: AsyncIterable<Uint8Array>,
  blockBytes: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let buffer = new Uint8Array(0);
  let length = 0;
  for await (const chunk of chunks) {
    for (let from = 0; from < chunk.length;) {
      const part = chunk.subarray(from, from + blockBytes - length);
      if (length + part.length > buffer.length) buffer = grown(buffer, length + part.length, blockBytes);
      buffer.set(part, length);
      from += part.length;
      length += part.length;
      if (length < blockBytes) continue;
      yield buffer;
      buffer = new Uint8Array(0);
      length = 0;
    }
  }
  if (length > 0) yield buffer.subarray(0, length);
}

function grown(buffer: Uint8Array, needed: number, most: number): Uint8Array<ArrayBuffer> {
  let size = Math.max(FIRST_BYTES, buffer.length);
  while (size < needed) size *= GROWTH;
  const larger = new Uint8Array(Math.min(size, most));
  larger.set(buffer);
  return larger;
}
