import type { StreamName } from './stream-name.ts';

/** Text of one stream that is whole lines, or one piece of a line: cut when somebody wants its lines and not before. */
export interface Passage {
  readonly stream: StreamName;
  /** At least one line; there is `\n` between two, and none after the last. */
  readonly text: string;
  /** The `\r` of line ends is still there: one at the end of a line is no part of it. */
  readonly hasReturns: boolean;
  /** It is one piece of a line, and the next passage of this stream goes on with it. */
  readonly partial?: true;
}

const RETURN = 0x0d;

/** What a splitter makes between two looks at it. */
export class PassageMaker {
  readonly #stream: StreamName;
  #passages: Passage[] = [];

  constructor(stream: StreamName) {
    this.#stream = stream;
  }

  /** Whole lines. */
  lines(text: string, hasReturns: boolean): void {
    this.#passages.push({ stream: this.#stream, text, hasReturns });
  }

  /** One line, or the rest of it, without its line end. */
  line(text: string): void {
    this.lines(text, false);
  }

  /** A piece of a line. */
  piece(text: string): void {
    this.#passages.push({ stream: this.#stream, text, hasReturns: false, partial: true });
  }

  /** What was made since the last time. */
  take(): readonly Passage[] {
    const passages = this.#passages;
    this.#passages = [];
    return passages;
  }
}

/** Where the line that begins at `from` ends in a text. */
export function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

/** Where the words of a line end that may have the `\r` of its line end. */
export function withoutReturn(text: string, from: number, end: number): number {
  return end > from && text.charCodeAt(end - 1) === RETURN ? end - 1 : end;
}
