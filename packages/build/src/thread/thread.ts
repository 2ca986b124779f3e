import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

import { type CancelOptions, onAbort } from '@core/io';

import { THREAD_MAIN } from './thread-main.ts';

/** Work that a thread can do: code that is there as text, so that it runs from sources, packages and bundles alike. */
export interface Engine {
  /**
   * An asynchronous function in JavaScript. It gets the addresses of the modules and gives the function that answers
   * requests: `{ result, transfer }`, or an error where the request cannot be met.
   */
  readonly source: string;
  /** What it loads, by the name under which the source knows it: loaded in the thread alone, and only when it runs. */
  readonly modules: Readonly<Record<string, string>>;
}

/** The engine has said no: the data is damaged, or there is no memory left. */
export class EngineError extends Error {
  override readonly name: string = 'EngineError';
}

interface Waiting {
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

const { resolve } = createRequire(import.meta.url);

/** A thread that runs one engine; it answers one request at a time. It keeps the process alive only while it works. */
export class Thread implements AsyncDisposable {
  readonly #worker: Worker;
  readonly #forget: (() => void) | undefined;
  #waiting: Waiting | undefined;
  #failure: { readonly error: unknown } | undefined;

  /** Aborting the signal ends the thread in the middle of its work. */
  constructor({ source, modules }: Engine, { signal }: CancelOptions = {}) {
    const addresses = Object.entries(modules).map(([name, module]) => [name, pathToFileURL(resolve(module)).href]);
    this.#worker = new Worker(`const engine = ${source};\n${THREAD_MAIN}`, {
      eval: true,
      workerData: Object.fromEntries(addresses) as Record<string, string>,
      // neither the flags of the process nor its environment: they could change what the engine does
      execArgv: [],
      env: {},
      stdout: true,
      stderr: true,
    });
    this.#worker.unref();
    this.#worker.on('message', (answer: Answer) => {
      this.#take(answer);
    });
    this.#worker.on('error', (error) => {
      this.#fail(error);
    });
    this.#worker.on('exit', () => {
      this.#fail(new EngineError('its thread has ended'));
    });
    this.#forget = signal === undefined ? undefined : this.#heed(signal);
  }

  /** What the engine answers. What is in `transfer` is the thread's from now on. */
  ask<T>(request: object, transfer: readonly ArrayBuffer[] = []): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting = { resolve, reject };
      if (this.#failure !== undefined) this.#fail(this.#failure.error);
      else {
        this.#worker.ref();
        this.#worker.postMessage(request, [...transfer]);
      }
    });
  }

  /** Ends the thread, whatever it is doing. */
  async close(): Promise<void> {
    this.#forget?.();
    await this.#worker.terminate();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #heed(signal: AbortSignal): () => void {
    const stop = (): void => {
      this.#fail(signal.reason);
      void this.#worker.terminate();
    };
    if (signal.aborted) stop();
    return onAbort(signal, stop);
  }

  #take(answer: Answer): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    this.#worker.unref();
    if ('error' in answer) waiting?.reject(new EngineError(answer.error));
    else waiting?.resolve(answer.result);
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#waiting?.reject(this.#failure.error);
    this.#waiting = undefined;
  }
}

type Answer = { readonly error: string } | { readonly result: unknown };
