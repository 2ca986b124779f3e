import type { Medium } from '@core/io';

import type { Container } from '../container.ts';
import { type StateSnapshot, snapshotOf } from './container-codec.ts';

/** More changes than ever come between two looks: another version of this program writes it differently. */
const MOST_TURNS = 100;

/**
 * `containers.json`: what the records say, for dashboards and scripts. It is always complete, as it is replaced as a
 * whole, and whoever writes it looks again afterwards: so the last one who wrote, however late, has written what the
 * records say, or writes once more. Nobody waits for anybody.
 */
export class SnapshotFile {
  readonly #medium: Medium;
  readonly #path: string;
  readonly #list: () => Promise<Container[]>;
  #running: Promise<StateSnapshot> | undefined;
  /** One that begins later than now, for all who ask while another one is under way. */
  #next: Promise<StateSnapshot> | undefined;

  constructor(medium: Medium, path: string, list: () => Promise<Container[]>) {
    this.#medium = medium;
    this.#path = path;
    this.#list = list;
  }

  /** Brings it up to date with all that was done before the call. */
  refresh(): Promise<StateSnapshot> {
    if (this.#running === undefined) return this.#begin();
    this.#next ??= this.#running.then(
      () => this.#begin(),
      () => this.#begin(),
    );
    return this.#next;
  }

  /** What is being done. */
  async settled(): Promise<void> {
    await Promise.allSettled([this.#running, this.#next]);
  }

  #begin(): Promise<StateSnapshot> {
    this.#next = undefined;
    const running = this.#write().finally(() => {
      if (this.#running === running) this.#running = undefined;
    });
    this.#running = running;
    return running;
  }

  async #write(): Promise<StateSnapshot> {
    for (let turn = 1; ; turn += 1) {
      const snapshot = snapshotOf(await this.#list());
      const content = `${JSON.stringify(snapshot, undefined, 2)}\n`;
      if ((await this.#read()) === content || turn === MOST_TURNS) return snapshot;
      await this.#medium.write(this.#path, content);
    }
  }

  async #read(): Promise<string | undefined> {
    try {
      return await this.#medium.read(this.#path);
    } catch {
      return undefined; // it is written anew, which tells what is wrong
    }
  }
}
