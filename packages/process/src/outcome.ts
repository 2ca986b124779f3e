/** What was in the way of a start: the program, its directory, its arguments and environment, or the system's limits. */
export type SpawnObstacle = 'command' | 'dir' | 'arguments' | 'resources';

/**
 * How a process ended: closed, so that a `switch` over `kind` is complete.
 *
 * `timedOut` with `idle`: it said nothing for so long. `signaled` tells who was behind it: `self` is a fault of its own (SIGSEGV, SIGABRT, …), `stop` is `kill()` or
 * `sendSignal()` (also where it answered the polite signal with an exit code), `outside` is anybody else. `escalated`:
 * the polite signal was not enough for it or for something that it had started.
 */
export type Outcome =
  | { readonly kind: 'exited'; readonly code: number }
  | {
      readonly kind: 'signaled';
      readonly killSignal: NodeJS.Signals;
      readonly by: 'self' | 'stop' | 'outside';
      readonly escalated: boolean;
    }
  | { readonly kind: 'timedOut'; readonly timeoutMs: number; readonly idle: boolean; readonly escalated: boolean }
  | { readonly kind: 'aborted'; readonly reason: unknown; readonly escalated: boolean }
  | { readonly kind: 'spawnFailed'; readonly code: string; readonly what: SpawnObstacle };

/** The signals by which a process ends through what it did itself. */
const OWN_FAULTS: ReadonlySet<NodeJS.Signals> = new Set([
  'SIGABRT',
  'SIGALRM',
  'SIGBUS',
  'SIGFPE',
  'SIGILL',
  'SIGPIPE',
  'SIGSEGV',
  'SIGSYS',
  'SIGTRAP',
  'SIGXCPU',
  'SIGXFSZ',
]);

/** Whether a process ends by this signal through what it did itself. */
export function isOwnFault(killSignal: NodeJS.Signals): boolean {
  return OWN_FAULTS.has(killSignal);
}

/** The outcome as the second half of a sentence: "it exited with code 3". */
export function describeOutcome(outcome: Outcome): string {
  switch (outcome.kind) {
    case 'exited':
      return `it exited with code ${String(outcome.code)}`;
    case 'signaled':
      return describeSignal(outcome);
    case 'timedOut':
      return `it ${outcome.idle ? 'said nothing for' : 'did not end within'} ${String(outcome.timeoutMs)} ms and was ${ended(outcome.escalated)}`;
    case 'aborted':
      return `it was aborted and ${ended(outcome.escalated)}`;
    case 'spawnFailed':
      return `it could not be started (${outcome.code})`;
  }
}

function describeSignal({ killSignal, by, escalated }: Outcome & { kind: 'signaled' }): string {
  if (by === 'self') return `it crashed with ${killSignal}`;
  if (by === 'outside') return `it was ended by ${killSignal} from outside`;
  return escalated ? `it was ${ended(true)}` : `it was stopped with ${killSignal}`;
}

function ended(escalated: boolean): string {
  return escalated ? 'killed, because the polite signal did not end it' : 'stopped';
}
