import { describe, expect, it } from '@jest/globals';

import { type BlockPacking, packBlocks, type Packer } from '../../src/archive/pack-blocks.ts';

async function* chunksOf(...sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let value = 0;
  for (const size of sizes) yield await Promise.resolve(Uint8Array.from({ length: size }, () => value++));
}

/** Packers that wait until the test lets them go, the last one first if it wants. */
class Held {
  readonly waiting: { readonly go: (error?: Error) => void; readonly block: Uint8Array }[] = [];
  hired = 0;
  closed = 0;
  #more: (() => void) | undefined;

  readonly hire = (): Packer => {
    this.hired += 1;
    return {
      pack: (block) =>
        new Promise((resolve, reject) => {
          const go = (error?: Error): void => {
            if (error === undefined) resolve(block);
            else reject(error);
          };
          this.waiting.push({ go, block });
          this.#more?.();
        }),
      [Symbol.asyncDispose]: () => {
        this.closed += 1;
        return Promise.resolve();
      },
    };
  };

  async until(count: number): Promise<void> {
    while (this.waiting.length < count) await new Promise<void>((resolve) => (this.#more = resolve));
  }
}

const immediate = (): Packer => ({
  pack: (block) => Promise.resolve(block),
  [Symbol.asyncDispose]: () => Promise.resolve(),
});

async function packed(chunks: AsyncIterable<Uint8Array>, packing: BlockPacking): Promise<number[][]> {
  const blocks: number[][] = [];
  for await (const { bytes, size } of packBlocks(chunks, packing)) {
    expect(size).toBe(bytes.length);
    blocks.push([...bytes]);
  }
  return blocks;
}

describe('packBlocks', () => {
  describe('Good', () => {
    it.each([
      [[], []],
      [[0, 1], [1]],
      [[7], [3, 3, 1]],
      [[1, 1, 1], [3]],
      [
        [2, 2, 2, 2, 2],
        [3, 3, 3, 1],
      ],
    ])('packBlocks cuts chunks of %j bytes into blocks of %j', async (sizes, blocks) => {
      const all = await packed(chunksOf(...sizes), { blockBytes: 3, workers: 2, hire: immediate });
      expect(all.map(({ length }) => length)).toEqual(blocks);
      expect(all.flat()).toEqual(Array.from({ length: sizes.reduce((a, b) => a + b, 0) }, (_, i) => i));
    });

    it('packBlocks gives blocks in order whoever is ready first, and hires no more than it needs', async () => {
      const held = new Held();
      const packing = packed(chunksOf(9), { blockBytes: 3, workers: 3, hire: held.hire });
      await held.until(3);
      for (const { go } of held.waiting.toReversed()) go();
      expect(await packing).toEqual([
        [0, 1, 2],
        [3, 4, 5],
        [6, 7, 8],
      ]);
      expect([held.hired, held.closed]).toEqual([3, 3]);
      const few = new Held();
      const one = packed(chunksOf(2), { blockBytes: 3, workers: 8, hire: few.hire });
      await few.until(1);
      few.waiting[0]?.go();
      await one;
      expect(few.hired).toBe(1);
    });
  });

  describe('Bad', () => {
    it('packBlocks says what failed, of the first block that did', async () => {
      const held = new Held();
      const packing = packed(chunksOf(9), { blockBytes: 3, workers: 2, hire: held.hire });
      await held.until(2);
      const cause = new Error('out of memory');
      held.waiting[1]?.go(new Error('later'));
      held.waiting[0]?.go(cause);
      await held.until(3);
      held.waiting[2]?.go();
      await expect(packing).rejects.toMatchObject({
        code: 'ERR_BUILD_COMPRESSION_FAILED',
        message: 'Cannot compress: out of memory',
        cause,
      });
      expect(held.closed).toBe(2);
    });

    it('packBlocks rejects with the very error of its input, and with the reason of a signal', async () => {
      const failure = new Error('the disk is on fire');
      // eslint-disable-next-line @typescript-eslint/require-await -- an async iterable, as the contract has it
      const broken = async function* (): AsyncGenerator<Uint8Array> {
        yield new Uint8Array(4);
        throw failure;
      };
      await expect(packed(broken(), { blockBytes: 3, workers: 2, hire: immediate })).rejects.toBe(failure);
      const signal = AbortSignal.abort(failure);
      const held = new Held();
      const packing = packed(chunksOf(3), { blockBytes: 3, workers: 1, hire: held.hire, signal });
      await held.until(1);
      held.waiting[0]?.go(failure);
      await expect(packing).rejects.toBe(failure);
    });
  });

  describe('Ugly', () => {
    it('packBlocks holds no more than one block besides those in work', async () => {
      const held = new Held();
      let given = 0;
      // eslint-disable-next-line @typescript-eslint/require-await -- an async iterable, as the contract has it
      const counted = async function* (): AsyncGenerator<Uint8Array> {
        for (; given < 50; given += 1) yield new Uint8Array(3);
      };
      const blocks = packBlocks(counted(), { blockBytes: 3, workers: 2, hire: held.hire });
      const first = blocks.next();
      await held.until(2);
      expect(given).toBeLessThanOrEqual(3);
      held.waiting[0]?.go();
      expect((await first).value).toMatchObject({ size: 3 });
      expect(given).toBeLessThanOrEqual(4);
      await blocks.return(undefined);
      expect(held.closed).toBe(2);
    });
  });
});
