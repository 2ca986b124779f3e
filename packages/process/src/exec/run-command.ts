import type { Writable } from 'node:stream';

import { onAbort } from '@core/io';

import { ProcessError } from '../errors.ts';
import type { StreamName } from '../output/stream-name.ts';
import type { Process } from '../process.ts';
import type { ProcessResult } from '../result.ts';
import { type CommandPlan, isMerged, startOptionsOf, type Wanted } from './command-plan.ts';
import { CommandLog } from './command-log.ts';
import { pump } from './pump.ts';
import { sharedService } from './shared-service.ts';
import { isWritable, onFailure } from './target.ts';

/** A stream of the user, and what it is given. */
interface Outlet {
  readonly from: StreamName;
  readonly stream: Writable;
}

/** So long may streams take what a process wrote before its time was up. */
const LAST_WORDS_MS = 1000;

/** Runs a command to its end; what rejects is over, and has let go of the streams. */
export async function runCommand(plan: CommandPlan, wanted: Wanted): Promise<ProcessResult> {
  const { signal, logger } = plan;
  signal?.throwIfAborted();
  const log = new CommandLog(plan, logger);
  try {
    const result = await runWithOutlets(plan, wanted);
    log.ended(result);
    return result;
  } catch (error) {
    log.failed(error);
    throw error;
  }
}

async function runWithOutlets(plan: CommandPlan, wanted: Wanted): Promise<ProcessResult> {
  const { name, args, signal } = plan;
  const controller = new AbortController();
  const stop = (reason: unknown): void => {
    controller.abort(reason);
  };
  const outlets = outletsOf(plan, wanted);
  const releases = outlets.map(({ stream }) => onFailure(stream, stop));
  releases.push(
    onAbort(signal, () => {
      stop(signal?.reason);
    }),
  );
  try {
    const child = await sharedService().start(name, args, startOptionsOf(plan, wanted, controller.signal));
    const pumping = pumpAll(child, outlets, controller);
    const result = await child.done;
    await lastWords(result, pumping, stop);
    checkWhole(result.unwrap(), plan, wanted);
    return result;
  } finally {
    for (const release of releases) release();
  }
}

function outletsOf(plan: CommandPlan, wanted: Wanted): Outlet[] {
  const { stdout, stderr } = plan;
  const outlets: Outlet[] = [];
  if (isWritable(stdout)) outlets.push({ from: 'stdout', stream: stdout });
  if (isWritable(stderr) && !isMerged(plan, wanted)) outlets.push({ from: 'stderr', stream: stderr });
  return outlets;
}

/** Resolves when the streams have taken everything; the first that fails ends the process. */
function pumpAll(child: Process, outlets: readonly Outlet[], controller: AbortController): Promise<unknown> {
  const { signal } = controller;
  if (signal.aborted) return Promise.resolve();
  const pumping = Promise.all(
    outlets.map(({ from, stream }) => pump(child.chunks({ stream: from, signal }), stream, signal)),
  );
  pumping.catch((error: unknown) => {
    controller.abort(error);
  });
  return pumping;
}

/** The process is over: waits for the streams, except where its time is up and a stream may be what kept it. */
async function lastWords(
  result: ProcessResult,
  pumping: Promise<unknown>,
  stop: (reason: unknown) => void,
): Promise<void> {
  const { kind } = result.outcome;
  if (kind === 'aborted') return;
  if (kind !== 'timedOut') {
    await pumping;
    return;
  }
  const timer = setTimeout(stop, LAST_WORDS_MS);
  await pumping.catch(() => undefined);
  clearTimeout(timer);
}

/** Refuses to give the end of an output for all of it. */
function checkWhole(result: ProcessResult, { maxOutputBytes }: CommandPlan, wanted: Wanted): void {
  if (wanted === 'result' || !result.truncated || result.stdoutBytes.length < maxOutputBytes) return;
  const { id, dir, command } = result;
  const message = `Cannot collect the output of ${command}: it has more than ${String(maxOutputBytes)} bytes`;
  throw new ProcessError(message, {
    ...{ code: 'ERR_PROCESS_OUTPUT_TOO_LARGE', op: 'process.output', id, dir, result },
    hint: 'Raise `maxOutputBytes`, or write the output into a stream with `stdout(stream).run()`.',
  });
}
