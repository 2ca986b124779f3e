import { onAbort, unlessAborted } from '@core/io';

import { describe } from '../check.ts';
import { attempt } from './actions.ts';
import { CoreBusError } from './core-bus-error.ts';
import { HandlerTable } from './handler-table.ts';
import type { Message, ResultOf } from './message.ts';
import type { ActionTaskCompleted, TaskMessage } from './task-messages.ts';

/** What a handler is told beside the task, and how it tells how far it is. */
export interface TaskContext {
  /** Aborted when the task is no longer wanted, and when the bus shuts down. */
  readonly signal: AbortSignal;
  /** Sends `ActionTaskProgress` for a task of `performAsync`; `progress` is from 0 to 1. After the end it does nothing. */
  readonly progress: (progress: number, message?: string) => void;
}

/** Does a task of one type; what it returns, `undefined` included, is the result. */
export type TaskHandler<T extends Message> = (task: T, context: TaskContext) => ResultOf<T> | Promise<ResultOf<T>>;

type AnyHandler = (task: Message, context: TaskContext) => unknown;
type Tell = (message: TaskMessage) => void;

/** The work of a bus. */
export class Tasks {
  readonly handlers: HandlerTable<AnyHandler> = new HandlerTable<AnyHandler>();
  readonly #tell: Tell;
  readonly #running = new Map<AbortController, Promise<void>>();
  #count = 0;

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  /** The result of the first handler that takes the task. */
  async perform(task: Message, signal: AbortSignal = new AbortController().signal): Promise<unknown> {
    return this.#perform(task, { signal, progress: checkProgress });
  }

  /** Returns at once; everything that is told of the task is told after that. */
  performAsync(task: Message, signal: AbortSignal | undefined): string {
    signal?.throwIfAborted();
    this.#count += 1;
    const id = `task-${String(this.#count)}`;
    const controller = new AbortController();
    const forget = onAbort(signal, () => {
      controller.abort(signal?.reason);
    });
    const running = Promise.resolve()
      .then(() => this.#run(id, task, controller.signal))
      .finally(() => {
        forget();
        this.#running.delete(controller);
      });
    this.#running.set(controller, running);
    return id;
  }

  /** Aborts what `performAsync` has begun; resolves when all was told of it. */
  async abort(reason: unknown): Promise<void> {
    for (const controller of this.#running.keys()) controller.abort(reason);
    await Promise.all(this.#running.values());
  }

  async #run(id: string, task: Message, signal: AbortSignal): Promise<void> {
    const about = { id, task };
    this.#tell({ type: 'ActionTaskStarted', ...about });
    let completed: ActionTaskCompleted | undefined;
    const progress = (share: number, message?: string): void => {
      checkProgress(share);
      if (completed !== undefined) return;
      this.#tell({
        ...{ type: 'ActionTaskProgress', ...about, progress: share },
        ...(message === undefined ? {} : { message }),
      });
    };
    try {
      const result = await this.#perform(task, { signal, progress });
      completed = { type: 'ActionTaskCompleted', ...about, ...(result === undefined ? {} : { result }) };
    } catch (error) {
      completed = { type: 'ActionTaskCompleted', ...about, error };
    }
    this.#tell(completed);
  }

  async #perform(task: Message, context: TaskContext): Promise<unknown> {
    for (const registration of this.handlers.of(task.type)) {
      context.signal.throwIfAborted();
      if (!registration.isOpen) continue;
      const working = attempt(() => registration.handle(task, context));
      const result = await unlessAborted(working, context.signal);
      if (result !== undefined || registration.type !== undefined) return result;
    }
    context.signal.throwIfAborted();
    throw new CoreBusError(`Cannot perform ${JSON.stringify(task.type)}: no handler takes it`, {
      ...{ code: 'ERR_CORE_NOT_HANDLED', op: 'core.perform', type: task.type },
      hint: 'Register one with `registerTask`.',
    });
  }
}

function checkProgress(progress: number): void {
  if (typeof progress === 'number' && progress >= 0 && progress <= 1) return;
  throw new RangeError(`progress must be a number from 0 to 1, not ${describe(progress)}`);
}
