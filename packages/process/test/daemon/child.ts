import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { afterEach } from '@jest/globals';

/** What a fixture says: the test knows what it is. */
type Said = Readonly<Record<string, unknown>>;

const alive = new Set<Child>();

afterEach(async () => {
  await Promise.all([...alive].map((child) => child[Symbol.asyncDispose]()));
});

/** A program of `fixtures/` that says a line of JSON for each thing that happens. */
export class Child implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly ended: Promise<readonly [code: number | null, killSignal: NodeJS.Signals | null]>;

  constructor(fixture: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env) {
    const program = fileURLToPath(new URL(`fixtures/${fixture}`, import.meta.url));
    this.#process = spawn(process.execPath, [program, ...args], { env, stdio: ['pipe', 'pipe', 'inherit'] });
    const { stdin, stdout } = this.#process;
    if (stdin === null || stdout === null) throw new Error('no pipes');
    stdin.on('error', () => undefined); // it may be dead by then
    this.#lines = createInterface({ input: stdout })[Symbol.asyncIterator]();
    alive.add(this);
    this.ended = once(this.#process, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  /** The next thing that it says; `undefined` where it has ended. */
  async next(): Promise<Said | undefined> {
    const line = await this.#lines.next();
    return line.done === true ? undefined : (JSON.parse(line.value) as Said);
  }

  /** All that it says from here on. */
  async rest(): Promise<Said[]> {
    const said: Said[] = [];
    for (let one = await this.next(); one !== undefined; one = await this.next()) said.push(one);
    return said;
  }

  /** Tells it something and resolves with what it says next. */
  async tell(order: string): Promise<Said | undefined> {
    this.#process.stdin?.write(`${order}\n`);
    return this.next();
  }

  kill(killSignal: NodeJS.Signals): void {
    this.#process.kill(killSignal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    alive.delete(this);
    this.kill('SIGKILL');
    await this.ended;
  }
}
