/** How long something may keep the event loop to itself. */
const SLICE_MS = 5;
/** The clock is looked at once in so many times. */
const TIMES_PER_LOOK = 16;

/** Notices that the event loop should get a turn. */
export class TimeSlice {
  #began = performance.now();
  #times = 0;

  /** The event loop has just had a turn. */
  begin(): void {
    this.#began = performance.now();
    this.#times = 0;
  }

  /** Whether it is time for a turn of the event loop. */
  isOver(): boolean {
    this.#times += 1;
    if (this.#times < TIMES_PER_LOOK) return false;
    this.#times = 0;
    return performance.now() - this.#began >= SLICE_MS;
  }

  /** The value, after a turn of the event loop. */
  afterTurn<V>(value: V): Promise<V> {
    return new Promise((resolve) => {
      setImmediate(() => {
        this.begin();
        resolve(value);
      });
    });
  }
}
