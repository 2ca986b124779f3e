import type { OutputLine } from './output/lines.ts';
import type { StreamName } from './output/stream-name.ts';

/** A process was started. */
interface ProcessStarted {
  readonly id: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly dir: string;
  readonly pid: number;
}

/** The lines of one chunk. */
interface ProcessLines {
  readonly id: string;
  readonly stream: StreamName;
  readonly lines: readonly OutputLine[];
  readonly at: Date;
}

/** A process is about to be ended. */
interface ProcessKilled {
  readonly id: string;
  readonly killSignal: NodeJS.Signals;
}

/** A process is over, or could not be started. */
export interface ProcessExited {
  readonly id: string;
  readonly exitCode: number | undefined;
  readonly killSignal: NodeJS.Signals | undefined;
  readonly durationMs: number;
  /** Why it is no success; the reason of the signal itself where it was aborted. */
  readonly error: unknown;
}

/**
 * Who hears what a service's processes do, in order and as it happens: `started`, any number of `lines` and `killed`,
 * one `exited`; a start that failed has `exited` alone. Lines are decoded only where `lines` is there.
 */
export interface ProcessEvents {
  readonly started?: (event: ProcessStarted) => void;
  readonly lines?: (event: ProcessLines) => void;
  readonly killed?: (event: ProcessKilled) => void;
  readonly exited?: (event: ProcessExited) => void;
}

/** The same listeners, whose failures harm neither the process nor each other. */
export function isolated({ started, lines, killed, exited }: ProcessEvents): ProcessEvents {
  return {
    ...(started === undefined ? {} : { started: isolatedOne(started) }),
    ...(lines === undefined ? {} : { lines: isolatedOne(lines) }),
    ...(killed === undefined ? {} : { killed: isolatedOne(killed) }),
    ...(exited === undefined ? {} : { exited: isolatedOne(exited) }),
  };
}

function isolatedOne<E>(listener: (event: E) => void): (event: E) => void {
  return (event) => {
    try {
      listener(event);
    } catch {
      // the listener's own affair: a process must not end because of one who watches it
    }
  };
}
