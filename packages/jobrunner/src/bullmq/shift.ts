import { randomUUID } from 'node:crypto';

import type { Job, JobOutcome, JobRunner } from '../dispatcher.ts';
import { errorText } from '../poller/error-text.ts';
import type { Awaited } from './awaited.ts';
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
  /** What this process waits for: where that is, is looked more often. */
  readonly awaited: Awaited;
  /** Called when nothing of a job is left to do; with its id where it is done. */
  readonly onEnded: (id: string | undefined) => void;
}

/** Takes jobs out of the lanes and does them, as many at once as it may, and one in each repository. */
export class Shift {
  readonly #options: ShiftOptions;
  readonly #bell = new Bell();
  /** By repository. */
  readonly #running = new Map<string, Promise<void>>();
  /** By repository as well: what is left of these is to tell the queue. */
  readonly #handling = new Map<string, Promise<unknown>>();
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

  /** Resolves when no handler is at work any more. */
  async handled(): Promise<void> {
    await Promise.allSettled(this.#handling.values());
  }

  /** Resolves when the queue was told of every job whose handler is done. */
  async told(): Promise<void> {
    await Promise.all([...this.#running].filter(([repo]) => !this.#handling.has(repo)).map(([, running]) => running));
  }

  /** Something has been put into a lane, or all is to end. */
  wake(repo?: string): void {
    if (repo !== undefined) this.#restUntilMs.delete(repo);
    this.#bell.ring();
  }

  /** Works until it is stopped. A queue that cannot be reached is asked again later. */
  async work(): Promise<void> {
    const { awaited, settings, stop } = this.#options;
    while (!stop.aborted) {
      const hasBegun = await this.#discoverAndBegin().catch((error: unknown) => {
        if (!stop.aborted) settings.logger?.warn('cannot fetch a job', { error: errorText(error) });
        return false;
      });
      if (!hasBegun) await this.#bell.wait(awaited.isEmpty ? LOOK_NOW_AND_THEN_MS : LOOK_AGAIN_MS);
    }
  }

  async #discoverAndBegin(): Promise<boolean> {
    if (this.#discoverAtMs <= performance.now()) {
      await this.#options.discover();
      this.#discoverAtMs = performance.now() + LOOK_NOW_AND_THEN_MS;
    }
    return this.#begin();
  }

  /** Begins as many jobs as there is room for, in the order of the lanes; gives whether there was any. */
  async #begin(): Promise<boolean> {
    const ready = this.#ready;
    let hasBegun = false;
    while (ready.length > 0 && this.#room > 0) {
      // side by side: one answer after the other, the queue would keep a quick worker waiting
      const begun = await Promise.all(ready.splice(0, this.#room).map((repo) => this.#beginIn(repo)));
      hasBegun ||= begun.includes(true);
    }
    return hasBegun;
  }

  get #room(): number {
    const { settings, stop } = this.#options;
    return stop.aborted ? 0 : settings.concurrency - this.#running.size;
  }

  /** The repositories in which something may wait. */
  get #ready(): string[] {
    const now = performance.now();
    const repos = [...this.#options.lanes.keys()];
    return repos.filter((repo) => !this.#running.has(repo) && (this.#restUntilMs.get(repo) ?? 0) <= now);
  }

  /** Begins the next job of a repository, if it has one. */
  async #beginIn(repo: string): Promise<boolean> {
    const { awaited, lanes } = this.#options;
    const opening = lanes.get(repo);
    const token = randomUUID();
    const job = await (await opening)?.next(token);
    if (opening === undefined || job === undefined) {
      this.#restUntilMs.set(repo, performance.now() + (awaited.isIn(repo) ? LOOK_AGAIN_MS : LOOK_NOW_AND_THEN_MS));
      return false;
    }
    lanes.delete(repo);
    lanes.set(repo, opening);
    this.#running.set(repo, this.#run(repo, job, token));
    return true;
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
    const handling = underLease(stored, { token, leaseMs, stop }, (signal) => run(job, { signal }));
    this.#handling.set(job.repo, handling);
    const result = await handling.finally(() => this.#handling.delete(job.repo));
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
