import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

import { isZombie } from '../terminate/proc-table.ts';
import { sendSignalTo } from '../terminate/send-signal.ts';
import type { Launched } from './launcher.ts';

/** What a {@link WardenChild} is made from. */
export interface WardenChildOptions {
  readonly pid: number;
  readonly streams: ReadonlyMap<number, Socket>;
  /** What ends it: its pid, or its process group as a negative number. */
  readonly target: number;
  readonly isDetached: boolean;
  /** Keeps this program from ending, or no longer. */
  readonly hold: (isHeld: boolean) => void;
}

const LOOK_MS = 10;

/** A process that the warden has started. */
export class WardenChild extends EventEmitter<{ exit: [number | null, NodeJS.Signals | null] }> implements Launched {
  readonly pid: number;
  readonly stdin: Socket | null;
  readonly stdout: Socket | null;
  readonly stderr: Socket | null;
  readonly #options: WardenChildOptions;
  #isHeld = false;

  constructor(options: WardenChildOptions) {
    super();
    const { pid, streams } = options;
    this.pid = pid;
    this.stdin = streams.get(0) ?? null;
    this.stdout = streams.get(1) ?? null;
    this.stderr = streams.get(2) ?? null;
    this.#options = options;
    this.ref();
  }

  ref(): void {
    this.#setHeld(true);
  }

  unref(): void {
    this.#setHeld(false);
  }

  /** The warden says that it is over. */
  over(code: number | null, killSignal: NodeJS.Signals | null): void {
    this.unref();
    this.emit('exit', code, killSignal);
  }

  /**
   * The warden is gone, and with it the knowledge of how this process ends: it goes the same way, as one that nobody
   * can watch, unless it runs on for itself.
   */
  async lost(): Promise<void> {
    const { pid, target, isDetached } = this.#options;
    if (!isDetached) sendSignalTo(target, 'SIGKILL');
    while (sendSignalTo(pid, 0) !== 'gone' && !isZombie(pid)) {
      await pause(LOOK_MS, undefined, { ref: this.#isHeld });
    }
    this.over(null, 'SIGKILL');
  }

  #setHeld(isHeld: boolean): void {
    if (isHeld === this.#isHeld) return;
    this.#isHeld = isHeld;
    this.#options.hold(isHeld);
  }
}
