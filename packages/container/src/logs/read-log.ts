import type { CancelOptions, Medium } from '@core/io';

import type { Logs } from '../manager.ts';
import { describe } from '../state/describe.ts';
import { linesOf } from './lines-of.ts';
import { LogChain } from './log-chain.ts';
import { LogEvents } from './log-events.ts';
import { type LogPlace, tailOf } from './log-tail.ts';
import { readChain } from './read-chain.ts';

/** How a log is read. */
export interface ReadLogOptions extends CancelOptions {
  /** Goes on with what is written, until `ended`. */
  readonly follow?: boolean | undefined;
  /** So many lines of the end only; 0: only what comes. */
  readonly tail?: number | undefined;
  /** When nothing more is written, as the machine has ended; never unless it is given. Whether it resolves or rejects. */
  readonly ended?: Promise<unknown> | undefined;
}

/**
 * What was written to a log, in pieces as {@link rotateLog} makes them or in one: no byte is lost or given twice, whoever
 * writes or rotates meanwhile. A log that is not there is empty, and is waited for where it is followed.
 *
 * Each iteration reads anew from the beginning, no faster than it is taken. What is appended is given as soon as the
 * system tells of it: nothing is asked again and again. Where the oldest piece was removed meanwhile, it goes on with the
 * next one; where a file that is followed was emptied, from its new beginning.
 *
 * @throws `RangeError` for a wrong `tail`; the iteration: the reason of the signal, what the medium refuses.
 *
 * @example
 * ```ts
 * import { MemoryMedium } from '@core/io';
 * import { readLog } from '@core/container';
 *
 * const medium = new MemoryMedium({ 'console.log': 'Booting\r\nWelcome\r\nlogin: ' });
 * const lines = [];
 * for await (const line of readLog(medium, 'console.log', { tail: 2 }).lines()) lines.push(line);
 * assert.deepEqual(lines, ['Welcome', 'login: ']);
 * ```
 */
export function readLog(medium: Medium, path: string, options: ReadLogOptions = {}): Logs {
  const { tail } = options;
  if (tail !== undefined && !(Number.isSafeInteger(tail) && tail >= 0)) {
    throw new RangeError(`tail must be a whole number from 0, not ${describe(tail)}`);
  }
  return logsFrom(() => bytesOf(medium, path, options));
}

/**
 * A log whose bytes come from anywhere, each time anew; its lines are made of them.
 *
 * @example
 * ```ts
 * import { logsFrom } from '@core/container';
 *
 * const logs = logsFrom(async function* () {
 *   yield Buffer.from('gr');
 *   yield Buffer.from([0xc3]); // the first half of ü
 *   yield Buffer.from([0xbc, 0x6e, 0x0d, 0x0a]);
 * });
 * const lines = [];
 * for await (const line of logs.lines()) lines.push(line);
 * assert.deepEqual(lines, ['grün']);
 * ```
 */
export function logsFrom(bytes: () => AsyncIterable<Uint8Array>): Logs {
  return {
    [Symbol.asyncIterator]: () => bytes()[Symbol.asyncIterator](),
    lines: () => ({ [Symbol.asyncIterator]: () => linesOf(bytes()) }),
  };
}

async function* bytesOf(
  medium: Medium,
  path: string,
  { follow = false, tail, ended = new Promise(() => undefined), signal }: ReadLogOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  signal?.throwIfAborted();
  const chain = new LogChain(medium, path, { signal });
  if (!follow) {
    yield* readChain(chain, await placesOf(chain, tail));
    return;
  }
  const events = new LogEvents({ medium, chain, ended, signal });
  try {
    const { from } = await placesOf(chain, tail);
    yield* readChain(chain, { from, events });
  } finally {
    await events[Symbol.asyncDispose]();
  }
}

/** What is wanted: all, or the last lines, of which no more come than there are when the reader asks. */
async function placesOf(
  chain: LogChain,
  tail: number | undefined,
): Promise<{ readonly from: LogPlace; readonly end?: LogPlace }> {
  if (tail !== undefined) return tailOf(chain, tail);
  const [first = 1] = await chain.numbers();
  return { from: { number: first, position: 0 } };
}
