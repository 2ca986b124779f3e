import { unlessAborted } from '@core/io';

import { within } from '../dispatch/within.ts';
import { JobrunnerError } from '../errors.ts';
import { errorText } from '../poller/error-text.ts';

const LATE = Symbol('late');

/** What is asked of a queue. */
export interface Question<T> {
  /** Name of the queue. */
  readonly id: string;
  /** What for. */
  readonly what: string;
  readonly timeoutMs: number;
  /** Aborted when nobody wants to know any more. */
  readonly signal: AbortSignal;
  readonly ask: () => Promise<T>;
}

/**
 * What a queue answers. One that cannot be reached does not answer at all: its clients wait until it is back.
 *
 * @throws `ERR_JOBRUNNER_QUEUE_FAILED` where it refuses, or does not answer in time; the reason of the signal.
 */
export async function answered<T>({ id, what, timeoutMs, signal, ask }: Question<T>): Promise<T> {
  try {
    const answer = await within(unlessAborted(ask(), signal), timeoutMs, LATE);
    if (answer !== LATE) return answer;
    throw new Error(`it did not answer for ${String(timeoutMs)} ms`);
  } catch (error) {
    if (error instanceof JobrunnerError || (signal.aborted && error === signal.reason)) throw error;
    throw new JobrunnerError(`Cannot use the queue "${id}" to ${what}: ${errorText(error)}`, {
      code: 'ERR_JOBRUNNER_QUEUE_FAILED',
      op: 'queue.dispatch',
      id,
      hint: 'See that the server of the queue runs, and that this process may use it.',
    });
  }
}
