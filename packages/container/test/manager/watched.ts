/** What a stream has shown so far; it is read all the time. */
export class Watched {
  #text = '';
  #isOver = false;
  #look: () => void = () => undefined;

  constructor(stream: NodeJS.ReadableStream) {
    stream.on('data', (piece: unknown) => {
      this.#text += String(piece);
      this.#look();
    });
    stream.on('close', () => {
      this.#isOver = true;
      this.#look();
    });
  }

  /** Resolves with everything so far, once it holds this text. */
  async until(wanted: string): Promise<string> {
    while (!this.#text.includes(wanted)) {
      if (this.#isOver) throw new Error(`It ended without ${JSON.stringify(wanted)}: ${this.#text}`);
      await new Promise<void>((resolve) => (this.#look = resolve));
    }
    return this.#text;
  }
}
