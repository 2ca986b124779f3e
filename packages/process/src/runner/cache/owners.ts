import type { Entry } from './scan.ts';
import type { Place } from './workspace.ts';

/** What a task left, and the key of the result. */
export interface Left {
  readonly place: Place;
  readonly key: string;
  readonly outputs: readonly Entry[];
}

/** Two tasks that left the same file. */
export interface SharedOutput {
  readonly path: string;
  /** The one that left it first, and the key of its result. */
  readonly task: string;
  readonly key: string;
}

/** Remembers for one run which task left which file. */
export class Owners {
  readonly #owners = new Map<string, { readonly task: string; readonly key: string }>();

  /** Notes what a task left; the first file that another one had left, where there is one. Directories can be shared. */
  claim(task: string, { place, key, outputs }: Left): SharedOutput | undefined {
    let shared: SharedOutput | undefined;
    for (const { path, kind } of outputs) {
      if (kind === 'dir') continue;
      const id = `${place.label}\0${path}`;
      const owner = this.#owners.get(id);
      if (owner !== undefined && owner.task !== task) shared ??= { path, ...owner };
      this.#owners.set(id, { task, key });
    }
    return shared;
  }
}
