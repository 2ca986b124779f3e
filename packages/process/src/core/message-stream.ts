import { onAbort } from '@core/io';

import { CoreBusError } from './core-bus-error.ts';

/** What a {@link MessageStream} is made from. */
export interface MessageStreamOptions {
  /** So many messages may wait to be read. */
  readonly limit: number;
  /** Ends the iteration with its reason, whatever was still to be read. */
  readonly signal: AbortSignal | undefined;
  /** Called once, when nothing more is added. */
  readonly onClose: () => void;
}

interface Waiting<M> {
  readonly resolve: (result: IteratorResult<M, undefined>) => void;
  readonly reject: (reason: unknown) => void;
}

const OVER: IteratorResult<never, undefined> = { done: true, value: undefined };

/** Messages as an async iterator. Nobody can be made to wait for who reads it, so one that falls behind ends with an error. */
export class MessageStream<M> implements AsyncIterableIterator<M, undefined> {
  readonly #limit: number;
  readonly #onClose: () => void;
  readonly #stopListening: () => void;
  readonly #waiting: Waiting<M>[] = [];
  /** What is being read, from `#at` on, and what has come since. */
  #reading: M[] = [];
  #at = 0;
  #writing: M[] = [];
  #isClosed = false;
  #failure: { readonly reason: unknown } | undefined;

  constructor({ limit, signal, onClose }: MessageStreamOptions) {
    this.#limit = limit;
    this.#onClose = onClose;
    this.#stopListening = onAbort(signal, () => {
      this.#drop();
      this.#close({ reason: signal?.reason });
    });
  }

  push(message: M): void {
    if (this.#isClosed) return;
    const waiting = this.#waiting.shift();
    if (waiting !== undefined) {
      waiting.resolve({ done: false, value: message });
      return;
    }
    if (this.#writing.length + this.#reading.length - this.#at < this.#limit) this.#writing.push(message);
    else this.#close({ reason: this.#overflow() });
  }

  /** There is no more: what waits is still read. */
  end(): void {
    this.#close(undefined);
  }

  next(): Promise<IteratorResult<M, undefined>> {
    if (this.#at === this.#reading.length) {
      this.#reading = this.#writing;
      this.#writing = [];
      this.#at = 0;
    }
    if (this.#at < this.#reading.length) {
      const value = this.#reading[this.#at] as M;
      this.#at += 1;
      return Promise.resolve({ done: false, value });
    }
    if (!this.#isClosed) return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
    if (this.#failure === undefined) return Promise.resolve(OVER);
    const { reason } = this.#failure;
    this.#failure = undefined;
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the reason is the caller's own
    return Promise.reject(reason);
  }

  return(): Promise<IteratorResult<M, undefined>> {
    this.#drop();
    this.#failure = undefined;
    this.#close(undefined);
    return Promise.resolve(OVER);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #drop(): void {
    this.#reading = [];
    this.#writing = [];
    this.#at = 0;
  }

  #close(failure: { readonly reason: unknown } | undefined): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stopListening();
    this.#onClose();
    const [first, ...others] = this.#waiting.splice(0);
    if (failure !== undefined && first !== undefined) first.reject(failure.reason);
    else {
      this.#failure = failure;
      first?.resolve(OVER);
    }
    for (const { resolve } of others) resolve(OVER);
  }

  #overflow(): CoreBusError {
    const why = `more than ${String(this.#limit)} waited to be read`;
    return new CoreBusError(`Cannot give all messages: ${why}`, {
      ...{ code: 'ERR_CORE_MESSAGES_OVERFLOW', op: 'core.messages' },
      hint: 'Read faster, ask for one type, or raise `limit`. For the output of a process, `lines()` slows the process down.',
    });
  }
}
