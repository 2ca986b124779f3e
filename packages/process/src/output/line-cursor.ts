import { endOfLine, type Passage, withoutReturn } from './passage.ts';

/** Where no passage is. */
const NOTHING: Passage = { stream: 'stdout', text: '', hasReturns: false };

/** Goes through the lines of passages, one after the other. */
export class LineCursor {
  #passage: Passage = NOTHING;
  #at = 1;

  /** What it goes through now. */
  get passage(): Passage {
    return this.#passage;
  }

  /** Leaves what it was in. */
  enter(passage: Passage = NOTHING): void {
    this.#passage = passage;
    this.#at = passage === NOTHING ? 1 : 0;
  }

  /** The next line of the passage; `undefined` behind the last. */
  next(): string | undefined {
    const { text, hasReturns } = this.#passage;
    const from = this.#at;
    if (from > text.length) return undefined;
    const end = endOfLine(text, from);
    this.#at = end + 1;
    return text.slice(from, hasReturns ? withoutReturn(text, from, end) : end);
  }
}
