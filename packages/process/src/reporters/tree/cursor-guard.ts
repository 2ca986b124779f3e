/** The signals that end a program which does not listen to them. */
const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Gives the cursor back when the program ends before the report does. */
export class CursorGuard {
  readonly #restore: () => void;
  #armed = false;

  constructor(restore: () => void) {
    this.#restore = restore;
  }

  /** From now on; `false` where it was so before. */
  arm(): boolean {
    if (this.#armed) return false;
    this.#armed = true;
    process.on('exit', this.#restore);
    // first in line: one that listens only once is still to be seen
    for (const name of ENDING) process.prependListener(name, this.#onSignal);
    return true;
  }

  disarm(): void {
    this.#armed = false;
    process.off('exit', this.#restore);
    for (const name of ENDING) process.off(name, this.#onSignal);
  }

  /**
   * Steps aside at once, so that others who listen, and count who else does, see only themselves. Where nobody does, the
   * program ends by the signal, as it would have without this listener; where it lives on, it is armed again.
   */
  readonly #onSignal = (name: NodeJS.Signals): void => {
    this.disarm();
    this.#restore();
    if (process.listenerCount(name) === 0) process.kill(process.pid, name);
  };
}
