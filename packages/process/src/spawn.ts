import { type ChildProcess, spawn, spawnSync, type StdioOptions } from 'node:child_process';
import { devNull } from 'node:os';

export type { ChildProcess } from 'node:child_process';

/** A child that is there. */
export type StartedChild = ChildProcess & { readonly pid: number };

/** What the system is asked to start. */
export interface SpawnPlan {
  readonly file: string;
  readonly args: readonly string[];
  readonly dir: string;
  /** What it inherits counts, and `undefined` is no variable. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdio: StdioOptions;
  /** It leads a session and a process group of its own, and no terminal reaches it. */
  readonly ownSession: boolean;
  /** On Windows: the arguments are one line that is handed over as it is. */
  readonly verbatim?: boolean;
}

/**
 * Starts a process; a refusal of the system rejects with its own error.
 *
 * The child is there in the same turn of the loop where it can be started at all, so that nothing of what it says is
 * missed: `onChild` is called before anything else happens.
 */
export async function spawnChild(plan: SpawnPlan, onChild: (child: StartedChild) => void): Promise<void> {
  const { file, args, dir, env, stdio, ownSession, verbatim = false } = plan;
  const child = spawn(file, args, {
    cwd: dir,
    env,
    stdio,
    detached: ownSession,
    windowsHide: true,
    windowsVerbatimArguments: verbatim,
  });
  if (!hasStarted(child)) throw await new Promise<Error>((resolve) => child.once('error', resolve));
  child.on('error', () => undefined); // from here on: a signal that could not be sent, which `sendSignal` tells
  onChild(child);
}

function hasStarted(child: ChildProcess): child is StartedChild {
  return child.pid !== undefined;
}

/** Runs a helper program of the system to its end while everything else waits; says nothing about how it went. */
export function runSync(file: string, args: readonly string[]): void {
  spawnSync(file, args, { cwd: devNull === '/dev/null' ? '/' : undefined, stdio: 'ignore', windowsHide: true });
}
