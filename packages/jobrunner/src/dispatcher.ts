import type { ActionResult } from './action-result.ts';

/** One action that is to be done: plain data, so that a queue can carry it to another process. */
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
  /** The attempt before this one, where it was begun and nobody knows how it ended. */
  readonly cutOff?: number | undefined;
  /** How often the key was begun before, and one: with the key it names this attempt in all the world. */
  readonly run: number;
  /** The signal as JSON: see `encodeSignal`. */
  readonly payload: string;
}

/** How a job ended that somebody did. */
export interface JobOutcome {
  readonly attempt: number;
  readonly success: boolean;
  /** When it was over, in milliseconds since 1970. */
  readonly at: number;
}

/** Answer of a dispatcher to a job. */
export interface Handover {
  /** Whether the job is its own now; not where one with this key and run waits, runs or is done. */
  readonly isTaken: boolean;
  /** How the other one ended, where it has and this is known. */
  readonly outcome?: JobOutcome | undefined;
}

/**
 * Does a job to its end and journals it. It does not throw: what fails is a failed result. `undefined`: it was not
 * begun, because work is being stopped; a dispatcher that outlives this process gives it to somebody else.
 */
export type JobRunner = (job: Job, options: { readonly signal: AbortSignal }) => Promise<ActionResult | undefined>;

/** Brings jobs to where they are done. */
export interface Dispatcher extends AsyncDisposable {
  /** Whether this process does every job that it takes, so that a poll may wait for its own. */
  readonly isLocal: boolean;
  /** Is called before the first job, and again before the first one after `close`. */
  start(run: JobRunner): Promise<void> | void;
  /** Takes a job over; resolves once it cannot get lost any more, not when it is done. */
  dispatch(job: Job): Promise<Handover>;
  /** Resolves when nothing that was taken over from this process waits or runs. */
  idle(): Promise<void>;
  /**
   * Takes no more, forgets what waits in this process, aborts what runs with `reason`, and waits for it `graceMs` at
   * most. A `start` or a `dispatch` that waits for somebody's answer ends at once. Closing again changes nothing.
   */
  close(options?: { readonly graceMs?: number; readonly reason?: unknown }): Promise<void>;
}
