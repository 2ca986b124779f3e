import type { Medium } from '@core/io';

import { ChunkBuffers, fileContent, type FileContentRequest, wholeContent } from './file-content.ts';

/** Files up to here are read in one piece, before their turn. */
const SMALL_BYTES = 1 << 16;
const MOST_FILES = 32;
const MOST_BYTES = 1 << 20;

/**
 * The contents of a list of files (a gap is none), to be asked for in its order. Small ones are read before their turn, several at a
 * time: one after the other a release of thousands of files would wait more than work. A chunk is good until the next
 * one is asked for, of whichever file. Closing waits for all reads.
 */
export class ReadAhead implements AsyncDisposable {
  readonly #medium: Medium;
  readonly #files: readonly (FileContentRequest | undefined)[];
  /** What has begun, and nobody has asked for. */
  readonly #held = new Map<number, Promise<Uint8Array>>();
  readonly #buffers = new ChunkBuffers();
  #heldBytes = 0;
  #next = 0;

  constructor(medium: Medium, files: readonly (FileContentRequest | undefined)[]) {
    this.#medium = medium;
    this.#files = files;
  }

  /** @throws `ERR_BUILD_ARTIFACT_CHANGED`, as {@link fileContent} does. */
  async *content(index: number): AsyncGenerator<Uint8Array> {
    const file = this.#files[index];
    if (file === undefined) return;
    this.#begin(index);
    const held = this.#held.get(index);
    if (held === undefined) {
      yield* fileContent(this.#medium, { ...file, buffers: this.#buffers });
      return;
    }
    const bytes = await held;
    file.signal?.throwIfAborted();
    this.#held.delete(index);
    this.#heldBytes -= file.size;
    if (bytes.length > 0) yield bytes;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#next = this.#files.length;
    await Promise.allSettled(this.#held.values());
  }

  /** Begins with the file at `index`, where it is small, and with small ones after it. */
  #begin(index: number): void {
    this.#next = Math.max(this.#next, index);
    while (this.#held.size < MOST_FILES && this.#heldBytes < MOST_BYTES && this.#next < this.#files.length) {
      const file = this.#files[this.#next];
      if (file !== undefined && file.size <= SMALL_BYTES) this.#hold(this.#next, file);
      this.#next += 1;
    }
  }

  #hold(index: number, file: FileContentRequest): void {
    const bytes = wholeContent(this.#medium, file);
    bytes.catch(() => undefined); // told when its turn comes
    this.#held.set(index, bytes);
    this.#heldBytes += file.size;
  }
}
