import { describe, expect, it } from '@jest/globals';

import { inOrder, type Piece } from '../../src/archive/in-order.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);

/** A piece that is done when it is told to. */
function held(text: string): Piece & { readonly finish: () => void; readonly fail: (error: Error) => void } {
  let finish = (): void => undefined;
  let fail: (error: Error) => void = finish;
  const promise = new Promise<Uint8Array>((resolve, reject) => {
    finish = () => {
      resolve(bytes(text));
    };
    fail = reject;
  });
  return { bytes: promise, weight: 10, finish, fail };
}

// eslint-disable-next-line @typescript-eslint/require-await -- an async iterable, as the contract has it
async function* list(pieces: readonly Piece[], begun: Piece[] = []): AsyncGenerator<Piece> {
  for (const piece of pieces) {
    begun.push(piece);
    yield piece;
  }
}

async function text(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  let all = '';
  for await (const piece of pieces) all += Buffer.from(piece).toString();
  return all;
}

describe('inOrder', () => {
  describe('Good', () => {
    it('inOrder gives pieces of every kind in their order, whichever is done first', async () => {
      const [a, c] = [held('a'), held('c')];
      const running = text(
        inOrder(list([a, { bytes: bytes('b'), weight: 0 }, c, { bytes: () => bytes('d'), weight: 0 }]), 100),
      );
      c.finish();
      a.finish();
      expect(await running).toBe('abcd');
    });

    it('inOrder makes what is to be made when everything before it is out', async () => {
      let out = '';
      const a = held('a');
      const pieces = inOrder(list([a, { bytes: () => bytes(`<${out}>`), weight: 0 }]), 100);
      a.finish();
      for await (const piece of pieces) out += Buffer.from(piece).toString();
      expect(out).toBe('a<a>');
    });

    it.each([
      [5, 1],
      [10, 2],
      [25, 3],
    ])('inOrder begins no more than what weighs %d, and one', async (most, wanted) => {
      const begun: Piece[] = [];
      const pieces = [held('a'), held('b'), held('c'), held('d'), held('e')];
      const running = inOrder(list(pieces, begun), most);
      const first = running.next();
      await new Promise(setImmediate);
      expect(begun).toHaveLength(wanted);
      for (const { finish } of pieces) finish();
      await first;
      expect(await text(running)).toBe('bcde');
    });

    it('inOrder begins no more than 65 pieces, however light they are', async () => {
      const begun: Piece[] = [];
      const light = Array.from({ length: 200 }, () => ({ bytes: bytes('x'), weight: 0 }));
      const running = inOrder(list(light, begun), 100);
      await running.next();
      expect(begun).toHaveLength(65);
      expect(await text(running)).toHaveLength(199);
    });
  });

  describe('Ugly', () => {
    it('inOrder rejects with the error of a piece in its turn, when all that runs has ended', async () => {
      const [a, b, c] = [held('a'), held('b'), held('c')];
      const failure = new Error('no');
      let settled = false;
      const running = text(inOrder(list([a, b, c]), 100)).finally(() => {
        settled = true;
      });
      b.fail(failure);
      a.finish();
      await new Promise(setImmediate);
      expect(settled).toBe(false); // c still runs
      c.finish();
      await expect(running).rejects.toBe(failure);
    });

    it('inOrder whose reader goes away waits for what runs, and lets go of the source', async () => {
      const [a, b] = [held('a'), held('b')];
      let closed = false;
      const source = async function* (): AsyncGenerator<Piece> {
        try {
          yield* list([a, b, held('never asked for')]);
        } finally {
          closed = true;
        }
      };
      const running = inOrder(source(), 10);
      a.finish();
      expect((await running.next()).value).toEqual(bytes('a'));
      const end = running.return(undefined);
      b.finish();
      await end;
      expect(closed).toBe(true);
    });
  });
});
