import type { GuestCommandOptions } from '../exec/guest-runner.ts';
import type { ExecOutput } from '../run-options.ts';

/** How much output may be on its way or in the hands of a slow reader. */
export const OUTPUT_WINDOW: number = 512 * 1024;
/** The guest is told of room for output in steps of this size. */
const TELL_AFTER = OUTPUT_WINDOW / 4;

/** Who hears of it. */
export interface OutputListener {
  /** So many bytes were taken. */
  readonly taken: (bytes: number) => void;
  readonly failed: (error: unknown) => void;
}

/** The output of a command on its way to its reader, who gets one piece after the other. */
export class CommandOutput {
  readonly #sink: GuestCommandOptions['sink'];
  readonly #listener: OutputListener;
  readonly #pieces: ExecOutput[] = [];
  #handing = false;
  #handed: Promise<void> = Promise.resolve();
  #taken = 0;
  /** What came, without what the guest was told to be taken. */
  #held = 0;
  #dropped = false;

  constructor(sink: GuestCommandOptions['sink'], listener: OutputListener) {
    this.#sink = sink;
    this.#listener = listener;
  }

  /** Throws `RangeError` where it is more than the guest was told that there is room for. */
  add(piece: ExecOutput): void {
    if (this.#dropped) return;
    this.#held += piece.bytes.length;
    if (this.#held > OUTPUT_WINDOW) throw new RangeError('more output than there is room for');
    this.#pieces.push(piece);
    if (!this.#handing) this.#handed = this.#handOn();
  }

  /** Resolves when all that was added has been taken. */
  async done(): Promise<void> {
    await this.#handed;
  }

  /** Nobody wants more of it. */
  drop(): void {
    this.#dropped = true;
    this.#pieces.length = 0;
  }

  async #handOn(): Promise<void> {
    this.#handing = true;
    try {
      for (let piece = this.#pieces.shift(); piece !== undefined; piece = this.#pieces.shift()) {
        const slow = this.#sink(piece);
        if (slow !== undefined) await slow;
        this.#tellTaken(piece.bytes.length);
      }
    } catch (error) {
      this.#listener.failed(error);
    } finally {
      this.#handing = false;
    }
  }

  #tellTaken(bytes: number): void {
    this.#taken += bytes;
    if (this.#taken < TELL_AFTER) return;
    this.#held -= this.#taken;
    this.#listener.taken(this.#taken);
    this.#taken = 0;
  }
}
