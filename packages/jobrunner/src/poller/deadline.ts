import { onAbort } from '@core/io';

import type { Clock } from './clock.ts';

/** How long something may take. */
export interface DeadlineOptions {
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** So long it is waited for after the signal was aborted. */
  readonly graceMs: number;
  /** So long it is waited for after its time was up, whatever it comes to then. */
  readonly lateMs: number;
  readonly signal: AbortSignal;
  /** What its signal is aborted with, and the caller gets, when its time is up. */
  readonly timeout: () => Error;
}

/**
 * What the work comes to. Its signal is aborted when the time is up or `signal` is aborted. After the former it has
 * failed; after the latter it may still come to something while it is waited for, and is refused with the reason of the
 * signal where it does not. No timer is left.
 */
export async function underDeadline<T>(
  work: (signal: AbortSignal) => Promise<T>,
  { clock, timeoutMs, graceMs, lateMs, signal, timeout }: DeadlineOptions,
): Promise<T> {
  signal.throwIfAborted();
  const controller = new AbortController();
  const timers = new AbortController();
  const cancelled = new Promise<void>((resolve) => {
    onAbort(controller.signal, resolve);
  });
  const forget = onAbort(signal, () => {
    controller.abort(signal.reason);
  });
  const expire = (): void => {
    controller.abort(timeout());
  };
  const passes = (ms: number): Promise<void> => clock.wait(ms, { signal: timers.signal }).catch(() => undefined);
  void clock.wait(timeoutMs, { signal: timers.signal }).then(expire, () => undefined);
  try {
    const working = started(work, controller.signal);
    const settled = working.then(
      () => undefined,
      () => undefined,
    );
    await Promise.race([settled, cancelled]);
    if (!controller.signal.aborted) return await working;
    const isLate = !signal.aborted;
    await Promise.race([settled, passes(isLate ? lateMs : graceMs)]);
    if (isLate) throw controller.signal.reason;
    return await Promise.race([working, Promise.reject(signal.reason as Error)]);
  } finally {
    timers.abort();
    forget();
  }
}

/** What is thrown before there is a promise is refused like what comes later. */
async function started<T>(work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
  return work(signal);
}
