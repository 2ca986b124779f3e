import { constants } from 'node:os';
import { performance } from 'node:perf_hooks';

/** Package managers pass on what the terminal has sent to everybody already: two so close are one. */
const ECHO_MS = 250;

/** Hears the signals that ask a program to stop. The first asks, and any after it ends the program at once. */
export class StopSignals {
  readonly #listeners: readonly (readonly [NodeJS.Signals, () => void])[];
  #first: { readonly killSignal: NodeJS.Signals; readonly atMs: number } | undefined;

  constructor(killSignals: readonly NodeJS.Signals[], stop: (killSignal: NodeJS.Signals) => void) {
    this.#listeners = killSignals.map((killSignal) => [
      killSignal,
      () => {
        this.#hear(killSignal, stop);
      },
    ]);
    for (const [killSignal, listener] of this.#listeners) process.on(killSignal, listener);
  }

  /** From now on they do what they do without it. */
  close(): void {
    for (const [killSignal, listener] of this.#listeners) process.off(killSignal, listener);
  }

  #hear(killSignal: NodeJS.Signals, stop: (killSignal: NodeJS.Signals) => void): void {
    const first = this.#first;
    if (first === undefined) {
      this.#first = { killSignal, atMs: performance.now() };
      stop(killSignal);
    } else if (first.killSignal !== killSignal || performance.now() - first.atMs > ECHO_MS) {
      process.exit(128 + constants.signals[killSignal]);
    }
  }
}
