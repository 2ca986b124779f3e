import type { Dispatcher, Handover, Job, JobRunner } from '../dispatcher.ts';
import { RepoQueues } from './repo-queues.ts';
import { within } from './within.ts';

/** What an {@link InProcessDispatcher} is made from. */
export interface InProcessDispatcherOptions {
  /** So many jobs at once, each in another repository; 4 unless it is given. */
  readonly concurrency?: number | undefined;
}

/**
 * Does jobs in this process: one at a time in each repository, in the order in which they came, and repositories take
 * turns. A job whose key waits or runs is not taken; what is done is not remembered.
 *
 * @example
 * ```ts
 * import { InProcessDispatcher } from '@core/jobrunner';
 *
 * const done: string[] = [];
 * await using dispatcher = new InProcessDispatcher({ concurrency: 1 });
 * dispatcher.start(async ({ key }) => {
 *   done.push(key);
 *   return undefined;
 * });
 * const job = { source: 'github', handler: 'publish_draft', cycle: 1, attempt: 1, run: 1, payload: '{}' };
 * const repos = { a1: 'host-uk/a', a2: 'host-uk/a', b1: 'host-uk/b' };
 * await Promise.all(Object.entries(repos).map(([key, repo]) => dispatcher.dispatch({ ...job, key, repo })));
 * await dispatcher.idle();
 * assert.deepEqual(done, ['a1', 'b1', 'a2']);
 * ```
 */
export class InProcessDispatcher implements Dispatcher {
  readonly isLocal: boolean = true;
  readonly #concurrency: number;
  readonly #queues = new RepoQueues<Job>();
  readonly #keys = new Set<string>();
  readonly #running = new Set<Promise<void>>();
  readonly #idlers = new Set<() => void>();
  #run: JobRunner | undefined;
  #stop = new AbortController();

  /** @throws RangeError where `concurrency` is no whole number from 1 on. */
  constructor({ concurrency = 4 }: InProcessDispatcherOptions = {}) {
    if (!Number.isInteger(concurrency) || concurrency < 1) {
      throw new RangeError(`concurrency must be a whole number from 1 on, not ${String(concurrency)}`);
    }
    this.#concurrency = concurrency;
  }

  start(run: JobRunner): void {
    this.#run = run;
    this.#stop = new AbortController();
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- others go over the network for it
  async dispatch(job: Job): Promise<Handover> {
    if (this.#run === undefined || this.#keys.has(job.key)) return { isTaken: false };
    this.#keys.add(job.key);
    this.#queues.add(job);
    // after the caller has gone on: all that it hands over in one go takes its turns
    queueMicrotask(() => {
      this.#fill();
    });
    return { isTaken: true };
  }

  async idle(): Promise<void> {
    if (this.#keys.size === 0) return;
    await new Promise<void>((resolve) => this.#idlers.add(resolve));
  }

  async close({ graceMs = 0, reason }: { readonly graceMs?: number; readonly reason?: unknown } = {}): Promise<void> {
    this.#run = undefined;
    for (const { key } of this.#queues.clear()) this.#keys.delete(key);
    this.#stop.abort(reason);
    await within(Promise.all(this.#running), graceMs, undefined);
    this.#tellIdle();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #fill(): void {
    while (this.#run !== undefined && this.#running.size < this.#concurrency) {
      const job = this.#queues.next();
      if (job === undefined) return;
      const running = this.#do(job, this.#run).finally(() => {
        this.#running.delete(running);
        this.#keys.delete(job.key);
        this.#queues.done(job.repo);
        this.#fill();
        this.#tellIdle();
      });
      this.#running.add(running);
    }
  }

  async #do(job: Job, run: JobRunner): Promise<void> {
    try {
      await run(job, { signal: this.#stop.signal });
    } catch {
      // a runner does not throw; one that does must not take the others with it
    }
  }

  #tellIdle(): void {
    if (this.#keys.size > 0) return;
    for (const resolve of this.#idlers) resolve();
    this.#idlers.clear();
  }
}
