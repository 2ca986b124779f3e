import type { StreamName } from './stream-name.ts';

/** A line of output without its line end. */
export interface OutputLine {
  readonly stream: StreamName;
  readonly line: string;
  /** This is a piece of a line over `maxLineBytes`, and the next of this stream goes on with it. */
  readonly partial?: true;
}

/** Lines of one stream that came together: at least one, without their line ends. */
export interface LineBatch {
  readonly stream: StreamName;
  readonly lines: readonly string[];
  /** The last of them is a piece of a line over `maxLineBytes`, and the next batch of this stream goes on with it. */
  readonly partial?: true;
}

/** One line of a batch. */
export function lineOf(batch: LineBatch, index: number): OutputLine {
  const { stream, lines } = batch;
  const line = lines[index] ?? '';
  return batch.partial === true && index === lines.length - 1 ? { stream, line, partial: true } : { stream, line };
}

/** The lines of a batch, each with what it is. */
export function linesOf(batch: LineBatch): OutputLine[] {
  const { stream, lines, partial } = batch;
  return partial === true ? lines.map((_, index) => lineOf(batch, index)) : lines.map((line) => ({ stream, line }));
}
