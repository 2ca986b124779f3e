import { onAbort } from '../abort.ts';
import type { WatchEvent } from '../medium.ts';

type Listener = (event: WatchEvent) => void;

/** Tells everybody who listens what has changed. */
export class EventHub {
  readonly #listeners = new Set<Listener>();

  /** Whether it is worth while to make an event. */
  get isHeard(): boolean {
    return this.#listeners.size > 0;
  }

  emit(event: WatchEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  /** What is emitted from the first `next()` on; nothing is lost between two. Rejects with the reason of the signal. */
  async *listen(signal: AbortSignal | undefined): AsyncGenerator<WatchEvent> {
    const waiting: WatchEvent[] = [];
    let wake: (() => void) | undefined;
    const listener: Listener = (event) => {
      waiting.push(event);
      wake?.();
    };
    const forget = onAbort(signal, () => wake?.());
    this.#listeners.add(listener);
    try {
      for (;;) {
        signal?.throwIfAborted();
        const event = waiting.shift();
        if (event !== undefined) yield event;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      this.#listeners.delete(listener);
      forget();
    }
  }
}
