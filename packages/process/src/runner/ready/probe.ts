import type { Process } from '../../process.ts';

/** What a probe works with. */
interface ProbeContext {
  readonly process: Process;
  /** Aborted when nobody waits any more: the probe then settles at once, in whichever way, and leaves nothing behind. */
  readonly signal: AbortSignal;
  /** Remembers why the last try was refused, for the message of a timeout. */
  readonly refused: (why: unknown) => void;
}

/** Resolves when the service is ready; rejects where it will never be. */
type Probe = (context: ProbeContext) => Promise<void>;

/** A check that was taken apart. */
export interface Probing {
  readonly probe: Probe;
  /** What is waited for, as the end of a sentence. */
  readonly awaits: string;
}
