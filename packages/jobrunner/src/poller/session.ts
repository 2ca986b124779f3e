import { onAbort } from '@core/io';

import type { ActionResult } from '../action-result.ts';
import type { Dispatcher, Handover, Job, JobRunner } from '../dispatcher.ts';
import type { JobHandler } from '../job-handler.ts';
import type { JobSource } from '../job-source.ts';
import type { PipelineSignal } from '../pipeline-signal.ts';
import { decodeSignal } from '../signal-codec.ts';
import { runCycle } from './cycle.ts';
import { errorText } from './error-text.ts';
import { Execution, type ExecutionContext } from './execution.ts';
import type { SourceSchedule } from './source-schedule.ts';
import { workName } from './task.ts';

/** What one run of a poller works with. */
export interface SessionOptions extends ExecutionContext {
  readonly dispatcher: Dispatcher;
  readonly handlers: readonly JobHandler[];
  readonly sources: () => readonly JobSource[];
  readonly isDryRun: () => boolean;
  readonly signal: AbortSignal;
  /** Called when a source has been polled, and when a cycle was completed. */
  readonly onPolled: () => void;
  readonly onCompleted: () => void;
}

/** A dispatcher is given a little longer than what it runs, so that all of that is written down. */
const WRITING_MS = 5000;

/** One run of a poller, from the first cycle until nothing of it is left. */
export class Session {
  readonly #options: SessionOptions;
  readonly #cycles = new Set<Promise<void>>();
  readonly #forget: () => void;
  #started: Promise<void> | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#forget = onAbort(options.signal, () => {
      void this.#end();
    });
  }

  /** Begins a cycle with these sources. Its end is waited for by `close`. */
  begin(cycle: number, schedules: readonly SourceSchedule[]): void {
    const running = this.cycle(cycle, schedules).finally(() => this.#cycles.delete(running));
    this.#cycles.add(running);
  }

  /** Runs a cycle; it does not reject. */
  async cycle(cycle: number, schedules: readonly SourceSchedule[]): Promise<void> {
    const { dispatcher, handlers, signal, onCompleted } = this.#options;
    const dispatch = (job: Job): Promise<Handover> => this.#dispatch(job);
    const given = { cycle, schedules, handlers: [...handlers], dispatch, isLocal: dispatcher.isLocal };
    await runCycle({ ...this.#options, ...given });
    if (!signal.aborted) onCompleted();
  }

  /**
   * Has a dispatcher that processes share give this one what others have handed over. It does not reject: what fails is
   * tried again by the next call.
   */
  async join(): Promise<void> {
    const { dispatcher, isDryRun, signal, telling } = this.#options;
    if (dispatcher.isLocal || isDryRun() || this.#closed !== undefined) return;
    try {
      await (this.#started ??= this.#start());
    } catch (error) {
      if (!signal.aborted) telling.log('warn', 'cannot work for others', { error: errorText(error) });
    }
  }

  /** Resolves when nothing that was handed over waits or runs, or it is aborted. */
  async idle(): Promise<void> {
    const { dispatcher, signal } = this.#options;
    let forget = (): void => undefined;
    const aborted = new Promise<void>((resolve) => {
      forget = onAbort(signal, resolve);
      if (signal.aborted) resolve();
    });
    await Promise.race([dispatcher.idle(), aborted]).finally(forget);
  }

  /** Resolves when everything has ended; it does not begin anything any more. */
  async close(): Promise<void> {
    this.#forget();
    await this.#end();
    await Promise.all([this.#started?.catch(() => undefined), ...this.#cycles]);
  }

  #end(): Promise<void> {
    const { dispatcher, inFlight, settings, signal } = this.#options;
    const graceMs = settings.graceMs + WRITING_MS;
    this.#closed ??= dispatcher.close({ graceMs, reason: signal.reason }).finally(() => {
      inFlight.clear();
    });
    return this.#closed;
  }

  /** A dispatcher that nobody needs, as in a dry run, is not started. */
  async #dispatch(job: Job): Promise<Handover> {
    if (this.#closed !== undefined) return { isTaken: false };
    this.#started ??= this.#start();
    await this.#started;
    return this.#options.dispatcher.dispatch(job);
  }

  async #start(): Promise<void> {
    const { dispatcher } = this.#options;
    try {
      await dispatcher.start(this.#run);
    } catch (error) {
      this.#started = undefined; // the next job tries again
      throw error;
    }
    if (this.#closed !== undefined) await dispatcher.close(); // it was not there yet when it was closed
  }

  readonly #run: JobRunner = async (job, { signal }) => {
    const { handlers, sources, inFlight, isDryRun } = this.#options;
    const pipelineSignal = decoded(job.payload);
    if (pipelineSignal === undefined) return unreadable(job, new Date(this.#options.settings.clock.now()));
    const work = workName(job.source, pipelineSignal);
    inFlight.begin(work);
    try {
      if (signal.aborted || isDryRun()) return undefined;
      const handler = handlers.find(({ name }) => name === job.handler);
      const source = sources().find(({ name }) => name === job.source);
      return await new Execution(this.#options, { job, pipelineSignal, handler, source }).run(signal);
    } finally {
      inFlight.end(work);
    }
  };
}

function decoded(payload: string): PipelineSignal | undefined {
  try {
    return decodeSignal(payload);
  } catch {
    return undefined;
  }
}

/** The result of a job from a queue that somebody else has written to: there is no work that a line could be about. */
function unreadable({ handler, repo, cycle }: Job, timestamp: Date): ActionResult {
  const [repoOwner = '', repoName = ''] = repo.split('/');
  const error = errorText('the job holds no signal');
  const none = { epicNumber: 0, childNumber: 0, prNumber: 0, durationMs: 0 };
  return { action: handler, repoOwner, repoName, ...none, cycle, timestamp, success: false, error };
}
