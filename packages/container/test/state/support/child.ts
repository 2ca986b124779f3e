import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { afterEach } from '@jest/globals';

const alive = new Set<Child>();

afterEach(async () => {
  await Promise.all([...alive].map((child) => child.end()));
});

/** A program of a `fixtures/` folder: it does what a line says, and answers with a line of JSON. */
export class Child {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #ended: Promise<unknown>;

  /** `fixture` is relative to `test/`. */
  constructor(fixture: string, ...args: readonly string[]) {
    const program = fileURLToPath(new URL(`../../${fixture}`, import.meta.url));
    this.#process = spawn(process.execPath, [program, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
    const { stdin, stdout } = this.#process;
    if (stdin === null || stdout === null) throw new Error('no pipes');
    stdin.on('error', () => undefined); // it may be dead by then
    this.#lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
    this.#ended = once(this.#process, 'close');
    alive.add(this);
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** Tells it something, and waits for the answer; `undefined` where it ended instead. */
  async ask(order: string, ...args: readonly (number | string)[]): Promise<unknown> {
    this.#process.stdin?.write(`${JSON.stringify([order, ...args])}\n`);
    return this.next();
  }

  /** What it says next of its own accord. */
  async next(): Promise<unknown> {
    const line = await this.#lines.next();
    return line.done === true ? undefined : (JSON.parse(line.value) as unknown);
  }

  /** SIGKILL, and waits until it is gone. */
  async end(): Promise<void> {
    alive.delete(this);
    this.#process.kill('SIGKILL');
    await this.#ended;
  }
}
