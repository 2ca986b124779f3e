import { randomUUID } from 'node:crypto';

import type { Job, JobOutcome, JobRunner } from '../dispatcher.ts';
import { errorText } from '../poller/error-text.ts';
import { Bell } from './bell.ts';
import { idOf, type Lane } from './lane.ts';
import { underLease } from './lease.ts';
import type { BullmqSettings } from './options.ts';
import type { StoredJob } from './store.ts';

/** How soon is looked again where nothing was found: while something is awaited, and else. */
const LOOK_AGAIN_MS = 200;
const LOOK_NOW_AND_THEN_MS = 1000;

export interface ShiftOptions {
  readonly settings: BullmqSettings;
  readonly run: JobRunner;
  /** By repository. Whoever was given a job last is the last of them. */
  readonly lanes: Map<string, Promise<Lane>>;
  /** Adds the lanes of repositories that others have jobs in. */
  readonly discover: () => Promise<void>;
  /** Aborted when no more is to be begun, and what runs is to end. */
  readonly stop: AbortSignal;
  /** Whether somebody waits for something in the queue. */
  readonly isAwaited: () => boolean;
  /** Called when nothing of a job is left to do; with its id where it is done. */
  readonly onEnded: (id: string | undefined) => void;
}

/** Takes jobs out of the lanes and does them, as many at once as it may, and one in each repository. */
export class Shift {
  readonly #options: ShiftOptions;
  readonly #bell = new Bell();
  /** By repository. */
  readonly #running = new Map<string, Promise<void>>();
  /** When a repository is asked again that had nothing to do, unless something is put in before. */
  readonly #restUntilMs = new Map<string, number>();
  #discoverAtMs = -Infinity;

  constructor(options: ShiftOptions) {
    this.#options = options;
  }

  /** What runs now. */
  get running(): readonly Promise<void>[] {
    return [...this.#running.values()];
  }

  /** Something has been put into a lane, or all is to end. */
  wake(repo?: string): void {
    if (repo !== undefined) this.#restUntilMs.delete(repo);
    this.#bell.ring();
  }

  /** Works until it is stopped. A queue that cannot be reached is asked again later. */
  async work(): Promise<void> {
    const { settings, stop } = this.#options;
    while (!stop.aborted) {
      const hasBegun = await this.#discoverAndBegin().catch((error: unknown) => {
        settings.logger?.warn('cannot fetch a job', { error: errorText(error) });
        return false;
      });
      if (!hasBegun) await this.#bell.wait(this.#lookAgainMs);
    }
  }

  get #lookAgainMs(): number {
    return this.#options.isAwaited() ? LOOK_AGAIN_MS : LOOK_NOW_AND_THEN_MS;
  }

  async #discoverAndBegin(): Promise<boolean> {
    if (this.#discoverAtMs <= performance.now()) {
      await this.#options.discover();
      this.#discoverAtMs = performance.now() + LOOK_NOW_AND_THEN_MS;
    }
    return this.#begin();
  }

  /** Begins the next job of the first repository that has one. */
  async #begin(): Promise<boolean> {
    const { lanes, settings, stop } = this.#options;
    for (const [repo, opening] of [...lanes]) {
      if (stop.aborted || this.#running.size >= settings.concurrency) return false;
      if (this.#running.has(repo) || (this.#restUntilMs.get(repo) ?? 0) > performance.now()) continue;
      const token = randomUUID();
      const job = await (await opening).next(token);
      if (job === undefined) {
        this.#restUntilMs.set(repo, performance.now() + this.#lookAgainMs);
        continue;
      }
      lanes.delete(repo);
      lanes.set(repo, opening);
      this.#running.set(repo, this.#run(repo, job, token));
      return true;
    }
    return false;
  }

  /** What goes wrong here leaves the job to whoever gets it when its lease is over. */
  async #run(repo: string, stored: StoredJob, token: string): Promise<void> {
    const { onEnded, settings } = this.#options;
    const id = await this.#do(stored, token).catch((error: unknown) => {
      settings.logger?.warn('cannot end a job', { repo, error: errorText(error) });
      return undefined;
    });
    this.#running.delete(repo);
    onEnded(id);
    this.#bell.ring();
  }

  /** Gives the id of the job where it is done. */
  async #do(stored: StoredJob, token: string): Promise<string | undefined> {
    const { run, settings, stop } = this.#options;
    const { leaseMs } = settings;
    const job = jobOf(stored);
    const result = await underLease(stored, { token, leaseMs, stop }, (signal) => run(job, { signal }));
    if (result === undefined) {
      await stored.moveToDelayed(Date.now() + (stop.aborted ? 0 : leaseMs), token);
      return undefined;
    }
    const outcome: JobOutcome = { attempt: job.attempt, success: result.success, at: Date.now() };
    await stored.moveToCompleted(outcome, token, false);
    return idOf(job);
  }
}

/** A job that was given to others before, and came to no end there, has had so many attempts more. */
function jobOf({ data, stalledCounter }: StoredJob): Job {
  if (stalledCounter === 0) return data;
  const attempt = data.attempt + stalledCounter;
  return { ...data, attempt, cutOff: attempt - 1 };
}
