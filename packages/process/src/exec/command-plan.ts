import type { Logger } from '../logger.ts';
import type { ProcessInput, StartOptions } from '../options.ts';
import type { StreamName } from '../output/stream-name.ts';
import { isWritable, type OutputTarget } from './target.ts';

/** What a command is run for: to be done, or for its stdout or for all of its output. */
export type Wanted = 'result' | 'stdout' | 'combined';

/** All that was said of a command. */
export interface CommandPlan {
  readonly name: string;
  readonly args: readonly string[];
  readonly dir: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: ProcessInput | undefined;
  readonly stdout: OutputTarget | undefined;
  readonly stderr: OutputTarget | undefined;
  readonly logger: Logger | undefined;
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number | undefined;
  readonly maxOutputBytes: number;
}

/** Whether stdout and stderr are one: asked for so, or because both go into one stream. */
export function isMerged({ stdout, stderr }: CommandPlan, wanted: Wanted): boolean {
  return wanted === 'combined' || (stdout === stderr && isWritable(stdout));
}

/** How its process is started. */
export function startOptionsOf(plan: CommandPlan, wanted: Wanted, signal: AbortSignal): StartOptions {
  const { dir, env, stdin, timeoutMs, maxOutputBytes } = plan;
  return {
    ...{ dir, env, timeoutMs, signal },
    ...(stdin === undefined ? {} : { input: stdin }),
    stdio: {
      ...(stdin === undefined ? {} : { stdin: 'pipe' }),
      stdout: plan.stdout === 'inherit' ? 'inherit' : 'pipe',
      stderr: plan.stderr === 'inherit' ? 'inherit' : 'pipe',
    },
    output: isMerged(plan, wanted) ? 'merged' : 'split',
    capture: wanted === 'result' ? true : { stdoutBytes: maxOutputBytes },
  };
}

/** Refuses what cannot be had together. */
export function checkWanted({ stdout, stderr }: CommandPlan, wanted: Wanted): void {
  if (wanted === 'result') return;
  const taken: StreamName[] = [];
  if (stdout !== undefined) taken.push('stdout');
  if (stderr !== undefined && wanted === 'combined') taken.push('stderr');
  if (taken.length === 0) return;
  const method = wanted === 'stdout' ? 'output' : 'combinedOutput';
  throw new TypeError(`${method}() collects what ${taken.join(' and ')}() was told to write elsewhere: use run()`);
}
