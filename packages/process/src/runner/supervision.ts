import { checkNumber, LONGEST_MS } from '../check.ts';
import type { RestartOptions } from './run-spec.ts';

/**
 * Where a service stands, in the words of supervisors: on its way up; ready; waiting to be started again; being ended;
 * over because it was ended; over by itself, and that was that; given up.
 */
export type ServiceState = 'STARTING' | 'RUNNING' | 'BACKOFF' | 'STOPPING' | 'STOPPED' | 'EXITED' | 'FATAL';

/** What is known of a service between two events. */
export interface Supervision {
  readonly state: ServiceState;
  /** In a row, the next one included where it is in `BACKOFF`. */
  readonly restarts: number;
  /** In `BACKOFF`: the wait before the next start. */
  readonly delayMs?: number;
  /** In `RUNNING`: when it was ready. */
  readonly readyAtMs?: number;
}

/** What happens to a service; times are of any clock that does not go back. */
export type SupervisionEvent =
  | { readonly type: 'ready'; readonly atMs: number }
  /** It ended by itself, or could not be made ready; `ok` where it exited with code 0. */
  | { readonly type: 'ended'; readonly atMs: number; readonly ok: boolean }
  /** It cannot be started at all. */
  | { readonly type: 'unstartable' }
  /** The wait before the next start is over. */
  | { readonly type: 'waited' }
  /** Somebody ends it. */
  | { readonly type: 'stop' }
  /** Nothing of it is left. */
  | { readonly type: 'stopped' };

/** How a service begins. */
export const STARTING: Supervision = { state: 'STARTING', restarts: 0 };

const DEFAULTS = {
  policy: 'on-failure',
  maxRestarts: 3,
  minUptimeMs: 1000,
  minDelayMs: 500,
  maxDelayMs: 15_000,
} as const;

/** What becomes of a service by an event; one that cannot happen in its state changes nothing. Without `restart` it is never started again. */
export function supervise(
  before: Supervision,
  event: SupervisionEvent,
  restart: RestartOptions | undefined,
): Supervision {
  const { state, restarts } = before;
  switch (event.type) {
    case 'ready':
      return state === 'STARTING' ? { state: 'RUNNING', restarts, readyAtMs: event.atMs } : before;
    case 'ended':
      return state === 'STARTING' || state === 'RUNNING' ? afterEnd(before, event, restart) : before;
    case 'unstartable':
      return state === 'STARTING' ? { state: 'FATAL', restarts } : before;
    case 'waited':
      return state === 'BACKOFF' ? { state: 'STARTING', restarts } : before;
    case 'stop':
      return isOver(state) ? before : { state: 'STOPPING', restarts };
    case 'stopped':
      return state === 'STOPPING' ? { state: 'STOPPED', restarts } : before;
  }
}

/** Whether nothing more happens to it. */
function isOver(state: ServiceState): boolean {
  return state === 'STOPPED' || state === 'EXITED' || state === 'FATAL';
}

/**
 * Refuses options that are out of range.
 *
 * @throws `TypeError` or `RangeError` that names the option.
 */
export function checkRestart(restart: RestartOptions): void {
  const { policy, maxRestarts, minUptimeMs, minDelayMs, maxDelayMs } = restart;
  if (policy !== undefined && !['always', 'on-failure'].includes(policy)) {
    throw new TypeError(`restart.policy must be "always" or "on-failure", not ${JSON.stringify(policy)}`);
  }
  checkNumber('restart.maxRestarts', maxRestarts, 0, Number.MAX_SAFE_INTEGER);
  checkNumber('restart.minUptimeMs', minUptimeMs, 0, Number.MAX_SAFE_INTEGER);
  checkNumber('restart.minDelayMs', minDelayMs, 0, LONGEST_MS);
  checkNumber('restart.maxDelayMs', maxDelayMs, 0, LONGEST_MS);
}

/** An end before it was ready is a failure whatever its code. */
function afterEnd(
  { restarts, readyAtMs }: Supervision,
  { atMs, ok }: SupervisionEvent & { type: 'ended' },
  restart: RestartOptions | undefined,
): Supervision {
  const { policy, maxRestarts, minUptimeMs } = withDefaults(restart);
  const isWanted = restart !== undefined && (policy === 'always' || !ok || readyAtMs === undefined);
  if (!isWanted) return { state: 'EXITED', restarts };
  const inARow = readyAtMs !== undefined && atMs - readyAtMs >= minUptimeMs ? 0 : restarts;
  if (inARow >= maxRestarts) return { state: 'FATAL', restarts: inARow };
  return { state: 'BACKOFF', restarts: inARow + 1, delayMs: delayBefore(inARow + 1, restart) };
}

function delayBefore(nth: number, restart: RestartOptions): number {
  const { minDelayMs, maxDelayMs } = withDefaults(restart);
  return Math.min(minDelayMs * 2 ** (nth - 1), maxDelayMs);
}

function withDefaults(
  restart: RestartOptions = {},
): Required<{ [K in keyof RestartOptions]: NonNullable<RestartOptions[K]> }> {
  return {
    policy: restart.policy ?? DEFAULTS.policy,
    maxRestarts: restart.maxRestarts ?? DEFAULTS.maxRestarts,
    minUptimeMs: restart.minUptimeMs ?? DEFAULTS.minUptimeMs,
    minDelayMs: restart.minDelayMs ?? DEFAULTS.minDelayMs,
    maxDelayMs: restart.maxDelayMs ?? DEFAULTS.maxDelayMs,
  };
}
