import type { CancelOptions, Medium } from '@core/io';

import { locked } from '../state/locked.ts';
import { isMissing, writing } from '../state/state-error.ts';
import { LogChain } from './log-chain.ts';

/** When and how a log is rotated. */
export interface RotateLogOptions extends CancelOptions {
  /** Only where it has at least so many bytes; 16 MiB unless it is given. */
  readonly maxBytes?: number | undefined;
  /** So many pieces are kept beside the one that is being written, at least 1; 3 unless it is given. */
  readonly keep?: number | undefined;
  /**
   * Makes the writer open the path anew and write nothing more to the file that it has. Not given: nobody writes now, as
   * before a machine is started.
   */
  readonly switchFile?: (() => Promise<void>) | undefined;
}

const MAX_BYTES = 16 * 1024 * 1024;
const KEEP = 3;

/**
 * Puts a log aside that has become large, as `<path>.<number>`, and removes the oldest pieces; says whether it did. The
 * writer goes on in a new file. It is never copied and never cut, so not a byte is lost between two pieces, and readers
 * go on from one to the next.
 *
 * @throws What `switchFile` throws, with the log where it was; `ERR_CONTAINER_STATE_UNWRITABLE`; `RangeError`.
 *
 * @example
 * ```ts
 * import { MemoryMedium } from '@core/io';
 * import { readLog, rotateLog } from '@core/container';
 *
 * const medium = new MemoryMedium({ 'console.log': 'first\n' });
 * assert.equal(await rotateLog(medium, 'console.log', { maxBytes: 1000 }), false);
 * assert.equal(await rotateLog(medium, 'console.log', { maxBytes: 1 }), true);
 * await medium.append('console.log', 'second\n');
 *
 * const lines = [];
 * for await (const line of readLog(medium, 'console.log').lines()) lines.push(line);
 * assert.deepEqual(lines, ['first', 'second']);
 * assert.equal(await medium.read('console.log.1'), 'first\n');
 * ```
 */
export async function rotateLog(medium: Medium, path: string, options: RotateLogOptions = {}): Promise<boolean> {
  const { maxBytes = MAX_BYTES, keep = KEEP, switchFile, signal } = options;
  checkWhole('maxBytes', maxBytes, 0);
  checkWhole('keep', keep, 1);
  signal?.throwIfAborted();
  const due = { maxBytes, isWritten: switchFile !== undefined };
  if (!(await isRotationDue(medium, path, due))) return false;
  const attempt = { op: 'container.rotateLog', what: `rotate the log ${JSON.stringify(path)}`, path };
  const rotate = async (): Promise<boolean> => {
    if (!(await isRotationDue(medium, path, due))) return false;
    const chain = new LogChain(medium, path);
    await putAside(medium, chain, switchFile);
    const numbers = await chain.numbers();
    for (const number of numbers.slice(0, -keep)) await medium.deleteAll(chain.pathOf(number));
    return true;
  };
  return writing(attempt, () => locked(medium, path, rotate, { signal }), signal);
}

/** What decides whether a log is rotated. */
export interface RotationDueOptions extends Pick<RotateLogOptions, 'maxBytes'> {
  /** Somebody has the log open and writes to it. */
  readonly isWritten: boolean;
}

/** Also where a program was killed in the middle: then the writer writes into a piece, and has to switch. */
export async function isRotationDue(
  medium: Medium,
  path: string,
  { maxBytes = MAX_BYTES, isWritten }: RotationDueOptions,
): Promise<boolean> {
  try {
    return (await medium.stat(path)).size >= maxBytes;
  } catch (error) {
    if (!isMissing(error)) throw error;
    return isWritten && (await new LogChain(medium, path).numbers()).length > 0;
  }
}

async function putAside(medium: Medium, chain: LogChain, switchFile: (() => Promise<void>) | undefined): Promise<void> {
  const { path } = chain;
  const aside = chain.pathOf(await chain.lastNumber());
  const isThere = await medium.exists(path);
  if (isThere) await medium.rename(path, aside);
  try {
    await switchFile?.();
  } catch (error) {
    if (isThere && !(await medium.exists(path))) await medium.rename(aside, path);
    throw error;
  }
}

function checkWhole(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new RangeError(`${name} must be a whole number from ${String(least)}, not ${String(value)}`);
}
