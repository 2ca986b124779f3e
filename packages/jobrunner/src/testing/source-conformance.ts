import type { JobSource } from '../job-source.ts';
import { answers } from './source-cases/answers.ts';
import { failures } from './source-cases/failures.ts';

/** A source, and the strings of the server that it asks. */
export interface OpenSource extends AsyncDisposable {
  readonly source: JobSource;
  /** Changes the state of one piece of work that the source finds. */
  readonly change: () => Promise<void>;
  /** The server fails whatever it is asked, or works again. */
  readonly setBroken: (isBroken: boolean) => Promise<void>;
  /** The server takes requests, and does not answer them. */
  readonly hang: () => Promise<void>;
  /** Resolves when the server has been asked something since it hangs. */
  readonly asked: () => Promise<void>;
  /** What the source must never show, such as its token. */
  readonly secret?: string | undefined;
}

/** What a source is tried with. */
export interface SourceSubject {
  /** Makes a source of its own for each case, with one or more pieces of work to find. */
  readonly open: () => Promise<OpenSource>;
}

/** One sentence of the contract of {@link JobSource}, ready to be tried. */
export interface SourceConformanceCase {
  /** The sentence; it begins with the method and no two cases share it. */
  readonly name: string;
  /** Tries it; rejects with an `AssertionError` where the source does otherwise. */
  readonly run: (subject: SourceSubject) => Promise<void>;
}

const CASES: readonly SourceConformanceCase[] = [...answers, ...failures];

/**
 * The contract of a {@link JobSource} as cases: data that is bound to no test runner. In jest, vitest or node:test one
 * line runs each: `it(name, () => run(subject))`.
 *
 * @example
 * ```ts
 * import { sourceConformance } from '@core/jobrunner/testing';
 *
 * const names = sourceConformance().map(({ name }) => name);
 * assert.ok(names.includes('poll() gives every signal again where nothing has changed'));
 * ```
 */
export function sourceConformance(): readonly SourceConformanceCase[] {
  return CASES;
}
