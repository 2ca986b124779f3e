const LATE = Symbol('late');

/** So much time for several steps, one after the other. It holds the program up until it is closed. */
export class Deadline {
  readonly #durationMs: number;
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;
  readonly #late: Promise<typeof LATE>;

  constructor(durationMs: number) {
    this.#durationMs = durationMs;
    this.#late = new Promise((resolve) => {
      this.#controller.signal.addEventListener('abort', () => {
        resolve(LATE);
      });
    });
    this.#timer = setTimeout(() => {
      this.#controller.abort(new Error(`The ${String(durationMs)} ms are over`));
    }, durationMs);
  }

  /** Aborted when the time is up. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Resolves with the step; rejects when the time is up, and then nobody waits for the step any more. */
  async wait(what: string, step: Promise<unknown>): Promise<void> {
    const ended = await Promise.race([step, this.#late]);
    if (ended === LATE) throw new Error(`${what} did not end within ${String(this.#durationMs)} ms`);
  }

  close(): void {
    clearTimeout(this.#timer);
  }
}
