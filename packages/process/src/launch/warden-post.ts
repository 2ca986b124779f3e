import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';

import { type Environment, ownVariables } from '../environment.ts';
import { type ChildProcess, spawnChild } from '../spawn.ts';
import type { Launched, LaunchPlan } from './launcher.ts';
import { holdPrivate, type PrivateAddress, privatePath, removePrivate } from './private-address.ts';
import { Slots } from './slots.ts';
import { WardenChild } from './warden-child.ts';
import { WARDEN_MAIN } from './warden-main.ts';
import { connectAll, pipesOf, targetsOf } from './warden-streams.ts';

/** So many starts are with the warden at once, which takes one after the other: few descriptors, and no full queues. */
const MOST_AT_ONCE = 8;

const NOBODY_THERE: ReadonlySet<unknown> = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE']);

/** The process of the warden has ended in the middle of a start. */
export class WardenGone extends Error {
  /** As the system calls it where the other side of a talk is gone. */
  readonly code = 'ECONNRESET';
  /** It had been told of the start, and may have done it. */
  readonly wasTold: boolean;

  constructor(cause: unknown, wasTold: boolean) {
    super('the warden is gone', { cause });
    this.wasTold = wasTold;
  }
}

/** What the warden says. */
interface Answer {
  readonly ready?: true;
  readonly id?: number;
  readonly pid?: number;
  readonly error?: { readonly message: string; readonly code?: string };
  readonly code?: number | null;
  readonly killSignal?: NodeJS.Signals | null;
}

interface Pending {
  readonly launched: (pid: number) => void;
  readonly failed: (error: Error) => void;
  /** The warden has the order, or had it. */
  wasTold: boolean;
}

/** One process of the warden, from its start to its end. */
export class WardenPost {
  /** Resolves when it has ended, or was sent away. */
  readonly gone: Promise<void>;
  readonly #warden: ChildProcess;
  readonly #address: PrivateAddress;
  readonly #word: string;
  readonly #slots = new Slots(MOST_AT_ONCE);
  readonly #onGone: () => void;
  readonly #pending = new Map<number, Pending>();
  readonly #children = new Map<number, WardenChild>();
  #count = 0;
  #holds = 0;
  #isLeaving = false;

  private constructor(warden: ChildProcess, address: PrivateAddress, word: string) {
    this.#warden = warden;
    this.#address = address;
    this.#word = word;
    let onGone = (): void => undefined;
    this.gone = new Promise((resolve) => (onGone = resolve));
    this.#onGone = onGone;
    warden.on('message', (answer: Answer) => {
      this.#hear(answer);
    });
    warden.once('disconnect', () => {
      this.#lost();
    });
  }

  /** Starts one. A refusal of the system rejects with its own error. */
  static async begin(env: Environment): Promise<WardenPost> {
    const path = privatePath();
    try {
      const warden = await startWarden(env);
      const word = randomBytes(16).toString('hex');
      warden.send({ path, word });
      await ready(warden);
      const post = new WardenPost(warden, holdPrivate(path), word);
      letGo(warden);
      return post;
    } catch (error) {
      removePrivate(path);
      throw error;
    }
  }

  async launch(plan: LaunchPlan, onLaunched: (launched: Launched) => void): Promise<void> {
    this.#hold(true);
    try {
      await this.#slots.take();
      await this.#launch(plan, onLaunched);
    } finally {
      this.#slots.release();
      this.#hold(false);
    }
  }

  /** Sends it away as soon as nothing runs that it has started; resolves when it is gone, or has to wait. */
  async leave(): Promise<void> {
    this.#isLeaving = true;
    if (!this.#warden.connected || this.#pending.size > 0 || this.#children.size > 0) return;
    const gone = new Promise((resolve) => this.#warden.once('exit', resolve));
    this.#warden.ref();
    this.#warden.disconnect();
    await gone;
  }

  async #launch(plan: LaunchPlan, onLaunched: (launched: Launched) => void): Promise<void> {
    this.#count += 1;
    const id = this.#count;
    const stdio = targetsOf(plan);
    const pipes = pipesOf(stdio);
    const sockets = await this.#connect(pipes, id);
    try {
      await new Promise<void>((resolve, reject) => {
        const launched = (pid: number): void => {
          onLaunched(this.#adopt(id, pid, plan, sockets));
          resolve();
        };
        this.#pending.set(id, { launched, failed: reject, wasTold: false });
        const { file, args, dir: cwd, ownSession: detached } = plan;
        const env = ownVariables(plan.env);
        this.#order(id, { file, args, options: { cwd, env, detached }, stdio, pipes, isTied: plan.tie === 'guarded' });
      });
    } catch (error) {
      for (const socket of sockets.values()) socket.destroy();
      throw error;
    }
  }

  async #connect(pipes: readonly number[], id: number): Promise<ReadonlyMap<number, Socket>> {
    try {
      return await connectAll(this.#address.path, pipes, `${this.#word} ${String(id)}`);
    } catch (error) {
      throw NOBODY_THERE.has((error as NodeJS.ErrnoException).code) ? new WardenGone(error, false) : error;
    }
  }

  #adopt(id: number, pid: number, plan: LaunchPlan, streams: ReadonlyMap<number, Socket>): WardenChild {
    const child = new WardenChild({
      pid,
      streams,
      target: plan.ownSession ? -pid : pid,
      isDetached: plan.tie === 'detached',
      hold: (isHeld) => {
        this.#hold(isHeld);
      },
    });
    this.#children.set(id, child);
    return child;
  }

  #hear({ id = 0, pid, error, code = null, killSignal = null }: Answer): void {
    if (error !== undefined) this.#take(id)?.failed(Object.assign(new Error(error.message), error));
    else if (pid !== undefined) this.#take(id)?.launched(pid);
    else {
      const child = this.#children.get(id);
      this.#children.delete(id);
      child?.over(code, killSignal);
    }
    if (this.#isLeaving) void this.leave();
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }

  #order(id: number, order: object): void {
    this.#warden.send({ id, order }, (error) => {
      const pending = this.#pending.get(id);
      if (error === null) {
        if (pending !== undefined) pending.wasTold = true;
      } else this.#take(id)?.failed(new WardenGone(error, false));
    });
  }

  #lost(): void {
    this.#address.release();
    for (const { failed, wasTold } of this.#pending.values()) failed(new WardenGone(undefined, wasTold));
    this.#pending.clear();
    for (const child of this.#children.values()) void child.lost();
    this.#children.clear();
    this.#onGone();
  }

  /** The channel keeps this program from ending while something that it has to tell is waited for. */
  #hold(isHeld: boolean): void {
    this.#holds += isHeld ? 1 : -1;
    if (this.#holds === 0) this.#warden.channel?.unref();
    else if (this.#holds === 1 && isHeld) this.#warden.channel?.ref();
  }
}

async function startWarden(env: Environment): Promise<ChildProcess> {
  let warden: ChildProcess | undefined;
  await spawnChild(
    {
      file: process.execPath,
      args: ['-e', WARDEN_MAIN],
      dir: '/',
      env,
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
      ownSession: false,
    },
    (child) => (warden = child),
  );
  if (warden === undefined) throw new WardenGone(undefined, false);
  return warden;
}

function ready(warden: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (cause?: unknown): void => {
      reject(new WardenGone(cause, false));
    };
    warden.once('disconnect', failed).once('message', ({ error }: Answer) => {
      warden.off('disconnect', failed);
      if (error === undefined) resolve();
      else failed(error);
    });
  });
}

function letGo(warden: ChildProcess): void {
  warden.unref();
  warden.channel?.unref();
}
