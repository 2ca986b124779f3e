import type { Medium, ReadHandle } from '@core/io';

import type { MachinePaths } from '../hypervisors/hypervisor.ts';
import { isMissing } from '../state/state-error.ts';

/** Where files are read from: a medium, or what is held of it. */
export interface Opener {
  open(path: string): Promise<Pick<ReadHandle, 'read' | 'stat'> & AsyncDisposable>;
}

/** The files that tell how a run of a machine ends. */
type RunPaths = Pick<MachinePaths, 'events' | 'log' | 'stderr'>;

/**
 * The files of one run of a machine, held open: what they tell of its end can be read also where the machine was removed
 * at once, or started anew, by whoever saw it first.
 */
export class RunFiles implements Opener, AsyncDisposable {
  readonly #medium: Medium;
  readonly #log: string;
  readonly #held: ReadonlyMap<string, ReadHandle>;

  private constructor(medium: Medium, log: string, held: ReadonlyMap<string, ReadHandle>) {
    this.#medium = medium;
    this.#log = log;
    this.#held = held;
  }

  /** Holds those that are there. */
  static async hold(medium: Medium, { events, log, stderr }: RunPaths): Promise<RunFiles> {
    const held = new Map<string, ReadHandle>();
    for (const path of [events, log, stderr]) {
      const handle = await medium.open(path).catch(unlessMissing);
      if (handle !== undefined) held.set(path, handle);
    }
    return new RunFiles(medium, log, held);
  }

  async open(path: string): Promise<Pick<ReadHandle, 'read' | 'stat'> & AsyncDisposable> {
    const held = this.#held.get(path);
    if (held === undefined) return this.#medium.open(path);
    // the console goes on in a new file when it is rotated
    const current = path === this.#log ? await this.#medium.open(path).catch(unlessMissing) : undefined;
    return current ?? lent(held);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const handle of this.#held.values()) await handle.close();
  }
}

/** The same, and whoever reads it does not close it. */
function lent(handle: ReadHandle): Pick<ReadHandle, 'read' | 'stat'> & AsyncDisposable {
  return {
    read: handle.read.bind(handle),
    stat: handle.stat.bind(handle),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function unlessMissing(error: unknown): undefined {
  if (!isMissing(error)) throw error;
}
