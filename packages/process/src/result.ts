import type { Outcome } from './outcome.ts';

/** What is known of a process that is over. */
export interface ProcessResult {
  readonly id: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly dir: string;
  readonly startedAt: Date;
  /** From the start to the exit. */
  readonly durationMs: number;
  readonly outcome: Outcome;
  /** It exited with code 0. */
  readonly ok: boolean;
  /** Its exit code, where it gave one. */
  readonly exitCode: number | undefined;
  /** The signal that it died of, where it died of one. */
  readonly killSignal: NodeJS.Signals | undefined;
  /** The end of its stdout as UTF-8, as far as it was captured. */
  readonly stdout: string;
  /** The end of its stderr as UTF-8, as far as it was captured. */
  readonly stderr: string;
  /** The end of stdout and stderr together, in order of arrival. */
  readonly output: string;
  readonly stdoutBytes: Uint8Array;
  readonly stderrBytes: Uint8Array;
  readonly outputBytes: Uint8Array;
  /** It wrote more than was kept. */
  readonly truncated: boolean;
  /**
   * Itself where `ok`.
   *
   * @throws A `ProcessError`: `ERR_PROCESS_SPAWN_FAILED` where it was not started, else `ERR_PROCESS_EXIT_NON_ZERO`;
   * where it was aborted, the signal's own reason.
   */
  unwrap(): this;
}
