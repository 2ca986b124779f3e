/** Something that is held until a time which is put off again and again. */
export class Hold {
  readonly #onLost: () => void;
  #untilMs: number;
  #timer: NodeJS.Timeout | undefined;
  #check: NodeJS.Immediate | undefined;
  #isOver = false;

  /** Calls `onLost` once, when the time has come. */
  constructor(ms: number, onLost: () => void) {
    this.#onLost = onLost;
    this.#untilMs = performance.now() + ms;
    this.#wait();
  }

  /** Puts the time off; an earlier one than before changes nothing. */
  until(monotonicMs: number): void {
    this.#untilMs = Math.max(this.#untilMs, monotonicMs);
  }

  /** Nobody holds it any more, or needs to. */
  end(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    clearImmediate(this.#check);
  }

  #wait(): void {
    this.#timer = setTimeout(
      () => {
        // where this process was held up, an answer may have come meanwhile that has still to be read
        this.#check = setImmediate(() => {
          this.#look();
        });
      },
      Math.max(1, Math.ceil(this.#untilMs - performance.now())),
    );
  }

  #look(): void {
    if (this.#isOver) return;
    if (performance.now() < this.#untilMs) {
      this.#wait();
      return;
    }
    this.end();
    this.#onLost();
  }
}
