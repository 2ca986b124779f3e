import { splitPath } from '../../path.ts';
import type { Directory } from './directory.ts';
import type { SharedDirectory } from './shared-directory.ts';
import { Trail } from './trail.ts';

let moves = 0;

/** To be called when a name was moved or removed through any medium of this process: no footing holds after that. */
export function unsettle(): void {
  moves += 1;
}

/**
 * Where a walk through a tree was last. Its next directory is mostly one step from there, and a step costs the same
 * however deep the tree is. Over links there is no step.
 */
export class Footing {
  readonly #root: SharedDirectory;
  readonly #trail: Trail;
  readonly #moves = moves;

  constructor(root: SharedDirectory) {
    this.#root = root.share();
    this.#trail = new Trail(root);
  }

  /** Whether it leads where a walk from the root would, as far as this process knows. */
  get isFirm(): boolean {
    return this.#moves === moves;
  }

  /** The directory of a path, open until the next step; whatever is in the way of it is thrown. */
  stepTo(path: string): Directory {
    const names = splitPath(path);
    let common = 0;
    while (common < names.length && names[common] === this.#trail.names[common]) common += 1;
    while (this.#trail.names.length > common) this.#trail.up();
    for (const name of names.slice(common)) this.#trail.down(name);
    return this.#trail.end;
  }

  close(): void {
    this.#trail.close();
    this.#root.close();
  }
}
