import { closeSync, constants, openSync } from 'node:fs';

import type { DriverSink } from '../driver.ts';
import { writeInPool } from './calls.ts';
import type { Place } from './sandbox/sandbox.ts';

/** What is written to a device goes into it: a rename would put a file in its place. */
export class DeviceSink implements DriverSink {
  readonly #fd: number;
  readonly #place: Place;
  #busy: Promise<void> = Promise.resolve();

  /** The place is closed with the sink. */
  constructor(place: Place) {
    this.#fd = openSync(place.path, constants.O_WRONLY | ((constants.O_NOCTTY as number | undefined) ?? 0));
    this.#place = place;
  }

  write(bytes: Uint8Array): Promise<void> {
    const writing = this.#writeAll(bytes);
    this.#busy = writing;
    return writing;
  }

  commit(): void {
    this.#place.close();
    closeSync(this.#fd);
  }

  async abort(): Promise<void> {
    await Promise.allSettled([this.#busy]);
    this.commit();
  }

  async #writeAll(buffer: Uint8Array): Promise<void> {
    for (let offset = 0; offset < buffer.length;) {
      offset += await writeInPool(this.#fd, { buffer, offset, length: buffer.length - offset });
    }
  }
}
