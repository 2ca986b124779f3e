import { onAbort } from './abort.ts';
import { ErrnoSignal } from './errno.ts';
import type { LockOptions } from './medium.ts';

/** What a timer can count, which is 24 days; whoever waits longer waits for ever. */
const MOST_TIMER_MS = 2 ** 31 - 1;

interface Waiter {
  readonly enter: () => void;
}

/** Mutual exclusion between the callers of one process, by key, first come first served. */
export class KeyedMutex {
  readonly #queues = new Map<string, Waiter[]>();

  /** Waits for its turn; the function that it resolves to lets the next one in (a second call does nothing). */
  async acquire(key: string, options: Pick<LockOptions, 'signal' | 'timeoutMs'> = {}): Promise<() => void> {
    const { signal, timeoutMs = Infinity } = options;
    signal?.throwIfAborted();
    const queue = this.#queues.get(key);
    if (queue === undefined) this.#queues.set(key, []);
    else await this.#turn(queue, signal, timeoutMs);
    let held = true;
    return () => {
      if (held) this.#next(key);
      held = false;
    };
  }

  /** Runs `work` alone among those of the same key. */
  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const release = await this.acquire(key);
    try {
      return await work();
    } finally {
      release();
    }
  }

  #turn(queue: Waiter[], signal: AbortSignal | undefined, timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer);
        forget();
      };
      const waiter: Waiter = {
        enter() {
          settle();
          resolve();
        },
      };
      const leave = (reason: unknown): void => {
        settle();
        const at = queue.indexOf(waiter);
        if (at >= 0) queue.splice(at, 1);
        // the caller's own reason passes through, whatever it is
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- as above
        reject(reason);
      };
      const late = (): void => {
        leave(new ErrnoSignal('ERR_LOCK_TIMEOUT'));
      };
      const timer = timeoutMs > MOST_TIMER_MS ? undefined : setTimeout(late, timeoutMs);
      const forget = onAbort(signal, () => {
        leave(signal?.reason);
      });
      queue.push(waiter);
    });
  }

  #next(key: string): void {
    const next = this.#queues.get(key)?.shift();
    if (next === undefined) this.#queues.delete(key);
    else next.enter();
  }
}
