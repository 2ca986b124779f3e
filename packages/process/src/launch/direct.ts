import { spawnChild, type StartedChild } from '../spawn.ts';
import type { Launched, Launcher, LaunchPlan } from './launcher.ts';
import { type SocketPair, socketPair } from './socket-pair.ts';

/** Starts processes from this program itself: the system copies it for a moment, which takes the longer the larger it is. */
export class DirectLauncher implements Launcher {
  async launch(plan: LaunchPlan, onLaunched: (launched: Launched) => void): Promise<void> {
    const { stdin, stdout, stderr } = plan.stdio;
    if (!plan.isMerged) {
      await spawnChild({ ...plan, stdio: [stdin, stdout, stderr] }, onLaunched);
      return;
    }
    const pair = await socketPair();
    try {
      await spawnChild({ ...plan, stdio: [stdin, pair.theirs, pair.theirs] }, (child) => {
        onLaunched(new MergedChild(child, pair));
      });
    } catch (error) {
      pair.ours.destroy();
      throw error;
    } finally {
      pair.theirs.destroy();
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** A child whose stdout and stderr are the other end of one socket. */
class MergedChild implements Launched {
  readonly pid: number;
  readonly stdin: Launched['stdin'];
  readonly stdout: Launched['stdout'];
  readonly stderr = null;
  readonly #child: StartedChild;

  constructor(child: StartedChild, { ours }: SocketPair) {
    this.pid = child.pid;
    this.stdin = child.stdin;
    this.stdout = ours;
    this.#child = child;
  }

  once(event: 'exit', listener: (code: number | null, killSignal: NodeJS.Signals | null) => void): void {
    this.#child.once(event, listener);
  }

  ref(): void {
    this.#child.ref();
  }

  unref(): void {
    this.#child.unref();
  }
}
