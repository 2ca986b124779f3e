import type { EntryKind } from '../entry-tree.ts';

/** One entry as a format says it, before anybody believes it. */
export interface RawEntry {
  readonly name: string;
  readonly kind: EntryKind;
  /** Bytes of content; 0 unless it is a file. */
  readonly size: number;
  readonly mode: number;
  readonly mtime: Date;
  /** What a link says; `''` for anything else. */
  readonly target: string;
  /** Its content, checked while it is read. To be read to the end before the next entry is asked for. */
  readonly content: AsyncIterable<Uint8Array>;
}

/** The content of what has none. */
export async function* nothing(): AsyncGenerator<Uint8Array> {
  // neither a directory nor a link has content
}
