import { RingBuffer } from '../output/ring-buffer.ts';

const BYTES = 1_048_576;

/** What a task of this program logs: the last megabyte of it, in which no character is cut. */
export class LogOutput {
  #ring: RingBuffer | undefined;

  /** Adds text and the end of its last line. */
  add(text: string): void {
    this.#ring ??= new RingBuffer(BYTES);
    this.#ring.write(Buffer.from(`${text}\n`));
  }

  toString(): string {
    return this.#ring?.toString() ?? '';
  }
}
