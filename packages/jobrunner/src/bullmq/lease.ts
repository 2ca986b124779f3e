import { onAbort } from '@core/io';

import { JobrunnerError } from '../errors.ts';
import { Hold } from './hold.ts';
import type { StoredJob } from './store.ts';

export interface LeaseOptions {
  readonly token: string;
  readonly leaseMs: number;
  /** Aborted when all work is to end. */
  readonly stop: AbortSignal;
}

/**
 * Does work while the lease of its job is renewed, so that nobody else gets it. Where the lease is lost the signal of
 * the work is aborted: from then on somebody else may be doing it.
 */
export async function underLease<T>(
  job: StoredJob,
  { token, leaseMs, stop }: LeaseOptions,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const stopped = (): void => {
    controller.abort(stop.reason);
  };
  const forget = onAbort(stop, stopped);
  if (stop.aborted) stopped();
  const lost = (): void => {
    controller.abort(leaseLost(job));
  };
  const hold = new Hold(leaseMs, lost);
  const renew = async (): Promise<void> => {
    const untilMs = performance.now() + leaseMs;
    const isRenewed = await job.extendLock(token, leaseMs).then(Boolean, () => undefined);
    if (isRenewed === false) lost();
    else if (isRenewed === true) hold.until(untilMs); // where the queue cannot be asked, it is held for as long as it was
  };
  const timer = setInterval(() => void renew(), Math.ceil(leaseMs / 3));
  try {
    return await work(controller.signal);
  } finally {
    clearInterval(timer);
    hold.end();
    forget();
  }
}

function leaseLost({ data: { repo, handler } }: StoredJob): JobrunnerError {
  return new JobrunnerError(`Cannot go on with ${handler} in ${repo}: another process may have it by now`, {
    code: 'ERR_JOBRUNNER_QUEUE_FAILED',
    op: 'queue.renew',
    id: repo,
    hint: 'The queue was not reached for longer than leaseMs, or the event loop of this process was held up.',
  });
}
