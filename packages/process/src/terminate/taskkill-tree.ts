import { sendSignalTo } from './send-signal.ts';
import { type RunHelper, taskkill } from './taskkill.ts';
import type { Tree, TreeRoot } from './tree.ts';

/**
 * A tree on Windows, where there is no polite signal: `taskkill` ends it from the root down, which works as long as
 * the root stands.
 */
export class TaskkillTree implements Tree {
  readonly #roots: readonly TreeRoot[];
  readonly #run: RunHelper | undefined;

  constructor(roots: readonly TreeRoot[], run?: RunHelper) {
    this.#roots = roots;
    this.#run = run;
  }

  signal(): Promise<void> {
    for (const { pid } of this.#standing()) taskkill(pid, this.#run);
    return Promise.resolve();
  }

  isAlive(): boolean {
    return this.#standing().some(({ pid }) => sendSignalTo(pid, 0) === 'sent');
  }

  signalNewcomers(): Promise<boolean> {
    return Promise.resolve(false);
  }

  #standing(): TreeRoot[] {
    return this.#roots.filter((root) => !root.isOver());
  }
}
