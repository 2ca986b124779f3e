import { EscapeSignal, type Place, type Sandbox } from './sandbox/sandbox.ts';
import { errorCode } from './system-error.ts';

/** Is told of every way out that was refused. */
export type EscapeListener = (op: string, path: string, escape: EscapeSignal) => void;

/** How operations reach the disk: through the sandbox, whose root may come and go, and never out of it unnoticed. */
export class Access {
  readonly sandbox: Sandbox;
  readonly #onEscape: EscapeListener | undefined;

  constructor(sandbox: Sandbox, onEscape: EscapeListener | undefined) {
    this.sandbox = sandbox;
    this.#onEscape = onEscape;
  }

  /** Does `work`, which finds a missing root missing. */
  look<T>(op: string, path: string, work: () => T): T {
    return this.#tell(op, path, () => this.#rooted(false, work));
  }

  /** Does `work`, for which a missing root is made. */
  change<T>(op: string, path: string, work: () => T): T {
    return this.#tell(op, path, () => this.#rooted(true, work));
  }

  #rooted<T>(make: boolean, work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (errorCode(error) === 'ENOENT' && this.sandbox.renewRoot(make)) return work();
      throw error;
    }
  }

  #tell<T>(op: string, path: string, work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (error instanceof EscapeSignal) this.#onEscape?.(op, path, error);
      throw error;
    }
  }
}

/** Does `work` at a place and closes it. */
export function at<T>(place: Place, work: (place: Place) => T): T {
  try {
    return work(place);
  } finally {
    place.close();
  }
}
