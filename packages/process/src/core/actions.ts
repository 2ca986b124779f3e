import { unlessAborted } from '@core/io';

import type { Logger } from '../logger.ts';
import { CoreBusError, reasonsOf } from './core-bus-error.ts';
import { HandlerTable } from './handler-table.ts';
import type { Message } from './message.ts';

/** Hears a message; what it returns is waited for where it is a promise, and otherwise ignored. */
export type ActionHandler<M> = {
  // a method, so that a bus of more messages can be taken for one of fewer
  handle(message: M): unknown;
}['handle'];

/** The broadcasts of a bus. */
export class Actions {
  readonly handlers: HandlerTable<ActionHandler<Message>> = new HandlerTable<ActionHandler<Message>>();
  readonly #logger: Logger | undefined;

  constructor(logger: Logger | undefined) {
    this.#logger = logger;
  }

  /** Calls every handler in this turn; what they throw goes to the logger and to nobody else. */
  broadcast(message: Message): void {
    for (const registration of this.handlers.of(message.type)) {
      if (!registration.isOpen) continue;
      try {
        const returned = registration.handle(message);
        if (isThenable(returned)) this.#reportRejection(message.type, returned);
      } catch (error) {
        this.#report(message.type, error);
      }
    }
  }

  /** Calls every handler in this turn; rejects, once all are done, with what they threw. */
  async deliver(message: Message, signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    const { type } = message;
    const attempts: Promise<unknown>[] = [];
    for (const registration of this.handlers.of(type)) {
      if (registration.isOpen) attempts.push(attempt(() => registration.handle(message)));
    }
    const errors = errorsOf(await unlessAborted(Promise.allSettled(attempts), signal));
    if (errors.length === 0) return;
    const counts = `${String(errors.length)} of ${String(attempts.length)} handlers failed`;
    throw new CoreBusError(`Cannot deliver ${JSON.stringify(type)} to all: ${counts}: ${reasonsOf(errors)}`, {
      ...{ code: 'ERR_CORE_HANDLERS_FAILED', op: 'core.action', type, errors, cause: errors[0] },
    });
  }

  #reportRejection(type: string, returned: PromiseLike<unknown>): void {
    returned.then(undefined, (error: unknown) => {
      this.#report(type, error);
    });
  }

  #report(type: string, error: unknown): void {
    try {
      this.#logger?.error(`A handler of ${JSON.stringify(type)} failed`, { type, error });
    } catch {
      // a logger that fails must not keep the others from the message
    }
  }
}

/** A call whose failure is a rejection, also where it throws. */
export function attempt(call: () => unknown): Promise<unknown> {
  return new Promise((resolve) => {
    resolve(call());
  });
}

/** What went wrong among attempts, in their order. */
export function errorsOf(outcomes: readonly PromiseSettledResult<unknown>[]): unknown[] {
  return outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
