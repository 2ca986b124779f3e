import type { LineBatch } from './output/lines.ts';

/** A process was started. */
interface ProcessStarted {
  readonly id: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly dir: string;
  readonly pid: number;
}

/** Lines that came in one chunk: all of them, or as many as the listeners take in a few milliseconds. */
export interface ProcessLines extends LineBatch {
  readonly id: string;
  /** When the chunk came. */
  readonly at: Date;
}

/** A process was ended by a signal, a timeout, an abort or `kill()`. */
interface ProcessKilled {
  readonly id: string;
  /** The signal that it died of; the polite one where it answered that with an exit code. */
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
 * Who hears what a service's processes do, in order and as it happens: `started`, any number of `lines`, `killed`
 * where it did not end by itself, one `exited`; a start that failed has `exited` alone. Lines are decoded only where `lines` is there.
 *
 * Lines come in slices of a few milliseconds a turn of the event loop, and a process of which too many wait is slowed
 * down. The result waits a quarter of a second for listeners that are behind; `exited` always comes after the last line.
 */
export interface ProcessEvents {
  readonly started?: (event: ProcessStarted) => void;
  readonly lines?: (event: ProcessLines) => void;
  /** Whether anybody wants lines now; without it, `lines` is always wanted. Nothing is decoded while nobody does. */
  readonly wantsLines?: () => boolean;
  readonly killed?: (event: ProcessKilled) => void;
  readonly exited?: (event: ProcessExited) => void;
}

/** The same listeners, whose failures harm neither the process nor each other. */
export function isolated({ started, lines, wantsLines, killed, exited }: ProcessEvents): ProcessEvents {
  return {
    ...(started === undefined ? {} : { started: isolatedOne(started) }),
    ...(lines === undefined ? {} : { lines: isolatedOne(lines) }),
    ...(wantsLines === undefined ? {} : { wantsLines: isolatedQuestion(wantsLines) }),
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

/** Who cannot say that it wants lines gets none. */
function isolatedQuestion(question: () => boolean): () => boolean {
  return () => {
    try {
      return question();
    } catch {
      return false;
    }
  };
}
