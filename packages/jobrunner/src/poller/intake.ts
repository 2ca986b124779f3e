import { actionKey } from '../action-key.ts';
import type { Handover, Job } from '../dispatcher.ts';
import type { JobHandler } from '../job-handler.ts';
import { type PipelineSignal, repoFullName } from '../pipeline-signal.ts';
import { encodeSignal } from '../signal-codec.ts';
import type { ExecutionContext } from './execution.ts';
import type { NextTry } from './ledger.ts';
import { matches } from './matches.ts';
import { succeededResult } from './result.ts';
import { workName } from './task.ts';
import { tellable } from './telling.ts';

/** What one poll has brought. */
export interface Catch {
  readonly source: string;
  readonly cycle: number;
  /** The moment before the poll began. */
  readonly seenAt: number;
  readonly pipelineSignals: readonly PipelineSignal[];
}

export interface IntakeOptions extends ExecutionContext {
  readonly dispatch: (job: Job) => Promise<Handover>;
  /** Whether this process does every job that it hands over. */
  readonly isLocal: boolean;
  /** As they were when the cycle began. */
  readonly handlers: readonly JobHandler[];
  readonly isDryRun: () => boolean;
  /** Nothing more is taken in once it is aborted. */
  readonly signal: AbortSignal;
}

interface Found {
  readonly key: string;
  readonly work: string;
  readonly handler: string;
  readonly pipelineSignal: PipelineSignal;
  readonly next: NextTry;
}

/** Finds what is to be done about the signals of a poll, and hands it over. */
export class Intake {
  readonly #options: IntakeOptions;

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  /**
   * Takes the signals in one after the other; gives the pieces of work that were handed over. Where one cannot be handed
   * over the others wait for the next poll as well: a queue that does not answer would hold each of them up.
   */
  async take(found: Catch): Promise<readonly string[]> {
    const taken: string[] = [];
    for (const pipelineSignal of found.pipelineSignals) {
      if (this.#options.signal.aborted) break;
      const one = this.#look(pipelineSignal, found);
      if (one === undefined) continue;
      if (this.#options.isDryRun()) {
        await this.#show(one, found);
        continue;
      }
      const isTaken = await this.#handOver(one, found);
      if (isTaken === undefined) break;
      if (isTaken) taken.push(one.work);
    }
    return taken;
  }

  #look(pipelineSignal: PipelineSignal, { source, cycle, seenAt }: Catch): Found | undefined {
    const { handlers, inFlight, ledger, settings, telling } = this.#options;
    const handler = handlers.find((candidate) => mayMatch(candidate, pipelineSignal))?.name;
    if (handler === undefined) return undefined;
    const key = actionKey({ source, handler, pipelineSignal });
    const work = workName(source, pipelineSignal);
    const next = inFlight.isBusy(work, seenAt) ? undefined : ledger.next(key, settings.clock.now());
    if (next !== undefined) return { key, work, handler, pipelineSignal, next };
    if (telling.isHeard) {
      const repo = repoFullName(pipelineSignal);
      telling.event({ type: 'action-skipped', source, handler, repo, key, cycle, attempt: 0 });
    }
    return undefined;
  }

  /** Whether it was taken; `undefined` where nobody answers. */
  async #handOver(
    { key, work, handler, pipelineSignal, next }: Found,
    { source, cycle }: Catch,
  ): Promise<boolean | undefined> {
    const { dispatch, isLocal, inFlight, ledger } = this.#options;
    const payload = encodeSignal(pipelineSignal);
    const job: Job = { key, repo: repoFullName(pipelineSignal), source, handler, cycle, ...next, payload };
    if (isLocal) inFlight.begin(work);
    try {
      const { isTaken, outcome } = await dispatch(job);
      if (outcome !== undefined) ledger.learn(key, next.run, outcome);
      if (!isTaken && isLocal) inFlight.end(work);
      return isTaken;
    } catch (cause) {
      if (isLocal) inFlight.end(work);
      if (this.#options.signal.aborted) return undefined; // the dispatcher was closed meanwhile
      this.#tell('dispatch-failed', { what: `hand over ${handler}`, source, key, cause });
      return undefined;
    }
  }

  /** What would be done, for a dry run: once for each key. */
  async #show({ key, handler, pipelineSignal, next }: Found, { source, cycle }: Catch): Promise<void> {
    const { ledger, settings, telling } = this.#options;
    if (!ledger.show(key)) return;
    const { attempt } = next;
    const at = new Date(settings.clock.now());
    const result = succeededResult({ pipelineSignal, handler, cycle, at, durationMs: 0 });
    const facts = {
      source,
      handler,
      repo: repoFullName(pipelineSignal),
      key,
      cycle,
      attempt,
      success: true,
      durationMs: 0,
    };
    telling.log('info', 'action left undone in a dry run', { ...facts, dryRun: true });
    try {
      await settings.journal?.append(pipelineSignal, result, {
        key,
        source,
        handler,
        attempt,
        dryRun: true,
        phase: 'finished',
      });
    } catch (cause) {
      this.#tell('journal-failed', { what: `write down what ${handler} would do`, source, key, cause });
    }
    telling.event({ type: 'action-finished', ...facts, dryRun: true });
  }

  #tell(
    type: 'dispatch-failed' | 'journal-failed',
    {
      what,
      source,
      key,
      cause,
    }: { readonly what: string; readonly source: string; readonly key: string; readonly cause: unknown },
  ): void {
    const code = type === 'dispatch-failed' ? 'ERR_JOBRUNNER_QUEUE_FAILED' : 'ERR_JOURNAL_UNWRITABLE';
    const error = tellable(cause, { what, code, op: 'poller.dispatch', id: source });
    this.#options.telling.event({ type, source, key, error });
    this.#options.telling.log('error', error.message, { source, key });
  }
}

/** A handler that throws here gets the work: that it fails is found, journalled and retried where it is done. */
function mayMatch(handler: JobHandler, pipelineSignal: PipelineSignal): boolean {
  try {
    return matches(handler, pipelineSignal);
  } catch {
    return true;
  }
}
