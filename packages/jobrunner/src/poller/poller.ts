import type { CancelOptions } from '@core/io';

import { InProcessDispatcher } from '../dispatch/in-process-dispatcher.ts';
import type { Dispatcher } from '../dispatcher.ts';
import type { JobHandler } from '../job-handler.ts';
import type { JobSource } from '../job-source.ts';
import { Alarm } from './alarm.ts';
import { InFlight } from './in-flight.ts';
import { Ledger } from './ledger.ts';
import {
  checkHandler,
  checkSource,
  type PollerOptions,
  type PollerSettings,
  settledOptions,
} from './poller-options.ts';
import { Session } from './session.ts';
import { SourceSchedule } from './source-schedule.ts';
import { Telling } from './telling.ts';

/**
 * Polls sources, gives each signal to the first handler that matches, and sees that every action is done once for each
 * state of its work, across restarts where there is a journal.
 *
 * Sources are polled side by side; polls of one never overlap. There is one action at a time for each piece of work, and
 * in each repository. What fails is tried again by a later poll while the state is the same, with exponential back-off;
 * after `maxAttempts` it is a dead letter, which is reported once. An attempt that a crash cuts off has counted and is
 * made again: handlers look at the server before they act.
 *
 * @example
 * ```ts
 * import { type PipelineSignal, Poller } from '@core/jobrunner';
 *
 * const draft: PipelineSignal = {
 *   ...{ epicNumber: 299, childNumber: 212, prNumber: 316, repoOwner: 'host-uk', repoName: 'core' },
 *   ...{ prState: 'OPEN', isDraft: true, mergeable: 'UNKNOWN', checkStatus: 'SUCCESS' },
 *   ...{ threadsTotal: 0, threadsResolved: 0, lastCommitSha: '4f2a', needsCoding: false },
 * };
 * const published: number[] = [];
 * const poller = new Poller({
 *   sources: [{ name: 'github', poll: async () => [draft], report: async () => {} }],
 *   handlers: [
 *     {
 *       name: 'publish_draft',
 *       match: ({ isDraft, checkStatus }) => isDraft && checkStatus === 'SUCCESS',
 *       async execute({ prNumber, ...at }) {
 *         published.push(prNumber);
 *         const timestamp = new Date();
 *         return { ...at, prNumber, action: 'publish_draft', success: true, timestamp, durationMs: 1, cycle: 0 };
 *       },
 *     },
 *   ],
 * });
 * await poller.runOnce();
 * await poller.runOnce();
 * assert.deepEqual([published, poller.cycle], [[316], 2]);
 * ```
 */
export class Poller {
  /** Whether nothing is done or reported. It may be changed at any time; what runs then is done to its end. */
  dryRun: boolean;
  readonly #settings: PollerSettings;
  readonly #dispatcher: Dispatcher;
  readonly #handlers: JobHandler[] = [];
  readonly #schedules: SourceSchedule[] = [];
  readonly #inFlight = new InFlight();
  readonly #telling: Telling;
  readonly #alarm: Alarm;
  #ledger: Ledger | undefined;
  /** When the ticks of the interval began. */
  #originMs: number;
  #begun = 0;
  #completed = 0;
  #isRunning = false;

  /** @throws TypeError or RangeError for what is no source, no handler, or out of range. */
  constructor(options: PollerOptions = {}) {
    this.#settings = settledOptions(options);
    const { concurrency, clock } = this.#settings;
    this.#dispatcher = options.dispatcher ?? new InProcessDispatcher({ concurrency });
    this.#originMs = clock.monotonicMs();
    this.#telling = new Telling(this.#settings);
    this.#alarm = new Alarm(clock);
    this.dryRun = options.dryRun ?? false;
    for (const source of options.sources ?? []) this.addSource(source);
    for (const handler of options.handlers ?? []) this.addHandler(handler);
  }

  /** How many cycles were completed: polled, and their actions done where this process does them. */
  get cycle(): number {
    return this.#completed;
  }

  /** Adds a source, from the next cycle on. */
  addSource(source: JobSource): void {
    checkSource(source);
    const schedule = new SourceSchedule(source, this.#settings);
    schedule.restart(this.#originMs);
    this.#schedules.push(schedule);
    this.#alarm.ring();
  }

  /** Adds a handler after the others, from the next cycle on. */
  addHandler(handler: JobHandler): void {
    checkHandler(handler);
    this.#handlers.push(handler);
  }

  /**
   * Has a source polled soon (every one unless it is named), because `repo` has changed there: once for any number of
   * calls within a second, and not before its time where it fails. Does nothing while the poller does not run.
   */
  wake(sourceName?: string, repo?: string): void {
    const now = this.#settings.clock.monotonicMs();
    for (const schedule of this.#schedules) {
      if (sourceName === undefined || schedule.source.name === sourceName) schedule.wake(now, repo);
    }
    this.#alarm.ring();
  }

  /**
   * Polls at once and then at every interval until it is aborted; with a dispatcher that processes share it also does what
   * others have handed over, whether it has sources or not. Once it is aborted it takes up nothing new, aborts what runs, waits
   * for it for the grace period, and journals it before it rejects.
   *
   * @throws the reason of `signal`; what the journal throws when it is read at the beginning; TypeError where the poller
   *   runs already.
   */
  async run({ signal }: CancelOptions = {}): Promise<never> {
    return this.#during(signal, async (session, stop) => {
      const { clock, pollIntervalMs } = this.#settings;
      this.#originMs = clock.monotonicMs();
      for (const schedule of this.#schedules) schedule.restart(this.#originMs);
      for (;;) {
        stop.throwIfAborted();
        void session.join();
        const due = this.#schedules.filter(({ dueAtMs }) => dueAtMs <= clock.monotonicMs());
        if (due.length > 0) session.begin(this.#nextCycle(), due);
        const times = this.#schedules.map(({ dueAtMs }) => dueAtMs);
        await this.#alarm.waitUntil(Math.min(clock.monotonicMs() + pollIntervalMs, ...times), stop);
      }
    });
  }

  /**
   * Polls every source once, whatever its back-off, and resolves when all that this led to is done.
   *
   * @throws as `run`; a source or a handler that fails does not make it reject.
   */
  async runOnce({ signal }: CancelOptions = {}): Promise<void> {
    await this.#during(signal, async (session, stop) => {
      const ready = this.#schedules.filter(({ isPolling }) => !isPolling);
      await session.cycle(this.#nextCycle(), ready);
      await session.idle();
      stop.throwIfAborted();
    });
  }

  #nextCycle(): number {
    this.#begun += 1;
    return this.#begun;
  }

  async #during<T>(
    signal: AbortSignal = new AbortController().signal,
    work: (session: Session, stop: AbortSignal) => Promise<T>,
  ): Promise<T> {
    signal.throwIfAborted();
    if (this.#isRunning) throw new TypeError('run and runOnce must not be called while the poller runs already');
    this.#isRunning = true;
    try {
      const session = await this.#open(signal);
      return await work(session, signal).finally(() => session.close());
    } finally {
      this.#isRunning = false;
    }
  }

  async #open(signal: AbortSignal): Promise<Session> {
    const { journal, clock } = this.#settings;
    this.#ledger ??= await Ledger.of(journal, this.#settings, { now: clock.now(), signal });
    signal.throwIfAborted();
    return new Session({
      ...{ settings: this.#settings, telling: this.#telling, ledger: this.#ledger, inFlight: this.#inFlight },
      ...{ dispatcher: this.#dispatcher, handlers: this.#handlers, signal },
      sources: () => this.#schedules.map(({ source }) => source),
      isDryRun: () => this.dryRun,
      onPolled: () => {
        this.#alarm.ring();
      },
      onCompleted: () => {
        this.#completed += 1;
      },
    });
  }
}
