import type { ChildProcess } from './spawn.ts';
import { isZombie } from './terminate/proc-table.ts';
import { sendSignalTo } from './terminate/send-signal.ts';
import type { TreeRoot } from './terminate/tree.ts';

/** How a process, without what it started, came to its end. */
export interface Exit {
  readonly exitCode: number | undefined;
  readonly killSignal: NodeJS.Signals | undefined;
  readonly durationMs: number;
}

/** The process that was started: the first of its tree. */
export class Leader implements TreeRoot {
  readonly pid: number;
  readonly hasGroup: boolean;
  readonly startedAt: Date = new Date();
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcess;
  readonly #clock = performance.now();
  readonly #sent = new Set<NodeJS.Signals>();
  #exit: Exit | undefined;

  constructor(child: ChildProcess, pid: number, hasGroup: boolean) {
    this.#child = child;
    this.pid = pid;
    this.hasGroup = hasGroup;
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, killSignal) => {
        this.#exit = {
          exitCode: code ?? undefined,
          killSignal: killSignal ?? undefined,
          durationMs: performance.now() - this.#clock,
        };
        resolve(this.#exit);
      });
    });
  }

  get exit(): Exit | undefined {
    return this.#exit;
  }

  /** Up to now, or to the exit. */
  get durationMs(): number {
    return this.#exit?.durationMs ?? performance.now() - this.#clock;
  }

  isOver(): boolean {
    return this.#exit !== undefined;
  }

  /** It is over, or about to be reported to be. */
  hasEnded(): boolean {
    return this.isOver() || isZombie(this.pid);
  }

  /** Sends it a signal, and to nobody else. */
  signal(killSignal: NodeJS.Signals): 'sent' | 'gone' | 'refused' {
    if (this.hasEnded()) return 'gone';
    this.#sent.add(killSignal);
    return sendSignalTo(this.pid, killSignal);
  }

  /** Whether it was sent this signal by {@link signal}. */
  wasSent(killSignal: NodeJS.Signals): boolean {
    return this.#sent.has(killSignal);
  }

  /** Lets this program end while it runs. */
  letGo(): void {
    this.#child.unref();
    for (const pipe of this.#pipes()) pipe.unref();
  }

  /** Keeps this program from ending while it runs. */
  hold(): void {
    this.#child.ref();
    for (const pipe of this.#pipes()) pipe.ref();
  }

  *#pipes(): Iterable<{ ref(): void; unref(): void }> {
    for (const pipe of this.#child.stdio) {
      if (pipe !== null && pipe !== undefined && 'unref' in pipe)
        yield pipe as unknown as { ref(): void; unref(): void };
    }
  }
}
