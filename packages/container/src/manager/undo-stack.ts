import type { Logger } from '@core/process';

/** What was done so far, and how each step of it is taken back: in reverse, each once. */
export class UndoStack {
  readonly #logger: Logger;
  #steps: (() => Promise<unknown>)[] = [];

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  push(step: () => Promise<unknown>): void {
    this.#steps.push(step);
  }

  /** Takes back all of it. A step that cannot be taken back is told to the logger, and does not hold up the others. */
  async unwind(): Promise<void> {
    for (const step of this.#steps.splice(0).toReversed()) {
      await step().catch((error: unknown) => {
        this.#logger.warn('A step of a start that failed could not be taken back', { error });
      });
    }
  }

  /** What was done stays. */
  keep(): void {
    this.#steps = [];
  }
}
