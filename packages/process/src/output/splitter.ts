import { ByteSplitter } from './byte-splitter.ts';
import type { OutputEncoding } from './encoding.ts';
import type { Passage } from './passage.ts';
import type { StreamName } from './stream-name.ts';
import { TextSplitter } from './text-splitter.ts';

/** Cuts the bytes of one stream into lines. */
export interface Splitter {
  /** The lines that `chunk` completes, in order; the chunk is not kept. */
  push(chunk: Uint8Array): readonly Passage[];
  /** The last line, where the stream did not end with a line end. */
  end(): readonly Passage[];
}

/** How the bytes of a process become lines. */
export interface LineFormat {
  readonly encoding: OutputEncoding;
  readonly maxLineBytes: number;
}

/** The splitter of one stream. */
export function splitterOf(stream: StreamName, { encoding, maxLineBytes }: LineFormat): Splitter {
  return encoding.isUtf8
    ? new ByteSplitter(stream, maxLineBytes)
    : new TextSplitter(stream, encoding.text(), maxLineBytes);
}
