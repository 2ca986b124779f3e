import type { OutputChunk } from './output-chunk.ts';

/** So much may wait to be read before the process is slowed down. */
const ENOUGH_BYTES = 262_144;
/** A chunk is an object, however few bytes it has. */
const CHUNK_BYTES = 256;

/** Chunks that wait for somebody, in order. */
export class ChunkQueue<C extends OutputChunk = OutputChunk> {
  readonly #chunks: C[] = [];
  #bytes = 0;

  /** It has as much as it should hold. */
  get isFull(): boolean {
    return this.#bytes >= ENOUGH_BYTES;
  }

  push(chunk: C): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.bytes.length + CHUNK_BYTES;
  }

  shift(): C | undefined {
    const chunk = this.#chunks.shift(); // what is full is short
    if (chunk !== undefined) this.#bytes -= chunk.bytes.length + CHUNK_BYTES;
    return chunk;
  }

  clear(): void {
    this.#chunks.length = 0;
    this.#bytes = 0;
  }
}
