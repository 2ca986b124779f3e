import type { Readable, Writable } from 'node:stream';

import type { StdioOptions } from '../options.ts';
import type { SpawnPlan } from '../spawn.ts';
import type { Tie } from '../terminate/cookie.ts';

/** How large a terminal is that a process has for itself, and what it calls itself. */
export interface PtyPlan {
  readonly columns: number;
  readonly rows: number;
  readonly name: string;
}

/** What a launcher is asked to start. */
export interface LaunchPlan extends Omit<SpawnPlan, 'stdio'> {
  readonly stdio: Required<StdioOptions>;
  /** stdout and stderr, which are pipes, are one: what is written to either comes out of `stdout` in exact order. */
  readonly isMerged: boolean;
  readonly tie: Tie;
  /** It gets a terminal of its own in place of the three streams. */
  readonly pty: PtyPlan | undefined;
}

/**
 * A process that was started, and this program's ends of its streams.
 *
 * `exit` comes once, when all that the process itself wrote is on its way to whoever reads the streams.
 */
export interface Launched {
  readonly pid: number;
  readonly stdin: Writable | null;
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
  once(event: 'exit', listener: (code: number | null, killSignal: NodeJS.Signals | null) => void): unknown;
  /** Keeps this program from ending while it runs, which is so from the beginning. */
  ref(): void;
  unref(): void;
  /** Gives its terminal another size; missing where it has none. */
  resize?(columns: number, rows: number): void;
}

/** Starts processes in one way or another. */
export interface Launcher {
  /**
   * Starts a process; a refusal of the system rejects with its own error. `onLaunched` is called in the turn of the loop
   * in which it is known, before any of its output is read.
   */
  launch(plan: LaunchPlan, onLaunched: (launched: Launched) => void): Promise<void>;
  /** Lets go of what it needs for further starts; what runs is not ended. */
  close(): Promise<void>;
}
