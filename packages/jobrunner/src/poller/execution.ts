import type { ActionResult } from '../action-result.ts';
import type { Job } from '../dispatcher.ts';
import type { JobrunnerError, JobrunnerErrorCode } from '../errors.ts';
import type { EntryPhase } from '../journal/journal-entry.ts';
import { attempt } from './attempt.ts';
import { underDeadline } from './deadline.ts';
import type { InFlight } from './in-flight.ts';
import type { Ledger } from './ledger.ts';
import type { PollerSettings } from './poller-options.ts';
import { failedBecause } from './result.ts';
import { entryExtra, type Task } from './task.ts';
import { tellable, type Telling } from './telling.ts';

/** What the attempts of a poller share. */
export interface ExecutionContext {
  readonly settings: PollerSettings;
  readonly ledger: Ledger;
  readonly inFlight: InFlight;
  readonly telling: Telling;
}

/** One attempt of one action, from the line before it to the report after it. */
export class Execution {
  readonly #context: ExecutionContext;
  readonly #task: Task;

  constructor(context: ExecutionContext, task: Task) {
    this.#context = context;
    this.#task = task;
  }

  /**
   * Does it. The ledger knows the result before the journal does, and the journal before the source: what fails on the
   * way is told and changes nothing. `undefined`: it was not begun, because nobody could write down that it would be.
   */
  async run(signal: AbortSignal): Promise<ActionResult | undefined> {
    const { job } = this.#task;
    if (job.cutOff !== undefined) {
      const result = this.#failed('its process ended before it was done');
      const isOver = job.attempt > this.#context.settings.maxAttempts;
      await this.#end({ ...job, attempt: job.cutOff }, result, isOver);
      if (isOver) await this.#report(result, signal);
      if (isOver || signal.aborted) return isOver ? result : undefined;
    }
    if (!(await this.#begin())) return undefined;
    const result = await attempt(this.#task, { ...this.#context.settings, signal });
    const isOver = !result.success && job.attempt >= this.#context.settings.maxAttempts;
    await this.#end(job, result, isOver);
    if (result.success || isOver) await this.#report(result, signal);
    return result;
  }

  async #begin(): Promise<boolean> {
    const { ledger, settings, telling } = this.#context;
    const { job, pipelineSignal } = this.#task;
    const { key, source, handler, repo, cycle, run, attempt: number } = job;
    const now = settings.clock.now();
    try {
      const result = this.#failed('it has only begun');
      await settings.journal?.append(pipelineSignal, result, entryExtra(job, 'started'));
    } catch (error) {
      ledger.putOff(key, job, now);
      this.#tell('journal-failed', `begin ${handler}, because the journal does not take it`, error);
      return false;
    }
    ledger.note(key, { phase: 'started', attempt: number, run, success: false, at: now });
    telling.event({ type: 'action-started', source, handler, repo, key, cycle, attempt: number });
    return true;
  }

  async #end(job: Job, result: ActionResult, isOver: boolean): Promise<void> {
    const { ledger, settings, telling } = this.#context;
    const { key, source, handler, repo, cycle, run, attempt: number } = job;
    const { success, durationMs } = result;
    const phase: EntryPhase = isOver ? 'dead_letter' : 'finished';
    ledger.note(key, { phase, attempt: number, run, success, at: settings.clock.now() });
    try {
      await settings.journal?.append(this.#task.pipelineSignal, result, entryExtra(job, phase));
    } catch (error) {
      this.#tell('journal-failed', `write down what ${handler} has done`, error);
    }
    const facts = { source, handler, repo, key, cycle, attempt: number, success, durationMs };
    telling.event({ type: 'action-finished', ...facts, dryRun: false });
    if (isOver) telling.event({ type: 'action-dead-lettered', ...facts, dryRun: false });
    telling.log(success ? 'info' : 'warn', success ? 'action done' : 'action failed', {
      ...facts,
      error: result.error,
    });
  }

  /** Once for each action: when it is done, or given up. */
  async #report(result: ActionResult, signal: AbortSignal): Promise<void> {
    const { source } = this.#task;
    const { clock, graceMs, sourceTimeoutMs: timeoutMs } = this.#context.settings;
    if (source === undefined || signal.aborted) return;
    const timeout = (): Error => new Error(`it took longer than ${String(timeoutMs)} ms`);
    try {
      await underDeadline((reportSignal) => source.report(result, { signal: reportSignal }), {
        ...{ clock, timeoutMs, graceMs, lateMs: 0, signal, timeout },
      });
    } catch (error) {
      this.#tell('report-failed', `report to "${source.name}"`, error);
    }
  }

  #failed(why: string): ActionResult {
    const { job, pipelineSignal } = this.#task;
    const { handler, cycle } = job;
    const at = new Date(this.#context.settings.clock.now());
    return failedBecause({ pipelineSignal, handler, cycle, at, durationMs: 0 }, why);
  }

  #tell(type: 'journal-failed' | 'report-failed', what: string, cause: unknown): void {
    const { source, key } = this.#task.job;
    const code: JobrunnerErrorCode =
      type === 'journal-failed' ? 'ERR_JOURNAL_UNWRITABLE' : 'ERR_JOBRUNNER_SOURCE_FAILED';
    const error: JobrunnerError = tellable(cause, { what, code, op: 'poller.execute', id: source });
    this.#context.telling.event({ type, source, key, error });
    this.#context.telling.log('error', error.message, { source, key });
  }
}
