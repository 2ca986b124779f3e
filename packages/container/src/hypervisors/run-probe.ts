import type { CancelOptions } from '@core/io';
import { ProcessError, type ProcessResult } from '@core/process';
import { command } from '@core/process/exec';

/** How a program ended that was run to find something out. */
export interface ProbeResult {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  /** What it said at last, without its own name. */
  readonly words: string;
  readonly timedOut: boolean;
}

/** How long a program may take to tell about itself. */
const TIMEOUT_MS = 10_000;

/** Runs a program to its end, however it ends. Where it cannot be started, that is what it "said". */
export async function runProbe(
  name: string,
  args: readonly string[],
  { signal, timeoutMs = TIMEOUT_MS }: CancelOptions & { readonly timeoutMs?: number | undefined } = {},
): Promise<ProbeResult> {
  const probe = command(name, ...args).timeout(timeoutMs);
  try {
    return outcomeOf(await (signal === undefined ? probe : probe.signal(signal)).run());
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof ProcessError)) throw error;
    const { result } = error;
    return result === undefined || result.outcome.kind === 'spawnFailed' ? unstarted(error) : outcomeOf(result);
  }
}

function outcomeOf({ exitCode, stdout, stderr, outcome }: ProcessResult): ProbeResult {
  return { exitCode, stdout, words: lastLine(stderr), timedOut: outcome.kind === 'timedOut' };
}

function unstarted({ message }: ProcessError): ProbeResult {
  return { exitCode: undefined, stdout: '', words: message, timedOut: false };
}

function lastLine(text: string): string {
  const line = text.trimEnd().split('\n').at(-1) ?? '';
  return line.replace(/^\S*qemu-system-\S+: /, '');
}
