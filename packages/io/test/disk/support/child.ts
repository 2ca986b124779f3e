import { type ChildProcess, fork, type ForkOptions } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** What a child tells; `error` is the code of what an order was refused with. */
export interface Answer {
  readonly is?: string;
  readonly error?: string;
  readonly [more: string]: unknown;
}

const running = new Set<Child>();

/** A process of a fixture that does what it is told, one order after the other, over IPC. */
export class Child {
  readonly #process: ChildProcess;
  readonly #answers: Answer[] = [];
  readonly #waiting: ((answer: Answer) => void)[] = [];
  readonly #exit: Promise<unknown[]>;

  constructor(fixture: string, args: readonly string[] = [], options: ForkOptions = {}) {
    const script = fileURLToPath(new URL(`../fixtures/${fixture}`, import.meta.url));
    this.#process = fork(script, args, { execArgv: [], ...options });
    this.#exit = once(this.#process, 'exit');
    this.#process.on('message', (answer: Answer) => {
      const next = this.#waiting.shift();
      if (next === undefined) this.#answers.push(answer);
      else next(answer);
    });
    running.add(this);
    void this.#exit.then(() => {
      running.delete(this);
      for (const wait of this.#waiting.splice(0)) wait({ is: 'gone' });
    });
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  get isRunning(): boolean {
    return running.has(this);
  }

  /** The next thing that it tells; `gone` where it ended first. */
  async hear(): Promise<Answer> {
    const told = this.#answers.shift();
    if (told !== undefined) return told;
    if (!this.isRunning) return { is: 'gone' };
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Gives an order and waits for the answer. */
  ask(order: Record<string, unknown>): Promise<Answer> {
    this.tell(order);
    return this.hear();
  }

  tell(order: Record<string, unknown>): void {
    this.#process.send(order, () => undefined);
  }

  /** Stops it dead, `SIGKILL` by default, and waits until it is gone. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.#process.kill(signal);
    if (signal !== 'SIGSTOP') await this.#exit;
  }

  /** Waits until it ends: the code of its exit, or the signal. */
  async end(): Promise<number | string> {
    const [code, signal] = (await this.#exit) as [number | null, string | null];
    return code ?? signal ?? '';
  }
}

/** For `afterEach`. */
export async function killChildren(): Promise<void> {
  await Promise.all(Array.from(running, (child) => child.kill()));
}
