import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { SCRIPTED_CHILD } from './scripted-child.ts';
import { ConnectedRun, listen, type ScriptedRun } from './scripted-run.ts';

/** A command whose processes do what the test tells them. */
export interface ScriptedCommand extends AsyncDisposable {
  /** Node itself. */
  readonly command: string;
  readonly args: readonly string[];
  /** The next process that was started with this command; in the order in which they came up. */
  next(): Promise<ScriptedRun>;
  /** Ends all its processes; resolves when they are gone. */
  close(): Promise<void>;
}

/**
 * A real program that obeys the test: it prints, reads, traps signals, starts other processes and exits when it is
 * told to, and not before. So a test waits for events, and never for time.
 *
 * @example
 * ```ts
 * import { Service } from '@core/process';
 * import { scriptedCommand } from '@core/process/testing';
 *
 * await using command = await scriptedCommand();
 * await using service = new Service();
 * const child = await service.start(command.command, command.args);
 * const run = await command.next();
 * await run.print('stdout', 'half a li');
 * await run.print('stdout', 'ne\n');
 * await run.exit(3);
 * const result = await child.done;
 * assert.equal(result.stdout, 'half a line\n');
 * assert.equal(result.exitCode, 3);
 * ```
 */
export async function scriptedCommand(): Promise<ScriptedCommand> {
  const rig = new Rig();
  await rig.listen();
  return rig;
}

type Taker = (run: ScriptedRun) => void;

class Rig implements ScriptedCommand {
  readonly command: string = process.execPath;
  readonly args: readonly string[];
  readonly #address: string = addressOf(randomBytes(8).toString('hex'));
  readonly #server: Server;
  readonly #runs = new Set<ConnectedRun>();
  readonly #waiting: Taker[] = [];
  readonly #arrived: ScriptedRun[] = [];
  readonly #expected = new Map<string, Taker>();
  #spawned = 0;

  constructor() {
    this.args = ['-e', SCRIPTED_CHILD, this.#address, 'first'];
    this.#server = createServer((socket) => {
      listen(socket, (hello) => {
        const run = new ConnectedRun(hello, socket, (order) => this.#adopt(order));
        this.#arrive(hello.hello, run);
        return run;
      });
    });
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject).listen(this.#address, resolve);
    });
  }

  next(): Promise<ScriptedRun> {
    const run = this.#arrived.shift();
    if (run !== undefined) return Promise.resolve(run);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    await Promise.all([...this.#runs].map((run) => run.kill()));
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #arrive(token: string, run: ConnectedRun): void {
    this.#runs.add(run);
    const taker = this.#expected.get(token) ?? this.#waiting.shift();
    this.#expected.delete(token);
    if (taker === undefined) this.#arrived.push(run);
    else taker(run);
  }

  /** The process that one of the processes is told to start. */
  async #adopt(order: (token: string) => Promise<void>): Promise<ScriptedRun> {
    this.#spawned += 1;
    const token = `child-${String(this.#spawned)}`;
    const arrival = new Promise<ScriptedRun>((resolve) => this.#expected.set(token, resolve));
    await order(token);
    return arrival;
  }
}

/** A local socket; the name of one may have about 100 bytes. */
function addressOf(name: string): string {
  return process.platform === 'win32' ? `\\\\.\\pipe\\core-${name}` : join(tmpdir(), `core-${name}.sock`);
}
