import { onAbort } from '@core/io';

import type { AttemptContext, AttemptResult } from './attempt.ts';
import { LogOutput } from './log-output.ts';
import type { TaskContext } from './run-spec.ts';
import { RunnerError } from './runner-error.ts';

/**
 * A try of a task that runs in this program. When it has to end, its signal is aborted; one that has not settled by the
 * end of the grace period is left to itself: what it still does is not waited for, and what it logs is not heard.
 */
export function functionTask(context: AttemptContext, gracePeriodMs: number): Promise<AttemptResult> {
  return new Promise((resolve) => {
    new FunctionTask(context, gracePeriodMs, resolve).run();
  });
}

class FunctionTask implements TaskContext {
  readonly name: string;
  readonly attempt: number;
  readonly log: (line: string) => void;
  readonly #context: AttemptContext;
  readonly #gracePeriodMs: number;
  readonly #resolve: (result: AttemptResult) => void;
  #output: LogOutput | undefined;
  /** Made when it is asked for: most tasks never look at their signal. */
  #controller: AbortController | undefined;
  #cause: { readonly error: unknown } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #forget: (() => void) | undefined;
  #isOver = false;

  constructor(context: AttemptContext, gracePeriodMs: number, resolve: (result: AttemptResult) => void) {
    this.name = context.spec.name;
    this.attempt = context.attempt;
    this.#context = context;
    this.#gracePeriodMs = gracePeriodMs;
    this.#resolve = resolve;
    this.log = (line) => {
      this.#log(line);
    };
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#cause !== undefined) this.#controller.abort(this.#cause.error);
    return this.#controller.signal;
  }

  run(): void {
    const { spec, signal, started } = this.#context;
    if (!signal.aborted) started();
    if (signal.aborted) {
      this.#settle({ ok: false, error: signal.reason });
      return;
    }
    try {
      const running = spec.task?.(this);
      if (running === undefined) this.#settle({ ok: true });
      else this.#wait(running);
    } catch (error) {
      this.#settle({ ok: false, error });
    }
  }

  /** Nothing can reach a function before it has returned for the first time, so that all of this can come after. */
  #wait(running: Promise<void>): void {
    const { spec, signal } = this.#context;
    const { timeoutMs } = spec;
    if (timeoutMs !== undefined) {
      this.#timer = setTimeout(() => {
        this.#end(this.#timedOut(timeoutMs));
      }, timeoutMs);
    }
    const aborted = (): void => {
      this.#end(signal.reason);
    };
    this.#forget = onAbort(signal, aborted);
    if (signal.aborted) aborted();
    void this.#follow(running);
  }

  async #follow(running: Promise<void>): Promise<void> {
    try {
      await running;
      this.#settle({ ok: true });
    } catch (error) {
      this.#settle({ ok: false, error });
    }
  }

  #log(line: string): void {
    if (this.#isOver) return;
    this.#output ??= new LogOutput();
    this.#output.add(line);
    const lines = line.split('\n').map((part) => ({ stream: 'stdout', line: part }) as const);
    this.#context.onLines?.('stdout', lines);
  }

  /** Tells it to end, once. */
  #end(error: unknown): void {
    if (this.#cause !== undefined) return;
    this.#cause = { error };
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#settle({ ok: false, error, isFinal: true });
    }, this.#gracePeriodMs);
    this.#controller?.abort(error);
  }

  #settle(ended: Omit<AttemptResult, 'output'>): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#forget?.();
    const { isFinal = false } = ended;
    const output = this.#output?.toString() ?? '';
    this.#resolve(this.#cause === undefined ? { ...ended, output } : { ok: false, ...this.#cause, output, isFinal });
  }

  #timedOut(timeoutMs: number): RunnerError {
    const name = JSON.stringify(this.name);
    return new RunnerError(`Cannot run ${name}: it did not end within ${String(timeoutMs)} ms`, {
      code: 'ERR_RUNNER_TIMED_OUT',
      op: 'runner.task',
      task: this.name,
    });
  }
}
