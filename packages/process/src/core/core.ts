import { checkNumber, checkSignal, describe } from '../check.ts';
import type { Logger } from '../logger.ts';
import { type ActionHandler, Actions } from './actions.ts';
import { checkFunction, checkMessage, checkName } from './check.ts';
import { closed, Lifecycle } from './lifecycle.ts';
import type { AnswerOf, Message, MessageOf, QueryOf, ResultOf, TaskOf } from './message.ts';
import { MessageStream } from './message-stream.ts';
import type { ProcessMessage } from './process-messages.ts';
import { Queries, type QueryContext, type QueryHandler } from './queries.ts';
import { type ServiceClass, Services } from './services.ts';
import type { SubscribeOptions, Subscription } from './subscription.ts';
import type { TaskMessage } from './task-messages.ts';
import { type TaskContext, type TaskHandler, Tasks } from './tasks.ts';

/** The messages that this package itself sends. */
export type CoreMessage = ProcessMessage | TaskMessage;

/** What is broadcast over a bus: the messages of this package, and those among `M` that ask for nothing. */
export type ActionOf<M extends Message> = CoreMessage | Exclude<M, QueryOf<M> | TaskOf<M>>;

/** What a bus is made from. */
export interface CoreOptions<M extends Message = never> {
  /** Services by name, or functions that make them for this bus; registered in this order. */
  readonly services?: Readonly<Record<string, object | ((core: Core<M>) => object)>>;
  /** `true`: no service can be registered later. */
  readonly lock?: boolean;
  /** Is told what handlers of {@link Core.broadcast} throw; nobody is unless it is given. */
  readonly logger?: Logger;
}

/** How long something may take. */
export interface BusCallOptions {
  readonly signal?: AbortSignal | undefined;
}

/** Which messages are wanted, and how many may wait. */
export interface MessagesOptions<Type extends string = string> {
  /** Only those of this type. */
  readonly type?: Type | undefined;
  /** Ends the iteration with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** So many messages may wait to be read; 100,000 unless it is given. */
  readonly limit?: number | undefined;
}

const LIMIT = 100_000;

/**
 * A typed message bus, and the services that live on it.
 *
 * `M` is the union of a program's own messages beside those of this package ({@link CoreMessage}). A message is a plain
 * object with a `type`; one that extends {@link Query} is answered, one that extends {@link Task} is performed, any
 * other is broadcast. Handlers are called in the order of their registration.
 *
 * @example
 * ```ts
 * import { Core, type Query, type Task } from '@core/process/core';
 *
 * interface OrderPlaced { readonly type: 'OrderPlaced'; readonly id: string; readonly cents: number }
 * interface FindTotal extends Query<number> { readonly type: 'FindTotal' }
 * interface SendMail extends Task<string> { readonly type: 'SendMail'; readonly to: string }
 *
 * await using core = new Core<OrderPlaced | FindTotal | SendMail>();
 * let total = 0;
 * core.registerAction('OrderPlaced', ({ cents }) => (total += cents));
 * core.registerQuery('FindTotal', () => total);
 * core.registerTask('SendMail', async ({ to }) => `sent to ${to}`);
 *
 * await core.action({ type: 'OrderPlaced', id: 'a1', cents: 4200 });
 * assert.equal(await core.query({ type: 'FindTotal' }), 4200);
 * assert.equal(await core.perform({ type: 'SendMail', to: 'ada' }), 'sent to ada');
 * ```
 */
export class Core<M extends Message = never> implements AsyncDisposable {
  readonly #actions: Actions;
  readonly #queries = new Queries();
  readonly #tasks: Tasks;
  readonly #services = new Services();
  readonly #lifecycle = new Lifecycle();
  readonly #streams = new Set<{ end(): void }>();

  /** @throws `TypeError` for a wrong option; what a function of `services` throws. */
  constructor({ services = {}, lock = false, logger }: CoreOptions<M> = {}) {
    if (typeof lock !== 'boolean') throw new TypeError(`lock must be true or false, not ${describe(lock)}`);
    this.#actions = new Actions(logger);
    this.#tasks = new Tasks((message) => {
      this.#actions.broadcast(message);
    });
    for (const [name, service] of Object.entries(services)) {
      this.registerService(name, typeof service === 'function' ? (service as (core: this) => object)(this) : service);
    }
    if (lock) this.#services.lock();
  }

  /**
   * Registers a service, an object that may have `onStartup` and `onShutdown`. One that is registered after `startup()`
   * is started by the next `startup()`.
   *
   * @throws `TypeError` for an empty name and for what is no service; `ERR_CORE_SERVICE_EXISTS`; `ERR_CORE_LOCKED`;
   * `ERR_CORE_CLOSED` after a shutdown.
   */
  registerService(name: string, service: object): void {
    if (this.#lifecycle.isClosed) throw closed(`register the service ${JSON.stringify(name)}`, 'core.registerService');
    this.#lifecycle.add(this.#services.register(name, service));
  }

  /** The service of this name, or `undefined`. */
  service(name: string): object | undefined {
    return this.#services.get(name);
  }

  /** The service of this name, which is of this class. Throws `ERR_CORE_SERVICE_NOT_FOUND` or `ERR_CORE_SERVICE_WRONG_CLASS`. */
  serviceFor<S>(name: string, Class: ServiceClass<S>): S {
    return this.#services.of(name, Class);
  }

  /** Has the handler called for every message of this type, from the next one on. */
  registerAction<Type extends ActionOf<M>['type']>(
    type: Type,
    handler: ActionHandler<MessageOf<ActionOf<M>, Type>>,
    options?: SubscribeOptions,
  ): Subscription;
  /** Has the handler called for every message, from the next one on. */
  registerAction(handler: ActionHandler<ActionOf<M>>, options?: SubscribeOptions): Subscription;
  registerAction(...given: unknown[]): Subscription {
    const { type, handler, signal } = registering(given);
    return this.#actions.handlers.add(type, handler, signal);
  }

  /**
   * Calls every handler of the message before it returns; resolves when those that return a promise are done. One that
   * fails does not keep the others from the message. An abort ends only the waiting.
   *
   * @throws `ERR_CORE_HANDLERS_FAILED`, whose `errors` are what the handlers threw.
   */
  async action(message: ActionOf<M>, { signal }: BusCallOptions = {}): Promise<void> {
    checkMessage('message', message);
    checkSignal(signal);
    await this.#actions.deliver(message, signal);
  }

  /**
   * `action()` for those who do not wait: calls every handler and returns. What handlers throw goes to the bus's logger
   * and to nobody else.
   */
  broadcast(message: ActionOf<M>): void {
    checkMessage('message', message);
    this.#actions.broadcast(message);
  }

  /** Whether anybody hears messages of this type. */
  hears(type: ActionOf<M>['type']): boolean {
    return this.#actions.handlers.of(type).length > 0;
  }

  /** Has the handler answer every query of this type, where none before it does. */
  registerQuery<Type extends QueryOf<M>['type']>(
    type: Type,
    handler: QueryHandler<MessageOf<QueryOf<M>, Type>>,
    options?: SubscribeOptions,
  ): Subscription;
  /** Has the handler answer every query for which it does not return `undefined`. */
  registerQuery(
    handler: (query: QueryOf<M>, context: QueryContext) => unknown,
    options?: SubscribeOptions,
  ): Subscription;
  registerQuery(...given: unknown[]): Subscription {
    const { type, handler, signal } = registering(given);
    return this.#queries.handlers.add(type, handler, signal);
  }

  /**
   * The answer of the first handler that has one (that is not `undefined`); `undefined` where none has. Handlers are
   * asked one after the other; the failure of one is the failure of the query.
   */
  async query<Type extends QueryOf<M>['type']>(
    query: MessageOf<QueryOf<M>, Type> & { readonly type: Type },
    { signal }: BusCallOptions = {},
  ): Promise<AnswerOf<MessageOf<QueryOf<M>, Type>> | undefined> {
    checkMessage('query', query);
    checkSignal(signal);
    return (await this.#queries.first(query, signal)) as AnswerOf<MessageOf<QueryOf<M>, Type>> | undefined;
  }

  /**
   * The answers of all handlers, in the order of their registration; all are asked at once.
   *
   * @throws `ERR_CORE_HANDLERS_FAILED` once all are done, with `errors` and the `answers` of the others.
   */
  async queryAll<Type extends QueryOf<M>['type']>(
    query: MessageOf<QueryOf<M>, Type> & { readonly type: Type },
    { signal }: BusCallOptions = {},
  ): Promise<AnswerOf<MessageOf<QueryOf<M>, Type>>[]> {
    checkMessage('query', query);
    checkSignal(signal);
    return (await this.#queries.all(query, signal)) as AnswerOf<MessageOf<QueryOf<M>, Type>>[];
  }

  /** Has the handler perform every task of this type, where none before it does. */
  registerTask<Type extends TaskOf<M>['type']>(
    type: Type,
    handler: TaskHandler<MessageOf<TaskOf<M>, Type>>,
    options?: SubscribeOptions,
  ): Subscription;
  /** Has the handler perform every task for which it does not return `undefined`. */
  registerTask(handler: (task: TaskOf<M>, context: TaskContext) => unknown, options?: SubscribeOptions): Subscription;
  registerTask(...given: unknown[]): Subscription {
    const { type, handler, signal } = registering(given);
    return this.#tasks.handlers.add(type, handler, signal);
  }

  /**
   * Has the first handler that takes it perform the task; its result, or what it threw.
   *
   * @throws `ERR_CORE_NOT_HANDLED` where nobody takes it.
   */
  async perform<Type extends TaskOf<M>['type']>(
    task: MessageOf<TaskOf<M>, Type> & { readonly type: Type },
    { signal }: BusCallOptions = {},
  ): Promise<ResultOf<MessageOf<TaskOf<M>, Type>>> {
    checkMessage('task', task);
    checkSignal(signal);
    return (await this.#tasks.perform(task, signal)) as ResultOf<MessageOf<TaskOf<M>, Type>>;
  }

  /**
   * `perform()` for those who do not wait: returns the task's id (`task-1`, `task-2`, …), and broadcasts
   * `ActionTaskStarted`, `ActionTaskProgress` as often as its handler tells, and one `ActionTaskCompleted` with its
   * result or its error, all after it has returned. A shutdown aborts it.
   *
   * @throws `ERR_CORE_CLOSED` after a shutdown; the reason of a signal that is aborted already.
   */
  performAsync(task: TaskOf<M>, { signal }: BusCallOptions = {}): string {
    checkMessage('task', task);
    checkSignal(signal);
    if (this.#lifecycle.isClosed) throw closed(`perform ${JSON.stringify(task.type)}`, 'core.performAsync');
    return this.#tasks.performAsync(task, signal);
  }

  /**
   * The messages from now on, until a shutdown. Leaving the loop lets go of them. A reader that is more than `limit`
   * messages behind gets those, and then `ERR_CORE_MESSAGES_OVERFLOW`.
   */
  messages<Type extends ActionOf<M>['type']>(
    options: MessagesOptions<Type> = {},
  ): AsyncIterableIterator<MessageOf<ActionOf<M>, Type>, undefined> {
    const { type, signal, limit = LIMIT } = options;
    if (type !== undefined) checkName('type', type);
    checkSignal(signal);
    checkNumber('limit', limit, 1, Number.MAX_SAFE_INTEGER);
    signal?.throwIfAborted();
    const onClose = (): void => {
      subscription.close();
      this.#streams.delete(stream);
    };
    const stream = new MessageStream<MessageOf<ActionOf<M>, Type>>({ limit, signal, onClose });
    const hear = (message: Message): void => {
      stream.push(message as MessageOf<ActionOf<M>, Type>);
    };
    const subscription = this.#actions.handlers.add(type, hear, undefined);
    this.#streams.add(stream);
    if (this.#lifecycle.isClosed) stream.end();
    return stream;
  }

  /**
   * Calls `onStartup` of the services in the order of their registration, each when the one before it is up. A second
   * call starts those that were registered since. Where one fails, or the signal is aborted, those that this call has
   * started are shut down in reverse, and no later call starts anything.
   *
   * @throws `ERR_CORE_STARTUP_FAILED` with the service's error as `cause`; `ERR_CORE_CLOSED` after a shutdown.
   */
  async startup({ signal }: BusCallOptions = {}): Promise<void> {
    checkSignal(signal);
    signal?.throwIfAborted();
    await this.#lifecycle.startup(signal);
  }

  /**
   * Aborts the tasks of `performAsync`, calls `onShutdown` of the services in reverse, of all of them even where one
   * fails (except one that could not be started), and ends every `messages()`. The second time does nothing more.
   *
   * @throws `ERR_CORE_SHUTDOWN_FAILED`, whose `errors` are what the services threw, each time.
   */
  async shutdown(): Promise<void> {
    const stopping = this.#lifecycle.shutdown(() => this.#tasks.abort(closed('go on with the task', 'core.perform')));
    try {
      await stopping;
    } finally {
      for (const stream of this.#streams) stream.end();
    }
  }

  /** `shutdown()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }
}

/** What a call of `register…` names: the handler may stand first. */
function registering(given: readonly unknown[]): {
  type: string | undefined;
  handler: (...given: unknown[]) => unknown;
  signal: AbortSignal | undefined;
} {
  const isForAll = typeof given[0] === 'function';
  const [type, handler, options] = isForAll ? [undefined, ...given] : given;
  if (!isForAll) checkName('type', type);
  checkFunction('handler', handler);
  return {
    type: type as string | undefined,
    handler: handler as (...given: unknown[]) => unknown,
    signal: (options as SubscribeOptions | undefined)?.signal,
  };
}
