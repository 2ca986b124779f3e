import type { Container } from '../container.ts';
import { machinePaths } from '../machine/machine-paths.ts';
import { logsFrom, readLog } from '../logs/read-log.ts';
import type { Logs } from '../manager.ts';
import type { LogOptions } from '../run-options.ts';
import { checkFlag, checkNumber, checkObject, checkSignal } from './check.ts';
import type { ManagerContext } from './context.ts';
import { controlOf } from './control-of.ts';
import { tidyLog } from './tidy-log.ts';
import { findTruth } from './truth.ts';

/** Whoever follows a log looks after it, too. */
const LOOK_AFTER = 1024 * 1024;

/** The console of a machine; it is looked for when the first piece is asked for. */
export function openLogs(context: ManagerContext, id: string, options: LogOptions = {}): Logs {
  checkObject('options', options);
  checkFlag('follow', options.follow);
  checkNumber('tail', options.tail, 0, Number.MAX_SAFE_INTEGER);
  checkSignal(options.signal);
  return logsFrom(() => read(context, id, options));
}

/** The console of a machine that has been found, which is not looked for again. */
export function logsOf(context: ManagerContext, container: Container, options: LogOptions): Logs {
  return logsFrom(() => readOf(context, container, options));
}

async function* read(
  context: ManagerContext,
  id: string,
  { follow, tail, signal }: LogOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  signal?.throwIfAborted();
  yield* readOf(context, await findTruth(context, id, { signal }), { follow, tail, signal });
}

async function* readOf(
  context: ManagerContext,
  container: Container,
  { follow = false, tail, signal }: LogOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { log } = machinePaths(context.realStateDir, container.id);
  const leaving = new AbortController();
  const isFollowed = follow && container.status === 'running';
  const ended = isFollowed ? controlOf(context, container).waitForExit({ signal: leaving.signal }) : Promise.resolve();
  ended.catch(() => undefined); // it rejects when the reader leaves first
  try {
    let length = 0;
    for await (const piece of readLog(context.localDisk, log, { follow, tail, ended, signal })) {
      yield piece;
      length += piece.length;
      if (!isFollowed || length < LOOK_AFTER) continue;
      length = 0;
      await tidyLog(context, container);
    }
  } finally {
    leaving.abort();
  }
}
