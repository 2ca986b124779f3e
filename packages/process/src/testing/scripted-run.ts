import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';

import { ProcessError } from '../errors.ts';
import type { StreamName } from '../output/stream-name.ts';
import { sendSignalTo } from '../terminate/send-signal.ts';

/** How a scripted process starts another one. */
export interface ScriptedSpawnOptions {
  /** In a session and a process group of its own, as `setsid` does it. */
  readonly session?: boolean;
  /** Through a process that exits at once, so that it has no parent any more. */
  readonly orphan?: boolean;
  /** With an empty environment. */
  readonly bare?: boolean;
}

/** A scripted process that runs: it does what the test says, and each promise resolves when it has done it. */
export interface ScriptedRun {
  readonly pid: number;
  /** The directory that it runs in. */
  readonly dir: string;
  /** Resolves when the process is gone, in whichever way: the system itself says so. */
  readonly gone: Promise<void>;
  /** Writes to one of its streams, so many times. */
  print(stream: StreamName, data: string | Uint8Array, times?: number): Promise<void>;
  /** The next piece of its stdin; `undefined` at the end. */
  read(): Promise<string | undefined>;
  /** A variable of its environment. */
  env(name: string): Promise<string | undefined>;
  /** From now on it does not end on this signal. */
  trap(killSignal: NodeJS.Signals): Promise<void>;
  /** Resolves when it has got a signal that it traps; at once where it got it before. */
  received(killSignal: NodeJS.Signals): Promise<void>;
  /** Starts another scripted process, which has the same streams. */
  spawn(options?: ScriptedSpawnOptions): Promise<ScriptedRun>;
  /** Closes one of its streams. */
  closeOutput(stream: StreamName): Promise<void>;
  /** Ends it with an exit code; resolves when it is gone. */
  exit(code?: number): Promise<void>;
  /** Ends it with a signal that it sends to itself; resolves when it is gone. */
  raise(killSignal: NodeJS.Signals): Promise<void>;
}

/** The first words of a scripted process. */
export interface Hello {
  readonly hello: string;
  readonly pid: number;
  readonly dir: string;
}

interface Answer {
  readonly id?: number;
  readonly value?: unknown;
  readonly error?: string;
  readonly received?: NodeJS.Signals;
}

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: Error) => void;
}

/** A {@link ScriptedRun} at the other end of a connection. */
export class ConnectedRun implements ScriptedRun {
  readonly pid: number;
  readonly dir: string;
  readonly gone: Promise<void>;
  readonly #socket: Socket;
  readonly #adopt: (order: (token: string) => Promise<void>) => Promise<ScriptedRun>;
  readonly #pending = new Map<number, Pending>();
  readonly #received = new Map<NodeJS.Signals, PromiseWithResolve>();
  #orders = 0;

  constructor(hello: Hello, socket: Socket, adopt: (order: (token: string) => Promise<void>) => Promise<ScriptedRun>) {
    this.pid = hello.pid;
    this.dir = hello.dir;
    this.#socket = socket;
    this.#adopt = adopt;
    this.gone = new Promise((resolve) => {
      socket.once('close', () => {
        for (const { reject } of this.#pending.values()) reject(this.#gone());
        this.#pending.clear();
        resolve();
      });
    });
  }

  /** Something that the process said. */
  hear(line: string): void {
    const { id, value, error, received } = JSON.parse(line) as Answer;
    if (received !== undefined) this.#receipt(received).resolve();
    if (id === undefined) return;
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (error === undefined) pending?.resolve(value);
    else pending?.reject(new Error(error));
  }

  async print(stream: StreamName, data: string | Uint8Array, times = 1): Promise<void> {
    await this.#order('print', { stream, base64: Buffer.from(data).toString('base64'), times });
  }

  async read(): Promise<string | undefined> {
    const base64 = (await this.#order('read')) as string | undefined;
    return base64 === undefined ? undefined : Buffer.from(base64, 'base64').toString();
  }

  async env(name: string): Promise<string | undefined> {
    return (await this.#order('env', { name })) as string | undefined;
  }

  async trap(killSignal: NodeJS.Signals): Promise<void> {
    await this.#order('trap', { killSignal });
  }

  async received(killSignal: NodeJS.Signals): Promise<void> {
    await this.#receipt(killSignal).promise;
  }

  async spawn(options: ScriptedSpawnOptions = {}): Promise<ScriptedRun> {
    return this.#adopt(async (token) => {
      await this.#order('spawn', { ...options, token });
    });
  }

  async closeOutput(stream: StreamName): Promise<void> {
    await this.#order('closeOutput', { stream });
  }

  async exit(code = 0): Promise<void> {
    await this.#last('exit', { code });
  }

  async raise(killSignal: NodeJS.Signals): Promise<void> {
    await this.#last('raise', { killSignal });
  }

  /** Ends it from outside, also where it does not listen; resolves when it is gone. */
  async kill(): Promise<void> {
    if (!this.#socket.destroyed) sendSignalTo(this.pid, 'SIGKILL'); // as long as it is connected the pid is its own
    await this.gone;
  }

  /** An order that nobody lives to answer. */
  async #last(order: string, details: object): Promise<void> {
    this.#order(order, details).catch(() => undefined);
    await this.gone;
  }

  #order(order: string, details: object = {}): Promise<unknown> {
    if (this.#socket.destroyed) return Promise.reject(this.#gone());
    this.#orders += 1;
    const id = this.#orders;
    const answer = new Promise<unknown>((resolve, reject) => this.#pending.set(id, { resolve, reject }));
    this.#socket.write(`${JSON.stringify({ id, order, ...details })}\n`);
    return answer;
  }

  #receipt(killSignal: NodeJS.Signals): PromiseWithResolve {
    const known = this.#received.get(killSignal) ?? promiseWithResolve();
    this.#received.set(killSignal, known);
    return known;
  }

  #gone(): ProcessError {
    return new ProcessError(`Cannot tell the scripted process ${String(this.pid)} what to do: it is gone`, {
      code: 'ERR_PROCESS_NOT_RUNNING',
      op: 'process.scriptedCommand',
    });
  }
}

interface PromiseWithResolve {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
}

function promiseWithResolve(): PromiseWithResolve {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}

/** Reads what comes from a connection, line by line; the first is for `first`, which says who hears the others. */
export function listen(socket: Socket, first: (hello: Hello) => ConnectedRun): void {
  let run: ConnectedRun | undefined;
  const lines = createInterface({ input: socket });
  // a killed process resets the connection, and "close" follows
  for (const end of [socket, lines]) end.on('error', () => undefined);
  lines.on('line', (line) => {
    if (run === undefined) run = first(JSON.parse(line) as Hello);
    else run.hear(line);
  });
}
