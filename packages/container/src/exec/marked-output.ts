import { markBytes } from './remote-script.ts';

/** What a script said between the command's own output. */
export interface Marks {
  /** The shell reads its script without a terminal's help. */
  ready?(): void;
  start?(): void;
  /** The command's directory is not there. */
  dir?(): void;
  exit?(code: number): void;
}

const NOTHING = Buffer.alloc(0);
const LONGEST_PREAMBLE = 8192;
const NEWLINE = 10;

/** One stream of a remote script: takes the script's words out of it, and what was written before the command began. */
export class MarkedOutput {
  readonly #word: Buffer;
  readonly #marks: Marks;
  #held: Buffer = NOTHING;
  #preamble: Buffer = NOTHING;
  #phase: 'before' | 'during' | 'after' = 'before';

  constructor(mark: string, marks: Marks) {
    this.#word = markBytes(mark);
    this.#marks = marks;
  }

  /** The end of what came before the command began: the words of the client or of the guest's shell. */
  get preamble(): string {
    return Buffer.concat([this.#preamble, this.#phase === 'before' ? this.#held : NOTHING])
      .toString()
      .trim();
  }

  /** Whether all that the command wrote has come. What its children write later is none of its output. */
  get isComplete(): boolean {
    return this.#phase === 'after';
  }

  /** The command's own bytes among these. */
  push(bytes: Uint8Array): Uint8Array[] {
    const pieces: Uint8Array[] = [];
    let rest = Buffer.concat([this.#held, bytes]);
    for (;;) {
      const at = rest.indexOf(this.#word);
      const end = at < 0 ? -1 : rest.indexOf(NEWLINE, at);
      if (end < 0) {
        const whole = at < 0 ? this.#unsuspicious(rest) : at;
        this.#pass(rest.subarray(0, whole), pieces);
        this.#held = rest.subarray(whole);
        return pieces;
      }
      this.#pass(rest.subarray(0, at), pieces);
      this.#hear(rest.toString('latin1', at + this.#word.length, end));
      rest = rest.subarray(end + 1);
    }
  }

  /** What was held back, since it could have become a word. */
  rest(): Uint8Array[] {
    const pieces: Uint8Array[] = [];
    this.#pass(this.#held, pieces);
    this.#held = NOTHING;
    return pieces;
  }

  #pass(bytes: Buffer, pieces: Uint8Array[]): void {
    if (bytes.length === 0) return;
    if (this.#phase === 'during') pieces.push(bytes);
    if (this.#phase === 'before') this.#preamble = Buffer.concat([this.#preamble, bytes]).subarray(-LONGEST_PREAMBLE);
  }

  #hear(text: string): void {
    const [word, value] = text.trim().split(':');
    if (word === 'ready') this.#marks.ready?.();
    if (word === 'dir') this.#marks.dir?.();
    if (word === 'start') {
      this.#phase = 'during';
      this.#marks.start?.();
    }
    if (word === 'exit') {
      this.#phase = 'after';
      this.#marks.exit?.(Number(value));
    }
  }

  /** How many bytes cannot be the beginning of a word that is not all there yet. */
  #unsuspicious(bytes: Buffer): number {
    const first = bytes.indexOf(this.#word.subarray(0, 1), Math.max(0, bytes.length - this.#word.length + 1));
    if (first < 0) return bytes.length;
    const tail = bytes.subarray(first);
    return this.#word.subarray(0, tail.length).equals(tail)
      ? first
      : first + 1 + this.#unsuspicious(bytes.subarray(first + 1));
  }
}
