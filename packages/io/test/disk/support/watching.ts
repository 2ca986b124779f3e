import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Medium, WatchEvent } from '@core/io';

/** What a watch tells, written down as `create d/f`. */
export class Watching {
  readonly #folder: string;
  readonly #path: string;
  readonly #controller = new AbortController();
  readonly #told: string[] = [];
  readonly #end: Promise<unknown>;
  #rounds = 0;
  #wake: (told: string) => void = () => undefined;

  /** Watches `path`, which on the disk is `folder`. The watch is in place when this returns. */
  constructor(medium: Medium, path: string, folder: string) {
    this.#folder = folder;
    this.#path = path;
    this.#end = this.#listen(medium.watch(path, { signal: this.#controller.signal })).catch((error: unknown) => error);
  }

  /** Everything that was told since the last time: a file of our own comes last. */
  async told(): Promise<string[]> {
    this.#rounds += 1;
    const name = `last-${String(this.#rounds)}`;
    writeFileSync(join(this.#folder, name), '');
    const last = `create ${this.#path === '' ? '' : `${this.#path}/`}${name}`;
    await this.until(last);
    const at = this.#told.indexOf(last);
    const told = this.#told.splice(0, at + 1).slice(0, -1);
    rmSync(join(this.#folder, name));
    return told.filter((event) => !event.includes('last-'));
  }

  /** Waits until that was told. */
  async until(event: string): Promise<void> {
    if (this.#told.includes(event)) return;
    await new Promise<void>((resolve) => {
      this.#wake = (told) => {
        if (told === event) resolve();
      };
    });
  }

  /** Ends it: what it ended with. */
  stop(reason?: Error): Promise<unknown> {
    this.#controller.abort(reason);
    return this.#end;
  }

  async #listen(events: AsyncIterable<WatchEvent>): Promise<void> {
    for await (const { type, path } of events) {
      const told = `${type} ${path}`;
      this.#told.push(told);
      this.#wake(told);
    }
  }
}
