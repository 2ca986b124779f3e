/** A part of an output under way. */
export interface Piece {
  /** There already, there later, or made when everything before it is out. */
  readonly bytes: Promise<Uint8Array> | Uint8Array | (() => Uint8Array);
  /** Bytes of memory that it holds until it is out. */
  readonly weight: number;
}

/** Even weightless pieces are begun only so far ahead. */
const MOST_PIECES = 64;

/**
 * Gives the pieces in their order, whichever is done first. The next ones are begun before that, as long as those that
 * wait weigh no more than `mostBytes` together. Nothing runs on behind the caller's back.
 */
export async function* inOrder(pieces: AsyncIterable<Piece>, mostBytes: number): AsyncGenerator<Uint8Array> {
  const queue = new Queue();
  try {
    for await (const piece of pieces) {
      queue.add(piece);
      while (queue.weight > mostBytes || queue.length > MOST_PIECES) yield await queue.first();
    }
    while (queue.length > 0) yield await queue.first();
  } finally {
    await queue.settle();
  }
}

class Queue {
  weight: number = 0;
  readonly #pieces: Piece[] = [];

  get length(): number {
    return this.#pieces.length;
  }

  add(piece: Piece): void {
    if ('then' in piece.bytes) piece.bytes.then(undefined, () => undefined); // its failure is told when its turn comes
    this.#pieces.push(piece);
    this.weight += piece.weight;
  }

  /** The bytes of the first piece, which leaves when they are there. */
  async first(): Promise<Uint8Array> {
    const { bytes = EMPTY, weight = 0 } = this.#pieces[0] ?? {};
    const made = typeof bytes === 'function' ? bytes() : await bytes;
    this.#pieces.shift();
    this.weight -= weight;
    return made;
  }

  async settle(): Promise<void> {
    await Promise.allSettled(this.#pieces.flatMap(({ bytes }) => ('then' in bytes ? [bytes] : [])));
  }
}

const EMPTY = new Uint8Array();
