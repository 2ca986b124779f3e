/** Wakes whoever waits. */
export class Bell {
  readonly #waiting = new Set<() => void>();
  #hasRung = false;

  /** Ends every wait, or the next one where nobody waits. */
  ring(): void {
    this.#hasRung = this.#waiting.size === 0;
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  /** Resolves when it rings, or after so long. */
  async wait(ms: number): Promise<void> {
    if (this.#hasRung) {
      this.#hasRung = false;
      return;
    }
    await new Promise<void>((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.#waiting.add(wake);
    });
  }
}
