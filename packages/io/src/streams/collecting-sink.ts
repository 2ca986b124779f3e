import type { Awaitable, DriverSink } from '../driver.ts';

/** Collects a content that its medium can only write whole. */
export class CollectingSink implements DriverSink {
  readonly #write: (bytes: Uint8Array) => Awaitable<void>;
  #parts: Uint8Array[] = [];

  constructor(write: (bytes: Uint8Array) => Awaitable<void>) {
    this.#write = write;
  }

  write(bytes: Uint8Array): void {
    this.#parts.push(new Uint8Array(bytes));
  }

  commit(): Awaitable<void> {
    return this.#write(Buffer.concat(this.#parts));
  }

  abort(): void {
    this.#parts = [];
  }
}
