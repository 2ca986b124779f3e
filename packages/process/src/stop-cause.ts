import type { Exit } from './leader.ts';
import { isOwnFault, type Outcome } from './outcome.ts';

/** Who wants a process to end before it does so itself; the first one decides what is reported. */
export type StopCause =
  | { readonly kind: 'kill'; readonly killSignal: NodeJS.Signals }
  | { readonly kind: 'timeout'; readonly timeoutMs: number; readonly idle: boolean }
  | { readonly kind: 'abort'; readonly reason: unknown };

/** The outcome of a process that somebody stopped. */
export function outcomeOfStop(cause: StopCause, escalated: boolean, died: NodeJS.Signals | undefined): Outcome {
  switch (cause.kind) {
    case 'kill':
      return { kind: 'signaled', killSignal: died ?? cause.killSignal, by: 'stop', escalated };
    case 'timeout':
      return { kind: 'timedOut', timeoutMs: cause.timeoutMs, idle: cause.idle, escalated };
    case 'abort':
      return { kind: 'aborted', reason: cause.reason, escalated };
  }
}

/** The outcome of a process that came to its end by itself, or by a signal that `wasSent` knows or not. */
export function outcomeOfExit(
  { exitCode, killSignal }: Exit,
  wasSent: (killSignal: NodeJS.Signals) => boolean,
): Outcome {
  if (killSignal === undefined) return { kind: 'exited', code: exitCode ?? 0 };
  const by = wasSent(killSignal) ? 'stop' : isOwnFault(killSignal) ? 'self' : 'outside';
  return { kind: 'signaled', killSignal, by, escalated: false };
}
