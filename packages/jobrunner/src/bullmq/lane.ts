import type { Handover, Job, JobOutcome } from '../dispatcher.ts';
import type { BullmqSettings } from './options.ts';
import type { Store, StoredJob, StoredQueue, StoredWorker } from './store.ts';

/** The queue of one repository, which gives out one job at a time to all processes together. */
export class Lane {
  readonly #queue: StoredQueue;
  readonly #worker: StoredWorker;
  readonly #rememberSeconds: number;

  private constructor(queue: StoredQueue, worker: StoredWorker, rememberMs: number) {
    this.#queue = queue;
    this.#worker = worker;
    this.#rememberSeconds = Math.ceil(rememberMs / 1000);
  }

  /** Nothing is given out before its limit stands. */
  static async open(store: Store, repo: string, settings: BullmqSettings): Promise<Lane> {
    const name = `${settings.name}-${repo}`;
    const [queue, worker] = [store.queue(name), store.worker(name)];
    for (const one of [queue, worker]) {
      one.on('error', (error) => settings.logger?.warn('queue', { repo, error: error.message }));
    }
    const lane = new Lane(queue, worker, settings.rememberMs);
    try {
      await worker.waitUntilReady();
      await queue.setGlobalConcurrency(1);
      await worker.startStalledCheckTimer();
      return lane;
    } catch (error) {
      await lane.close();
      throw error;
    }
  }

  /** Puts a job in; one that is known stays as it is. */
  async put(job: Job): Promise<Handover> {
    const jobId = idOf(job);
    const known = await this.#queue.getJob(jobId);
    if (known !== undefined) return { isTaken: false, outcome: outcomeOf(known) };
    const keep = { age: this.#rememberSeconds };
    await this.#queue.add(job.handler, job, { jobId, removeOnComplete: keep, removeOnFail: keep });
    return { isTaken: true };
  }

  /** The next job, held under this token; `undefined` where nothing waits, or something runs. */
  next(token: string): Promise<StoredJob | undefined> {
    return this.#worker.getNextJob(token, { block: false });
  }

  /** Whether a job that was put in neither waits nor runs any more. */
  async isOver(id: string): Promise<boolean> {
    const job = await this.#queue.getJob(id);
    return job === undefined || job.finishedOn !== undefined;
  }

  async close(): Promise<void> {
    await Promise.all([this.#worker.close(true), this.#queue.close()]);
  }
}

/** Names a run of an action in all processes. */
export function idOf({ key, run }: Pick<Job, 'key' | 'run'>): string {
  return run === 1 ? key : `${key}-${String(run)}`;
}

/** A job that ended without a word, by another program's doing, has failed. */
function outcomeOf({ data, finishedOn, returnvalue }: StoredJob): JobOutcome | undefined {
  if (finishedOn === undefined) return undefined;
  const told = returnvalue as Partial<JobOutcome> | null | undefined;
  return { attempt: told?.attempt ?? data.attempt, success: told?.success ?? false, at: told?.at ?? finishedOn };
}
