import type { LineBatch } from './lines.ts';
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
/** No line: the end of all of them is before its beginning. */
const NOTHING: Passage = { stream: 'stdout', text: '', hasReturns: false };

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

/** So many characters has a line where there was none yet. */
const USUAL_LENGTH = 64;
/** An array of more is none any more, but a table. */
const MOST_ROOM = 1_048_576;

/** Cuts passages into batches, at one go. */
export class BatchCutter {
  /** Characters a line of those before: an array that grows line by line would cost as much again as the cutting. */
  #usualLength = USUAL_LENGTH;

  /** The lines of passages of one stream: a batch ends with a piece of a line, and with the last of them. */
  batches(passages: readonly Passage[]): LineBatch[] {
    const batches: LineBatch[] = [];
    let from = 0;
    for (const [index, { partial }] of passages.entries()) {
      if (partial !== true && index < passages.length - 1) continue;
      batches.push(this.#batch(passages.slice(from, index + 1), partial === true));
      from = index + 1;
    }
    return batches;
  }

  #batch(passages: readonly Passage[], isPartial: boolean): LineBatch {
    const stream = passages[0]?.stream ?? 'stdout';
    const lines = this.#linesOf(passages);
    return isPartial ? { stream, lines, partial: true } : { stream, lines };
  }

  #linesOf(passages: readonly Passage[]): string[] {
    let length = 0;
    for (const { text } of passages) length += text.length + 1;
    const room = Math.min(MOST_ROOM, passages.length + Math.ceil((length * 1.1) / this.#usualLength));
    const lines = new Array<string>(room);
    let count = 0;
    for (const passage of passages) count = cut(passage, lines, count);
    lines.length = count;
    this.#usualLength = Math.max(1, length / count);
    return lines;
  }
}

/** Puts the lines of a passage into an array, from `count` on; returns where the next are to go. */
function cut({ text, hasReturns }: Passage, lines: string[], count: number): number {
  let next = count;
  for (let from = 0; from <= text.length; next += 1) {
    const end = endOfLine(text, from);
    lines[next] = text.slice(from, hasReturns ? withoutReturn(text, from, end) : end);
    from = end + 1;
  }
  return next;
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

function withoutReturn(text: string, from: number, end: number): number {
  return end > from && text.charCodeAt(end - 1) === RETURN ? end - 1 : end;
}
