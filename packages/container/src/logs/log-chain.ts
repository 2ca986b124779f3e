import type { CancelOptions, Medium, ReadHandle } from '@core/io';

import { isMissing } from '../state/state-error.ts';

/**
 * A log in pieces: `console.log.1`, `console.log.2`, … in the order in which they were written, and last the file that
 * is being written, `console.log`, which gets the next number when it is put aside. A number is never given twice, so a
 * piece is told by it: the last piece has the number that it will get.
 */
export class LogChain {
  readonly path: string;
  readonly #medium: Medium;
  readonly #signal: AbortSignal | undefined;

  constructor(medium: Medium, path: string, { signal }: CancelOptions = {}) {
    this.path = path;
    this.#medium = medium;
    this.#signal = signal;
  }

  /** Where all pieces are. */
  get dir(): string {
    const end = this.path.lastIndexOf('/');
    return this.path.slice(0, end === 0 ? 1 : Math.max(0, end));
  }

  get #name(): string {
    return this.path.slice(this.path.lastIndexOf('/') + 1);
  }

  /** Where the piece of a number is, once it was put aside. */
  pathOf(number: number): string {
    return `${this.path}.${String(number)}`;
  }

  /** Whether this is the path of a piece. */
  isPiece(path: string): boolean {
    return path.endsWith(this.#name) || this.#numberOf(path.slice(path.lastIndexOf('/') + 1)) !== undefined;
  }

  /** Rejects whoever reads on with the reason of the signal. */
  throwIfAborted(): void {
    this.#signal?.throwIfAborted();
  }

  /** The numbers of the pieces that were put aside, the oldest first. */
  async numbers(): Promise<number[]> {
    try {
      const entries = await this.#medium.list(this.dir, { signal: this.#signal });
      const numbers = entries.map(({ name }) => this.#numberOf(name)).filter((number) => number !== undefined);
      return numbers.sort((a, b) => a - b);
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }

  /** The number that the last piece will get. */
  async lastNumber(): Promise<number> {
    return ((await this.numbers()).at(-1) ?? 0) + 1;
  }

  /** The number of the piece after another one; that of the last where it is the last. */
  async numberAfter(number: number): Promise<number> {
    const numbers = await this.numbers();
    return numbers.find((each) => each > number) ?? (numbers.at(-1) ?? 0) + 1;
  }

  /** Opens a piece, whether it was put aside or not; `undefined` where it is gone, or not there yet. */
  async open(number: number): Promise<ReadHandle | undefined> {
    const aside = await this.#open(this.pathOf(number));
    if (aside !== undefined) return aside;
    const last = await this.#open(this.path);
    if (last === undefined) return this.#open(this.pathOf(number)); // it may have been put aside just now
    if ((await this.lastNumber()) === number) return last;
    await last.close(); // that was another piece
    return this.#open(this.pathOf(number));
  }

  /** Whether nothing more is written to a piece: it was put aside, and the next one is there. */
  async isComplete(number: number): Promise<boolean> {
    const last = await this.lastNumber();
    if (number < last - 1) return true;
    return number < last && (await this.#medium.exists(this.path, { signal: this.#signal }));
  }

  async #open(path: string): Promise<ReadHandle | undefined> {
    try {
      return await this.#medium.open(path, { signal: this.#signal });
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  #numberOf(name: string): number | undefined {
    const prefix = `${this.#name}.`;
    const rest = name.startsWith(prefix) ? name.slice(prefix.length) : '';
    return /^[1-9]\d{0,14}$/.test(rest) ? Number(rest) : undefined;
  }
}
