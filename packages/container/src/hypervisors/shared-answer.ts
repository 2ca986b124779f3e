import { unlessAborted } from '@core/io';

interface Search<T> {
  readonly answer: Promise<T>;
  readonly controller: AbortController;
  waiting: number;
}

/**
 * An answer that is looked for once in this program, however many ask. The search goes on as long as one of them waits,
 * and one that failed, was given up, or came to an answer that is not to be kept, is begun anew by whoever asks next.
 */
export class SharedAnswer<T> {
  readonly #searches = new Map<string, Search<T>>();
  readonly #isKept: (answer: T) => boolean;

  constructor(isKept: (answer: T) => boolean = () => true) {
    this.#isKept = isKept;
  }

  async get(key: string, find: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    const search = this.#searches.get(key) ?? this.#begin(key, find);
    search.waiting += 1;
    try {
      return await unlessAborted(search.answer, signal);
    } finally {
      search.waiting -= 1;
      if (signal?.aborted === true && search.waiting === 0) await this.#giveUp(key, search);
    }
  }

  #begin(key: string, find: (signal: AbortSignal) => Promise<T>): Search<T> {
    const controller = new AbortController();
    const search: Search<T> = { answer: find(controller.signal), controller, waiting: 0 };
    this.#searches.set(key, search);
    const forget = (): void => {
      this.#forget(key, search);
    };
    search.answer.then((answer) => {
      if (!this.#isKept(answer)) forget();
    }, forget);
    return search;
  }

  /** Nothing of it is left when this resolves. */
  async #giveUp(key: string, search: Search<T>): Promise<void> {
    this.#forget(key, search);
    search.controller.abort();
    await search.answer.catch(() => undefined);
  }

  #forget(key: string, search: Search<T>): void {
    if (this.#searches.get(key) === search) this.#searches.delete(key);
  }
}
