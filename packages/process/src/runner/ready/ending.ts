import { onAbort } from '@core/io';

import { describeOutcome } from '../../outcome.ts';
import type { Process } from '../../process.ts';
import type { ProcessResult } from '../../result.ts';
import { RunnerError } from '../runner-error.ts';

/** Who is waited for, and how long. */
export interface WaitOptions {
  readonly process: Process;
  /** Its name in messages; the id of the process unless it is given. */
  readonly name?: string | undefined;
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The ways in which waiting ends without success, and the words for them. */
export class Ending {
  /** Rejects when the process is over, the time is up, or the wait is aborted; never resolves. */
  readonly early: Promise<never>;
  readonly #options: WaitOptions;
  readonly #awaits: string;
  readonly #stop = new AbortController();
  readonly #forget: () => void;
  #timer: NodeJS.Timeout | undefined;
  #lastRefusal: unknown;

  /** `awaits` says what is waited for. */
  constructor(options: WaitOptions, awaits: string) {
    const { signal, process, timeoutMs } = options;
    this.#options = options;
    this.#awaits = awaits;
    let fail: (reason: unknown) => void = () => undefined;
    this.early = new Promise<never>((_, reject) => (fail = reject));
    this.early.catch(() => undefined);
    this.#forget = onAbort(signal, () => {
      fail(signal?.reason);
    });
    void process.done.then((result) => {
      fail(this.#over(result));
    });
    if (timeoutMs === undefined) return;
    this.#timer = setTimeout(() => {
      fail(this.#late(timeoutMs));
    }, timeoutMs);
  }

  /** Aborted by `close`: nobody waits any more. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Remembers why the last try was refused. */
  readonly refused = (why: unknown): void => {
    this.#lastRefusal = why;
  };

  /** Lets go of everything that waits. */
  close(): void {
    clearTimeout(this.#timer);
    this.#forget();
    this.#stop.abort();
  }

  /** The check itself failed. */
  fail(cause: unknown): never {
    throw this.#error(`its check failed: ${textOf(cause)}`, cause);
  }

  /** It met its check, and is over. */
  overAlready(result: ProcessResult): never {
    throw this.#over(result);
  }

  #late(timeoutMs: number): RunnerError {
    const last = this.#lastRefusal === undefined ? '' : `; the last try: ${textOf(this.#lastRefusal)}`;
    const cause = this.#lastRefusal instanceof Error ? this.#lastRefusal : undefined;
    return this.#error(`it was not ready within ${String(timeoutMs)} ms (waiting for ${this.#awaits}${last})`, cause);
  }

  #over(result: ProcessResult): RunnerError {
    const cause = failureOf(result);
    const why = cause instanceof Error ? cause.message : describeOutcome(result.outcome);
    return this.#error(`it ended before it was ready (waiting for ${this.#awaits}): ${why}`, cause);
  }

  #error(why: string, cause: unknown): RunnerError {
    const { name = this.#options.process.id } = this.#options;
    return new RunnerError(`Cannot use ${JSON.stringify(name)}: ${why}`, {
      code: 'ERR_RUNNER_NOT_READY',
      op: 'runner.ready',
      task: name,
      cause,
    });
  }
}

/** The error of a process that is over; `undefined` where it ended well, or was aborted. */
export function failureOf(result: ProcessResult): unknown {
  if (result.outcome.kind === 'aborted') return undefined;
  try {
    result.unwrap();
    return undefined;
  } catch (error) {
    return error;
  }
}

function textOf(why: unknown): string {
  if (!(why instanceof Error)) return String(why);
  const [first] = why instanceof AggregateError ? (why.errors as unknown[]) : [];
  return why.message === '' && first !== undefined ? textOf(first) : why.message;
}
