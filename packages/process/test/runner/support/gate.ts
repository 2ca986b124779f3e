import type { RunEvent } from '../../../src/runner/run-event.ts';
import type { RunAllResult } from '../../../src/runner/run-result.ts';
import type { RunSpec, TaskContext } from '../../../src/runner/run-spec.ts';

/** A task that runs until the test lets it end. */
export interface Gate {
  readonly spec: RunSpec;
  /** Resolves when it runs, with what it was handed. */
  readonly running: Promise<TaskContext>;
  readonly isRunning: () => boolean;
  readonly pass: () => void;
  readonly fail: (error: unknown) => void;
}

/** A task of this name under the control of the test. */
export function gate(name: string, more: Partial<RunSpec> = {}): Gate {
  let started = false;
  let begin: (context: TaskContext) => void = () => undefined;
  let pass: () => void = () => undefined;
  let fail: (error: unknown) => void = () => undefined;
  const running = new Promise<TaskContext>((resolve) => (begin = resolve));
  const over = new Promise<void>((resolve, reject) => ([pass, fail] = [resolve, reject]));
  const task = (context: TaskContext): Promise<void> => {
    started = true;
    begin(context);
    return over;
  };
  over.catch(() => undefined);
  return {
    spec: { name, task, ...more },
    running,
    isRunning: () => started,
    pass: () => {
      pass();
    },
    fail: (error) => {
      fail(error);
    },
  };
}

/** A task that is over at once. */
export function quick(name: string, more: Partial<RunSpec> = {}): RunSpec {
  return { name, task: () => undefined, ...more };
}

/** A task that fails at once. */
export function broken(name: string, more: Partial<RunSpec> = {}): RunSpec {
  const task = (): never => {
    throw new Error(`${name} is broken`);
  };
  return { name, task, ...more };
}

/** What became of each task, in the order of the specs. */
export function statuses({ results }: RunAllResult): Record<string, string> {
  return Object.fromEntries(results.map(({ name, status }) => [name, status]));
}

/** Events as they came, and their end. */
export interface Recording {
  readonly events: RunEvent[];
  readonly hear: (event: RunEvent) => void;
  /** `type name` of each, without output. */
  readonly story: () => string[];
  /** The result that the last event carries. */
  readonly result: () => RunAllResult;
}

/** A listener that keeps what it hears. */
export function recording(): Recording {
  const events: RunEvent[] = [];
  return {
    events,
    hear: (event) => {
      events.push(event);
    },
    story: () =>
      events
        .filter(({ type }) => type !== 'output')
        .map((event) => `${event.type}${'name' in event ? ` ${event.name}` : ''}`),
    result: () => {
      const last = events.at(-1);
      if (last?.type !== 'ended') throw new Error(`the last event is ${String(last?.type)}`);
      return last.result;
    },
  };
}

/** The error that a promise rejects with. */
export async function failure(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('expected a rejection');
}
