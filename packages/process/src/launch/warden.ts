// eslint-disable-next-line n/no-unsupported-features/node-builtins -- in 20.12; without it such a program starts itself
import { isSea } from 'node:sea';

import { environmentOf } from '../environment.ts';
import { DirectLauncher } from './direct.ts';
import type { Launched, Launcher, LaunchPlan } from './launcher.ts';
import { WardenGone, WardenPost } from './warden-post.ts';
import { canHandOver } from './warden-streams.ts';

const NO_NODE: ReadonlySet<unknown> = new Set(['ENOENT', 'EACCES', 'ENOEXEC']);

/**
 * Starts processes from a small process of its own, which the system copies quickly however large this program is.
 *
 * That process begins with the first start, and another one when somebody has killed it, or when this program has become
 * another user. What it cannot do is done directly: descriptors of this program above 2, and everything on Windows,
 * where a start costs the same in a large program, or where this program is not run by a Node that could run another.
 */
export class Warden implements Launcher {
  readonly #direct = new DirectLauncher();
  readonly #mark: string;
  #post: Promise<WardenPost | undefined> | undefined;
  #user = '';

  /** `mark`: by which the processes of programs outside find what this one has started. */
  constructor(mark: string) {
    this.#mark = mark;
  }

  async launch(plan: LaunchPlan, onLaunched: (launched: Launched) => void): Promise<void> {
    const post = canHandOver(plan) ? await this.#ready() : undefined;
    if (post === undefined) return this.#direct.launch(plan, onLaunched);
    try {
      await post.launch(plan, onLaunched);
    } catch (error) {
      if (!(error instanceof WardenGone) || error.wasTold) throw error;
      await post.gone; // it had ended before, and nobody had noticed
      await this.launch(plan, onLaunched);
    }
  }

  async close(): Promise<void> {
    const post = await this.#post?.catch(() => undefined);
    await post?.leave();
  }

  #ready(): Promise<WardenPost | undefined> {
    const user = userNow();
    if (user !== this.#user) {
      void this.close();
      this.#post = undefined;
      this.#user = user;
    }
    this.#post ??= this.#begin();
    return this.#post;
  }

  #begin(): Promise<WardenPost | undefined> {
    const post = isSea() || process.platform === 'win32' ? Promise.resolve(undefined) : this.#start();
    const forget = (): void => {
      if (this.#post === post) this.#post = undefined;
    };
    post.then((started) => started?.gone.then(forget), forget);
    return post;
  }

  async #start(): Promise<WardenPost | undefined> {
    // neither the options of this program's Node nor a channel to this program's parent are for that one
    const own = Object.keys(process.env).filter((name) => name.startsWith('NODE_'));
    const env = { ...Object.fromEntries(own.map((name) => [name, undefined])), ELECTRON_RUN_AS_NODE: '1' };
    try {
      return await WardenPost.begin(environmentOf({ env, inheritEnv: true, mark: this.#mark }));
    } catch (error) {
      if (NO_NODE.has((error as NodeJS.ErrnoException).code)) return undefined;
      throw error;
    }
  }
}

/** A process gets the rights of whoever starts it. */
function userNow(): string {
  return `${String(process.geteuid?.())}:${String(process.getegid?.())}`;
}
