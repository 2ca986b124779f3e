import { hasMark } from './cookie.ts';
import { isProcessAlive, processTable, type ProcEntry } from './proc-table.ts';
import { sendSignalTo } from './send-signal.ts';
import type { Tree, TreeOptions, TreeRoot } from './tree.ts';

/**
 * A tree on Linux: whoever has the mark in its environment, is in the group of a root, or descends from either.
 *
 * The mark finds those that have left group and parent (setsid, double fork); group and descent find those that have
 * given up the environment.
 */
export class ProcTree implements Tree {
  readonly #roots: readonly TreeRoot[];
  readonly #mark: string;
  readonly #members = new Map<number, ProcEntry>();
  readonly #beyondReach = new Set<number>();

  constructor({ roots, mark }: TreeOptions) {
    this.#roots = roots;
    this.#mark = mark;
  }

  async signal(killSignal: NodeJS.Signals): Promise<void> {
    await this.signalNewcomers(0);
    const standing = this.#roots.filter((root) => !root.isOver());
    const groups = new Set([...this.#groups(), ...standing.filter(({ hasGroup }) => hasGroup).map(({ pid }) => pid)]);
    // a group first: it is the one blow that no fork can escape
    for (const group of groups) sendSignalTo(-group, killSignal);
    for (const { pid } of standing.filter(({ hasGroup }) => !hasGroup)) sendSignalTo(pid, killSignal);
    const struck = new Set(standing.map(({ pid }) => pid));
    for (const entry of [...this.#members.values()]) {
      this.#send(groups.has(entry.group) || struck.has(entry.pid) ? 0 : killSignal, entry);
    }
  }

  isAlive(): boolean {
    for (const { pid, startTime } of this.#members.values()) {
      if (isProcessAlive(pid, startTime)) return true;
      this.#members.delete(pid);
    }
    return false;
  }

  async signalNewcomers(killSignal: NodeJS.Signals | 0): Promise<boolean> {
    try {
      const newcomers = await this.#findNewcomers();
      for (const entry of newcomers) this.#send(killSignal, entry);
      return newcomers.length > 0;
    } catch {
      return true; // too many open files, for one: what could not be looked at may well be alive
    }
  }

  #send(killSignal: NodeJS.Signals | 0, { pid, startTime }: ProcEntry): void {
    if (!isProcessAlive(pid, startTime) || sendSignalTo(pid, killSignal) !== 'refused') return;
    // what belongs to another user is beyond reach, and waiting for it would never end
    this.#beyondReach.add(pid);
    this.#members.delete(pid);
  }

  /** The groups of roots that have members: only these can be signalled as groups without hitting a stranger. */
  #groups(): ReadonlySet<number> {
    const own = new Set(this.#roots.filter(({ hasGroup }) => hasGroup).map(({ pid }) => pid));
    return new Set([...this.#members.values()].map(({ group }) => group).filter((group) => own.has(group)));
  }

  async #findNewcomers(): Promise<readonly ProcEntry[]> {
    const table = await processTable();
    const found = this.#withDescendants(table, this.#direct(table));
    const newcomers = found.filter(({ pid }) => !this.#members.has(pid) && !this.#beyondReach.has(pid));
    for (const entry of newcomers) this.#members.set(entry.pid, entry);
    return newcomers;
  }

  #direct(table: readonly ProcEntry[]): Set<ProcEntry> {
    const pids = new Set(this.#roots.filter((root) => !root.isOver()).map(({ pid }) => pid));
    // the system gives a number to no process while a group has it; so a leader that is not ours has a group of its own
    const strangers = new Set(table.map(({ pid }) => pid).filter((pid) => !pids.has(pid)));
    const groups = new Set(
      this.#roots.filter(({ pid, hasGroup }) => hasGroup && !strangers.has(pid)).map(({ pid }) => pid),
    );
    return new Set(
      table.filter(({ pid, group, cookie }) => pids.has(pid) || groups.has(group) || hasMark(cookie, this.#mark)),
    );
  }

  #withDescendants(table: readonly ProcEntry[], found: Set<ProcEntry>): ProcEntry[] {
    const children = new Map<number, ProcEntry[]>();
    for (const entry of table) {
      const siblings = children.get(entry.parent);
      if (siblings === undefined) children.set(entry.parent, [entry]);
      else siblings.push(entry);
    }
    // a set goes on with what is added while it is walked
    for (const { pid } of found) for (const child of children.get(pid) ?? []) found.add(child);
    return [...found].filter(({ pid }) => pid !== process.pid);
  }
}
