import { runSync } from '../spawn.ts';
import { sendSignalTo } from './send-signal.ts';
import type { Tree, TreeRoot } from './tree.ts';

/**
 * A tree on Windows, where there is no polite signal: `taskkill` ends it from the root down, which works as long as
 * the root stands.
 */
export class TaskkillTree implements Tree {
  readonly #roots: readonly TreeRoot[];
  readonly #run: (file: string, args: readonly string[]) => void;

  constructor(roots: readonly TreeRoot[], run: (file: string, args: readonly string[]) => void = runSync) {
    this.#roots = roots;
    this.#run = run;
  }

  signal(): Promise<void> {
    for (const { pid } of this.#standing()) this.#run('taskkill', ['/PID', String(pid), '/T', '/F']);
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
