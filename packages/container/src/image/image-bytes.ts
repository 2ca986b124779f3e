import type { ReadHandle } from '@core/io';

/** As far into a file as its kind is told: an ISO says what it is in its 17th sector of 2,048 bytes. */
const HEAD_BYTES = 17 * 2048;

/** A file of which any part can be read; what is not there is not read, whatever the file says of itself. */
export class ImageBytes {
  /** The beginning, as much of it as there is. */
  readonly head: Uint8Array;
  readonly size: number;
  readonly #handle: ReadHandle;

  private constructor(handle: ReadHandle, size: number, head: Uint8Array) {
    this.#handle = handle;
    this.size = size;
    this.head = head;
  }

  static async of(handle: ReadHandle): Promise<ImageBytes> {
    const { size } = await handle.stat();
    return new ImageBytes(handle, size, await readAll(handle, 0, Math.min(size, HEAD_BYTES)));
  }

  /** `length` bytes from `position`; fewer where the file ends. */
  read(position: number, length: number): Promise<Uint8Array> {
    return readAll(this.#handle, position, Math.max(0, Math.min(length, this.size - position)));
  }

  /** Whether these bytes are at `position` of the beginning; text is taken as Latin-1. */
  has(position: number, bytes: string): boolean {
    const end = position + bytes.length;
    return end <= this.head.length && latin1(this.head.subarray(position, end)) === bytes;
  }
}

/** Numbers in these bytes. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Each byte as the character of its number. */
export function latin1(bytes: Uint8Array): string {
  return new TextDecoder('latin1').decode(bytes);
}

async function readAll(handle: ReadHandle, position: number, length: number): Promise<Uint8Array> {
  const buffer = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const count = await handle.read(buffer, filled, length - filled, position + filled);
    if (count === 0) break;
    filled += count;
  }
  return buffer.subarray(0, filled);
}
