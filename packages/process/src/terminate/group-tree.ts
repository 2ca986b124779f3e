import { sendSignalTo } from './send-signal.ts';
import type { Tree, TreeRoot } from './tree.ts';

/** A tree where processes cannot be looked at: the process groups of its roots, and the roots. */
export class GroupTree implements Tree {
  readonly #roots: readonly TreeRoot[];

  constructor(roots: readonly TreeRoot[]) {
    this.#roots = roots;
  }

  signal(killSignal: NodeJS.Signals): Promise<void> {
    for (const target of this.#targets()) sendSignalTo(target, killSignal);
    return Promise.resolve();
  }

  isAlive(): boolean {
    return this.#targets().some((target) => sendSignalTo(target, 0) === 'sent');
  }

  signalNewcomers(): Promise<boolean> {
    return Promise.resolve(false);
  }

  #targets(): number[] {
    return this.#roots
      .filter((root) => root.hasGroup || !root.isOver())
      .map(({ pid, hasGroup }) => (hasGroup ? -pid : pid));
  }
}
