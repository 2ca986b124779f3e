import type { ActionResult } from './action-result.ts';

/** One action that is to be done. It is plain data but for `run`, so that a queue can carry it to another process. */
export interface Job {
  /** The same work in the same state has the same key: it is done once. */
  readonly key: string;
  /** `owner/name`: work on one repository is serial. */
  readonly repo: string;
  readonly source: string;
  readonly handler: string;
  readonly cycle: number;
  /** The first is 1. */
  readonly attempt: number;
  /** The signal as JSON: see `encodeSignal`. */
  readonly payload: string;
}

/** Does a job to its end and journals it. It does not throw: what fails is a failed result. */
export type JobRunner = (job: Job, options: { readonly signal: AbortSignal }) => Promise<ActionResult>;

/** Brings jobs to where they are done. */
export interface Dispatcher extends AsyncDisposable {
  /** Is called once, before the first job. */
  start(run: JobRunner): Promise<void> | void;
  /**
   * Takes a job over; one with a key that is waiting, running or (for a dispatcher that remembers) done is not taken
   * again. Resolves, with whether it was taken, once it cannot get lost any more; not when it is done.
   */
  dispatch(job: Job): Promise<boolean>;
  /** Resolves when nothing that this process took over waits or runs here. */
  idle(): Promise<void>;
  /** Takes no more, aborts what runs, and waits for it so long at most. */
  close(options?: { readonly graceMs?: number; readonly reason?: unknown }): Promise<void>;
}
