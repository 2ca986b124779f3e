import type { LineBatch } from './lines.ts';
import { endOfLine, type Passage, withoutReturn } from './passage.ts';

/** So many characters has a line where there was none yet. */
const USUAL_LENGTH = 64;
/** An array of more is none any more, but a table. */
const MOST_ROOM = 1_048_576;
/** An array of fewer grows as quickly as it is made. */
const LEAST_ROOM = 32;

/** A batch before it is whole. */
interface Made {
  /** With room for about as many as it will have. */
  readonly lines: string[];
  count: number;
  /** The characters of its lines and their ends. */
  length: number;
}

/** Cuts passages of one stream into batches, each when it is asked for. */
export class BatchCutter {
  readonly #enough: number;
  #passages: readonly Passage[] = [];
  #next = 0;
  #at = 0;
  /** Characters a line of those before: an array that grows line by line would cost as much again as the cutting. */
  #usualLength = USUAL_LENGTH;

  /** A batch is full when it has so many characters; all are together unless it is said. */
  constructor(enough: number = Infinity) {
    this.#enough = enough;
  }

  /** Leaves what it was in. */
  enter(passages: readonly Passage[] = []): void {
    this.#passages = passages;
    this.#begin(0, 0);
  }

  /** All batches of these passages. */
  all(passages: readonly Passage[]): LineBatch[] {
    this.enter(passages);
    const batches: LineBatch[] = [];
    for (let batch = this.next(); batch !== undefined; batch = this.next()) batches.push(batch);
    this.enter();
    return batches;
  }

  /** The next batch, which ends with a piece of a line at the latest; `undefined` behind the last. */
  next(): LineBatch | undefined {
    const first = this.#passages[this.#next];
    if (first === undefined) return undefined;
    const { stream } = first;
    const made: Made = { lines: this.#roomFor(first), count: 0, length: 0 };
    const isPartial = this.#fill(made);
    const { lines, count, length } = made;
    if (lines.length > count) lines.length = count;
    this.#usualLength = Math.max(1, length / count);
    return isPartial ? { stream, lines, partial: true } : { stream, lines };
  }

  #roomFor({ text }: Passage): string[] {
    const length = Math.min(this.#enough, text.length - this.#at);
    const room = Math.min(MOST_ROOM, Math.ceil((length * 1.1) / this.#usualLength));
    return room < LEAST_ROOM ? [] : new Array<string>(room);
  }

  /** Returns whether the last line is a piece of one. */
  #fill(made: Made): boolean {
    while (made.length < this.#enough) {
      const passage = this.#passages[this.#next];
      if (passage === undefined) return false;
      this.#cut(passage, made);
      if (passage.partial === true) return true;
    }
    return false;
  }

  /** The lines of a passage, up to the first with which there are enough. */
  #cut({ text, hasReturns }: Passage, made: Made): void {
    const { lines } = made;
    const last = Math.min(text.length, this.#at + this.#enough - made.length - 1);
    let { count } = made;
    let from = this.#at;
    for (; from <= last; count += 1) {
      const end = endOfLine(text, from);
      lines[count] = text.slice(from, hasReturns ? withoutReturn(text, from, end) : end);
      from = end + 1;
    }
    made.count = count;
    made.length += from - this.#at;
    this.#begin(from > text.length ? this.#next + 1 : this.#next, from > text.length ? 0 : from);
  }

  #begin(index: number, at: number): void {
    this.#next = index;
    this.#at = at;
  }
}
