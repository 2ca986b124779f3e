import type { OutputLine } from '../output/lines.ts';
import type { StreamName } from '../output/stream-name.ts';
import type { RunSpec } from './run-spec.ts';

/** What one try of a task is handed by the runner. */
export interface AttemptContext {
  readonly spec: RunSpec;
  /** 1 for the first try. */
  readonly attempt: number;
  /** Aborted when the run ends before the task does: by an abort, or by the failure of another one. */
  readonly signal: AbortSignal;
  /** To be called once, when it runs: with the number of its process, where it has one. */
  readonly started: (pid?: number) => void;
  /** Hears its lines; missing where nobody listens, and then nothing is to be decoded. */
  readonly onLines?: ((stream: StreamName, lines: readonly OutputLine[]) => void) | undefined;
}

/** How a try of a task ended. */
export interface AttemptResult {
  readonly ok: boolean;
  readonly exitCode?: number | undefined;
  /** The end of what it wrote. */
  readonly output: string;
  /** Why it is not `ok`. */
  readonly error?: unknown;
  /** It was not run: what it did when it ran was put back. */
  readonly isCached?: boolean;
  /** Another try makes no sense: this one may still be running. */
  readonly isFinal?: boolean;
}
