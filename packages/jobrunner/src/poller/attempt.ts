import type { ActionResult } from '../action-result.ts';
import { JobrunnerError } from '../errors.ts';
import { underDeadline } from './deadline.ts';
import { matches } from './matches.ts';
import type { PollerSettings } from './poller-options.ts';
import { failedResult, type ResultContext, soundResult } from './result.ts';
import type { Task } from './task.ts';

type AttemptOptions = Pick<PollerSettings, 'clock' | 'graceMs' | 'handlerTimeoutMs'> & { readonly signal: AbortSignal };

/**
 * Lets the handler do its work, and gives a result in whichever way that ends. A handler that goes on after its time is
 * waited for as long again, or for the grace period where that is shorter; then it is left to itself.
 */
export async function attempt(task: Task, options: AttemptOptions): Promise<ActionResult> {
  const { clock } = options;
  const startedMs = clock.monotonicMs();
  const context = (): ResultContext => ({
    pipelineSignal: task.pipelineSignal,
    handler: task.job.handler,
    cycle: task.job.cycle,
    at: new Date(clock.now()),
    durationMs: Math.round(clock.monotonicMs() - startedMs),
  });
  try {
    return soundResult(await executed(task, options), context());
  } catch (error) {
    const isStopped = options.signal.aborted && error === options.signal.reason;
    return failedResult(context(), isStopped ? 'it was stopped before it was done' : error);
  }
}

/** What the handler gives: of another type than it says, perhaps. */
function executed({ handler, pipelineSignal, job }: Task, options: AttemptOptions): Promise<unknown> {
  const { handlerTimeoutMs: timeoutMs, graceMs, clock, signal } = options;
  const lateMs = Math.min(graceMs, timeoutMs);
  const timeout = (): Error => tookTooLong(job.handler, timeoutMs);
  return underDeadline<unknown>(
    async (handlerSignal) => {
      if (handler === undefined) throw unknownHandler(job.handler);
      matches(handler, pipelineSignal); // what it throws is a failure of the handler, and was left to be found here
      return handler.execute(pipelineSignal, { signal: handlerSignal });
    },
    { clock, timeoutMs, graceMs, lateMs, signal, timeout },
  );
}

function tookTooLong(id: string, timeoutMs: number): JobrunnerError {
  return new JobrunnerError(`Cannot wait for handler "${id}": it took longer than ${String(timeoutMs)} ms`, {
    code: 'ERR_JOBRUNNER_TIMEOUT',
    op: 'poller.execute',
    id,
    hint: 'See that it ends when its signal is aborted, or give it more time with handlerTimeoutMs.',
  });
}

function unknownHandler(id: string): JobrunnerError {
  return new JobrunnerError(`Cannot do the work of handler "${id}": this process has no handler of that name`, {
    code: 'ERR_JOBRUNNER_HANDLER_FAILED',
    op: 'poller.execute',
    id,
    hint: 'Give every process that shares a queue the same handlers.',
  });
}
