import { type Medium, onAbort } from '@core/io';

import { isMissing } from '../state/state-error.ts';
import type { LogChain } from './log-chain.ts';

/** What can happen to a log that is followed. */
export interface LogEventsOptions {
  readonly medium: Medium;
  readonly chain: LogChain;
  /** When nothing more is written. */
  readonly ended: Promise<unknown>;
  readonly signal?: AbortSignal | undefined;
}

/** Tells when there may be more in a log. It hears from the moment that it is made on. */
export class LogEvents implements AsyncDisposable {
  readonly #signal: AbortSignal | undefined;
  readonly #controller = new AbortController();
  readonly #forget: () => void;
  readonly #hearing: Promise<void>;
  #isEnded = false;
  #isNews = false;
  #failure: { readonly error: unknown } | undefined;
  #wake: () => void = () => undefined;

  constructor({ medium, chain, ended, signal }: LogEventsOptions) {
    this.#signal = signal;
    this.#forget = onAbort(signal, () => {
      this.#wake();
    });
    const end = (): void => {
      this.#isEnded = true;
      this.#tell();
    };
    void ended.then(end, end);
    this.#hearing = this.#hear(medium, chain);
  }

  /** Whether nothing more is written. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Waits until something has happened since the last time; rejects with the reason of the signal. */
  async next(): Promise<void> {
    for (;;) {
      this.#signal?.throwIfAborted();
      if (this.#failure !== undefined) throw this.#failure.error;
      if (this.#isNews) break;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    this.#isNews = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#forget();
    this.#controller.abort();
    await this.#hearing;
  }

  async #hear(medium: Medium, chain: LogChain): Promise<void> {
    const { signal } = this.#controller;
    try {
      for await (const { path } of medium.watch(chain.dir, { signal })) if (chain.isPiece(path)) this.#tell();
    } catch (error) {
      if (signal.aborted) return;
      // where the directory is gone, nothing comes any more
      if (isMissing(error)) this.#isEnded = true;
      else this.#failure = { error };
      this.#tell();
    }
  }

  #tell(): void {
    this.#isNews = true;
    this.#wake();
  }
}
