import { onAbort } from '@core/io';

import { CoreBusError, reasonOf, reasonsOf } from './core-bus-error.ts';
import type { Registered } from './services.ts';

/** Where a service stands: `failed` could not be started, and so is not shut down. */
type State = 'registered' | 'started' | 'failed' | 'stopped';

interface Member extends Registered {
  state: State;
}

/** Starts services in the order of their registration, and shuts them down in reverse, each once. */
export class Lifecycle {
  readonly #members: Member[] = [];
  #startup: Promise<void> = Promise.resolve();
  #starting: AbortController | undefined;
  #shutdown: Promise<void> | undefined;

  /** Whether it is shut down, or about to be. */
  get isClosed(): boolean {
    return this.#shutdown !== undefined;
  }

  add(registered: Registered): void {
    this.#members.push({ ...registered, state: 'registered' });
  }

  /** Starts those that are not started; one call after the other. */
  startup(signal: AbortSignal | undefined): Promise<void> {
    if (this.isClosed) return Promise.reject(closed('start the services', 'core.startup'));
    this.#startup = this.#startup.then(() => this.#startAll(signal));
    return this.#startup;
  }

  /** Waits for a startup that is under way, after telling it to give up; `first` comes before the services. */
  shutdown(first: () => Promise<void>): Promise<void> {
    this.#shutdown ??= this.#stopAll(first);
    return this.#shutdown;
  }

  async #startAll(signal: AbortSignal | undefined): Promise<void> {
    const controller = new AbortController();
    const abort = (): void => {
      controller.abort(signal?.reason);
    };
    const forget = onAbort(signal, abort);
    if (signal?.aborted === true) abort();
    if (this.isClosed) controller.abort(closed('start the services', 'core.startup'));
    this.#starting = controller;
    const started: Member[] = [];
    try {
      // services that a service registers while it starts are started too
      for (const member of this.#members) await this.#start(member, started, controller.signal);
    } finally {
      this.#starting = undefined;
      forget();
    }
  }

  async #start(member: Member, started: Member[], signal: AbortSignal): Promise<void> {
    if (member.state !== 'registered') return;
    const { name, service } = member;
    try {
      signal.throwIfAborted();
      member.state = 'failed'; // until it has succeeded
      await service.onStartup?.({ signal });
      member.state = 'started';
      started.push(member);
      signal.throwIfAborted();
    } catch (error) {
      const errors = await this.#stop(started);
      if (signal.aborted) throw signal.reason;
      throw new CoreBusError(`Cannot start the service ${JSON.stringify(name)}: ${reasonOf(error)}`, {
        ...{ code: 'ERR_CORE_STARTUP_FAILED', op: 'core.startup', service: name, cause: error },
        ...(errors.length === 0 ? {} : { errors }),
      });
    }
  }

  async #stopAll(first: () => Promise<void>): Promise<void> {
    this.#starting?.abort(closed('start the services', 'core.startup'));
    await this.#startup.catch(() => undefined); // told to whoever asked for it
    await first();
    const errors = await this.#stop(this.#members);
    if (errors.length === 0) return;
    const many = errors.length === 1 ? 'service' : 'services';
    throw new CoreBusError(`Cannot shut down ${String(errors.length)} ${many}: ${reasonsOf(errors)}`, {
      ...{ code: 'ERR_CORE_SHUTDOWN_FAILED', op: 'core.shutdown', errors, cause: errors[0] },
    });
  }

  /** Stops these in reverse; what they threw. */
  async #stop(members: readonly Member[]): Promise<unknown[]> {
    const errors: unknown[] = [];
    for (const member of [...members].reverse()) {
      if (member.state === 'failed' || member.state === 'stopped') continue;
      member.state = 'stopped';
      try {
        await member.service.onShutdown?.();
      } catch (error) {
        errors.push(error);
      }
    }
    return errors;
  }
}

/** Nothing can be begun any more. */
export function closed(what: string, op: string): CoreBusError {
  return new CoreBusError(`Cannot ${what}: the bus is shut down`, { code: 'ERR_CORE_CLOSED', op });
}
