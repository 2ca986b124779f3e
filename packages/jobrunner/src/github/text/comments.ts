/** Blanks comments in the middle of a text (`a <!-- b --> c`), over several lines where they go on. */
export class InlineComments {
  readonly #lastEnd: number;
  #isOpen = false;

  /** @param lastEnd - Place of the text's last `-->`: what begins in a line after it is no comment. */
  constructor(lastEnd: number) {
    this.#lastEnd = lastEnd;
  }

  /** A new block begins: comments end with theirs. */
  reset(): void {
    this.#isOpen = false;
  }

  /** The line without its comments. */
  visible(line: string, offset: number): string {
    let [shown, at] = ['', 0];
    while (at < line.length) {
      const border = line.indexOf(this.#isOpen ? '-->' : '<!--', at);
      const isNone = border === -1 || (!this.#isOpen && offset + border > this.#lastEnd);
      const end = isNone ? line.length : border + (this.#isOpen ? 3 : 0);
      shown += this.#isOpen ? ' '.repeat(end - at) : line.slice(at, end);
      at = end;
      if (!isNone) this.#isOpen = !this.#isOpen;
    }
    return shown;
  }
}
