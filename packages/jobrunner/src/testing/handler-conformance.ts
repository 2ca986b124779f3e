import type { JobHandler } from '../job-handler.ts';
import type { PipelineSignal } from '../pipeline-signal.ts';
import { actions } from './handler-cases/actions.ts';
import { matches } from './handler-cases/matches.ts';

/** A handler, and the strings of the server that it works on. */
export interface OpenHandler extends AsyncDisposable {
  readonly handler: JobHandler;
  /** A signal about which it has something to do; the server is as it says. */
  readonly matching: PipelineSignal;
  /** Signals about which it has nothing to do. */
  readonly others: readonly PipelineSignal[];
  /** All that the handler could change, as plain data. */
  readonly state: () => unknown;
  /** The server fails whatever it is asked, or works again. */
  readonly setBroken: (isBroken: boolean) => Promise<void>;
  /** The server takes requests, and does not answer them. */
  readonly hang: () => Promise<void>;
  /** Resolves when the server has been asked something since it hangs. */
  readonly asked: () => Promise<void>;
  /** Somebody else does something that makes the matching signal untrue, so that nothing is to be done any more. */
  readonly overtake?: (() => Promise<void>) | undefined;
  /** What the handler must never show, such as its token. */
  readonly secret?: string | undefined;
}

/** What a handler is tried with. */
export interface HandlerSubject {
  /** Makes a handler and a server of their own for each case. */
  readonly open: () => Promise<OpenHandler>;
}

/** One sentence of the contract of {@link JobHandler}, ready to be tried. */
export interface HandlerConformanceCase {
  /** The sentence; it begins with the method and no two cases share it. */
  readonly name: string;
  /** Tries it; rejects with an `AssertionError` where the handler does otherwise. */
  readonly run: (subject: HandlerSubject) => Promise<void>;
}

const CASES: readonly HandlerConformanceCase[] = [...matches, ...actions];

/**
 * The contract of a {@link JobHandler} as cases: data that is bound to no test runner. In jest, vitest or node:test one
 * line runs each: `it(name, () => run(subject))`.
 *
 * @example
 * ```ts
 * import { handlerConformance } from '@core/jobrunner/testing';
 *
 * const names = handlerConformance().map(({ name }) => name);
 * assert.ok(names.includes('execute() changes nothing more the second time'));
 * ```
 */
export function handlerConformance(): readonly HandlerConformanceCase[] {
  return CASES;
}
