import type { CookieJar } from './cookie.ts';
import { ExitHook } from './exit-hook.ts';
import { hasProc } from './proc-table.ts';
import { sendSignalTo } from './send-signal.ts';
import type { TreeRoot } from './tree.ts';
import { Watchdog } from './watchdog.ts';

/** This program is gone and nobody waits any more: what it left behind has time for a last word, not for more. */
const MOST_GRACE_MS = 30;

const SOON_MS = 10;

/** What a {@link Guard} is made from. */
export interface GuardOptions {
  readonly jar: CookieJar;
  readonly gracePeriodMs: number;
  /** The shell that watches. */
  readonly shell?: string;
}

/** Sees to it that nothing which a service started outlives this program, and knows what may still be there of it. */
export class Guard {
  readonly #options: GuardOptions;
  #sentinel: Watchdog | ExitHook | undefined;
  /** Those that run, and those that are over while somebody lives on in their group. */
  readonly #roots = new Map<TreeRoot, boolean>();
  #forgetting: NodeJS.Timeout | undefined;

  constructor(options: GuardOptions) {
    this.#options = options;
  }

  /** To be awaited before a start: who is started before there is a watchdog could be left behind. */
  async ready(): Promise<void> {
    this.#sentinel ??= process.platform === 'win32' ? new ExitHook() : this.#watchdog();
    if ((await this.#sentinel.ready()) || this.#sentinel instanceof ExitHook) return;
    this.#sentinel = new ExitHook();
    for (const [root, isGuarded] of this.#roots) if (isGuarded) this.#sentinel.started(targetOf(root));
  }

  /** A start comes next, in this turn of the loop; {@link watch} or {@link notStarted} follows. */
  starting(): void {
    this.#sentinel?.starting();
  }

  notStarted(): void {
    this.#sentinel?.notStarted();
  }

  /** It was started; `isGuarded`: it is to be ended when this program ends. */
  watch(root: TreeRoot, isGuarded: boolean): void {
    this.#roots.set(root, isGuarded);
    if (isGuarded) this.#sentinel?.started(targetOf(root));
  }

  /** One of them is over: it is forgotten soon, together with others of the same moment, unless its group lives on. */
  over(): void {
    this.#forgetting ??= setTimeout(() => {
      this.#forgetEmptyGroups();
    }, SOON_MS).unref();
  }

  /** Those that may have left something behind. */
  roots(): TreeRoot[] {
    this.#forgetEmptyGroups();
    return [...this.#roots.keys()];
  }

  async close(): Promise<void> {
    clearTimeout(this.#forgetting);
    await this.#sentinel?.close();
  }

  #watchdog(): Watchdog {
    const { jar, gracePeriodMs, shell = 'sh' } = this.#options;
    const mark = hasProc() ? jar.guarded : undefined;
    return new Watchdog({ mark, gracePeriodMs: Math.min(gracePeriodMs, MOST_GRACE_MS), shell });
  }

  /** A group without members must be forgotten soon: its number is given away again. */
  #forgetEmptyGroups(): void {
    clearTimeout(this.#forgetting);
    this.#forgetting = undefined;
    for (const [root, isGuarded] of this.#roots) {
      if (!root.isOver() || (root.hasGroup && sendSignalTo(-root.pid, 0) !== 'gone')) continue;
      this.#roots.delete(root);
      if (isGuarded) this.#sentinel?.ended(targetOf(root));
    }
  }
}

function targetOf({ pid, hasGroup }: TreeRoot): number {
  return hasGroup ? -pid : pid;
}
