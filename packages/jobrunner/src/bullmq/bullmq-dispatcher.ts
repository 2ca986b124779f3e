import type { Dispatcher, Handover, Job, JobRunner } from '../dispatcher.ts';
import { type BullmqDispatcherOptions, type BullmqSettings, settledOptions } from './options.ts';
import { QueueSession } from './queue-session.ts';

/** A start that has not come to its end. */
interface Start {
  readonly stop: AbortController;
  readonly ended: Promise<unknown>;
}

/**
 * Shares jobs among processes through BullMQ, in Redis or in PostgreSQL. Whoever hands a job over first has it done once
 * by one of them; the others learn how it ended when they hand it over themselves. A process that has been started does
 * jobs in every repository, also where it hands over none itself. Jobs of one repository never overlap.
 * The job of a process that is killed is delivered to another one when its lease is over, as the next attempt.
 *
 * A job is tried once: whether it is tried again is decided by the pollers, with what they see then. Needs the package
 * `bullmq`, and `ioredis` or `pg`.
 *
 * @example
 * ```ts
 * import { BullmqDispatcher } from '@core/jobrunner/bullmq';
 *
 * const dispatcher = new BullmqDispatcher({ redis: 'redis://127.0.0.1:6379', leaseMs: 10_000 });
 * assert.equal(dispatcher.isLocal, false);
 * await dispatcher.close(); // it has not been started: nothing was connected
 * ```
 */
export class BullmqDispatcher implements Dispatcher {
  readonly isLocal: boolean = false;
  readonly #settings: BullmqSettings;
  #starting: Start | undefined;
  #session: QueueSession | undefined;
  #closing: Promise<void> | undefined;

  /** @throws TypeError or RangeError for options that are none. */
  constructor(options: BullmqDispatcherOptions) {
    this.#settings = settledOptions(options);
  }

  /**
   * Connects, after it has let go of what an earlier start has left.
   *
   * @throws `ERR_JOBRUNNER_QUEUE_FAILED` where a package is missing, or the queue cannot be reached; the reason of a
   *   `close` that comes before it has connected. Nothing is left open then.
   */
  async start(run: JobRunner): Promise<void> {
    while (this.#isOpen) await this.close();
    const stop = new AbortController();
    const opening = QueueSession.open(this.#settings, run, stop.signal);
    const starting = { stop, ended: opening.catch(() => undefined) };
    this.#starting = starting;
    try {
      this.#session = await opening;
    } finally {
      this.#starting = undefined;
    }
  }

  /** @throws `ERR_JOBRUNNER_QUEUE_FAILED` where the queue does not answer within a lease; the reason of a `close`. */
  async dispatch(job: Job): Promise<Handover> {
    return this.#session?.dispatch(job) ?? { isTaken: false };
  }

  /** Resolves when all that this process put into the queue is done, by whomever, and nothing runs here; or it is closed. */
  async idle(): Promise<void> {
    await this.#session?.idle();
  }

  /**
   * Ends what waits for the queue at once, what runs within `graceMs`, and has let go of the connection a moment later,
   * also where nobody answers there.
   */
  async close({ graceMs = 0, reason }: { readonly graceMs?: number; readonly reason?: unknown } = {}): Promise<void> {
    this.#closing ??= this.#close(graceMs, reason).finally(() => {
      this.#closing = undefined;
    });
    await this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  get #isOpen(): boolean {
    return this.#starting !== undefined || this.#session !== undefined || this.#closing !== undefined;
  }

  async #close(graceMs: number, reason: unknown): Promise<void> {
    this.#starting?.stop.abort(reason);
    await this.#starting?.ended;
    const session = this.#session;
    this.#session = undefined;
    await session?.close({ graceMs, reason });
  }
}
