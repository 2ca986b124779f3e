import type { Launched } from './launch/launcher.ts';
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
  /** Until it is over: one that is only remembered needs no sockets. */
  #launched: Launched | undefined;
  readonly #clock = performance.now();
  readonly #sent = new Set<NodeJS.Signals>();
  #exit: Exit | undefined;
  #isLetGo = false;

  constructor(launched: Launched, hasGroup: boolean) {
    this.#launched = launched;
    this.pid = launched.pid;
    this.hasGroup = hasGroup;
    this.exited = new Promise((resolve) => {
      launched.once('exit', (code, killSignal) => {
        this.#exit = {
          exitCode: code ?? undefined,
          killSignal: killSignal ?? undefined,
          durationMs: performance.now() - this.#clock,
        };
        this.#launched = undefined;
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
    return this.isOver() || isZombie(this.pid) || sendSignalTo(this.pid, 0) === 'gone';
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

  /** Whether it was given another size; `no-terminal` where it has none. */
  resize(columns: number, rows: number): 'resized' | 'gone' | 'no-terminal' {
    if (this.#launched === undefined || this.hasEnded()) return 'gone';
    if (this.#launched.resize === undefined) return 'no-terminal';
    this.#launched.resize(columns, rows);
    return 'resized';
  }

  /** Lets this program end while it runs. */
  letGo(): void {
    this.#isLetGo = true;
    this.#launched?.unref();
    for (const pipe of this.#pipes()) pipe.unref();
  }

  /** Keeps this program from ending while it runs. */
  hold(): void {
    if (!this.#isLetGo) return;
    this.#isLetGo = false;
    this.#launched?.ref();
    for (const pipe of this.#pipes()) pipe.ref();
  }

  *#pipes(): Iterable<{ ref(): void; unref(): void }> {
    const { stdin = null, stdout = null, stderr = null } = this.#launched ?? {};
    for (const pipe of [stdin, stdout, stderr]) {
      if (pipe !== null && 'unref' in pipe) yield pipe as unknown as { ref(): void; unref(): void };
    }
  }
}
