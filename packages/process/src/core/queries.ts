import { unlessAborted } from '@core/io';

import { attempt, errorsOf } from './actions.ts';
import { CoreBusError, reasonsOf } from './core-bus-error.ts';
import { HandlerTable } from './handler-table.ts';
import type { AnswerOf, Message } from './message.ts';

/** What a handler is told beside the query. */
export interface QueryContext {
  /** Aborted when whoever asked does not want to know any more. */
  readonly signal: AbortSignal;
}

/** Answers a query; `undefined` leaves it to the next, and every other value, `null` included, is an answer. */
export type QueryHandler<Q extends Message> = (
  query: Q,
  context: QueryContext,
) => AnswerOf<Q> | undefined | Promise<AnswerOf<Q> | undefined>;

type AnyHandler = (query: Message, context: QueryContext) => unknown;

/** The questions of a bus. */
export class Queries {
  readonly handlers: HandlerTable<AnyHandler> = new HandlerTable<AnyHandler>();

  /** Asks one handler after the other; the first answer, or the first failure, is the end of it. */
  async first(query: Message, signal: AbortSignal = new AbortController().signal): Promise<unknown> {
    for (const registration of this.handlers.of(query.type)) {
      signal.throwIfAborted();
      if (!registration.isOpen) continue;
      const asked = attempt(() => registration.handle(query, { signal }));
      const answer = await unlessAborted(asked, signal);
      if (answer !== undefined) return answer;
    }
    return undefined;
  }

  /** Asks all handlers at once; the answers in the order of their registration. */
  async all(query: Message, signal: AbortSignal = new AbortController().signal): Promise<unknown[]> {
    signal.throwIfAborted();
    const { type } = query;
    const asked: Promise<unknown>[] = [];
    for (const registration of this.handlers.of(type)) {
      if (registration.isOpen) asked.push(attempt(() => registration.handle(query, { signal })));
    }
    const outcomes = await unlessAborted(Promise.allSettled(asked), signal);
    const answers = outcomes.flatMap((outcome) => {
      return outcome.status === 'rejected' || outcome.value === undefined ? [] : [outcome.value];
    });
    const errors = errorsOf(outcomes);
    if (errors.length === 0) return answers;
    const counts = `${String(errors.length)} of ${String(asked.length)} handlers failed`;
    throw new CoreBusError(`Cannot ask ${JSON.stringify(type)} of all: ${counts}: ${reasonsOf(errors)}`, {
      ...{ code: 'ERR_CORE_HANDLERS_FAILED', op: 'core.queryAll', type, errors, answers, cause: errors[0] },
    });
  }
}
