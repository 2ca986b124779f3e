import type { ArchiveEncoder } from '../archive/encoder.ts';
import { contents } from './archive-cases/contents.ts';
import { determinism } from './archive-cases/determinism.ts';
import { flow } from './archive-cases/flow.ts';
import { names } from './archive-cases/names.ts';

/** What a reader found in an archive. */
export interface UnpackedEntry {
  readonly name: string;
  readonly kind: 'dir' | 'file' | 'symlink';
  readonly executable: boolean;
  /** What a link says; `''` for anything else. */
  readonly target: string;
  /** Nothing, unless it is a file. */
  readonly content: Uint8Array;
  /** Seconds since the epoch. */
  readonly mtime: number;
}

/** An encoder, and somebody who reads what it writes: best of all a program of others. */
export interface ArchiveSubject {
  readonly encoder: ArchiveEncoder;
  /** The entries of an archive in their order. */
  unpack(archive: Uint8Array): Promise<UnpackedEntry[]>;
  /** What the format, or the reader, cannot do; nothing by default. */
  readonly without?: readonly ArchiveFeature[];
}

/** What not every format or reader can. */
export type ArchiveFeature = 'dir' | 'executable' | 'mtime' | 'symlink';

/** One sentence of the contract of {@link ArchiveEncoder}, ready to be tried. */
export interface ArchiveConformanceCase {
  /** The sentence; it begins with the method and no two cases share it. */
  readonly name: string;
  /** Skip the case where the subject is without one of these. */
  readonly requires: readonly ArchiveFeature[];
  /** Tries it; rejects with an `AssertionError` where the encoder does otherwise. */
  readonly run: (subject: ArchiveSubject) => Promise<void>;
}

const CASES: readonly ArchiveConformanceCase[] = [...contents, ...names, ...determinism, ...flow];

/**
 * The contract of an {@link ArchiveEncoder} as cases: data that is bound to no test runner, the same for every format.
 *
 * In jest, vitest or node:test one line runs each: `it(name, () => run({ encoder, unpack }))`.
 *
 * @example
 * ```ts
 * import { archiveConformance, tarGzEncoder, unpackWithReader } from '@core/build/testing';
 *
 * const [first] = archiveConformance();
 * assert.equal(first?.name, 'encode() keeps every byte of a file');
 * await first?.run({ encoder: tarGzEncoder, unpack: unpackWithReader });
 * ```
 */
export function archiveConformance(): readonly ArchiveConformanceCase[] {
  return CASES;
}
