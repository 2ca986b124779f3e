import type { Readable } from 'node:stream';

/** What an {@link IdleClock} is made from. */
export interface IdleClockOptions {
  readonly idleTimeoutMs: number;
  /** What the process says; they must be read by somebody. */
  readonly streams: readonly Readable[];
  /** Called once. */
  readonly onIdle: () => void;
}

/**
 * Notices that a process has said nothing for so long. A chunk costs a look at the time: the timer is set anew only when
 * it has run down. A process that is not let speak, because nobody reads what it said, is not idle.
 */
export class IdleClock {
  readonly #options: IdleClockOptions;
  #heardAt = performance.now();
  #timer: NodeJS.Timeout | undefined;
  #immediate: NodeJS.Immediate | undefined;

  constructor(options: IdleClockOptions) {
    this.#options = options;
    const hear = (): void => {
      this.#heardAt = performance.now();
    };
    for (const stream of options.streams) stream.on('data', hear).on('resume', hear);
    this.#wait(options.idleTimeoutMs);
  }

  /** Lets this program end while it runs. */
  unref(): void {
    this.#timer?.unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#immediate);
  }

  #wait(ms: number): void {
    const hadRef = this.#timer?.hasRef() ?? true;
    this.#timer = setTimeout(() => {
      // where the event loop was held up, what the process said has still to be read: that comes first
      this.#immediate = setImmediate(() => {
        this.#look();
      });
    }, Math.ceil(ms));
    if (!hadRef) this.#timer.unref();
  }

  #look(): void {
    const { idleTimeoutMs, streams, onIdle } = this.#options;
    if (streams.some((stream) => stream.isPaused())) this.#heardAt = performance.now();
    const left = this.#heardAt + idleTimeoutMs - performance.now();
    if (left > 0) this.#wait(left);
    else onIdle();
  }
}
