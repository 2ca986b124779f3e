import { describe, expect, it } from '@jest/globals';

import { OutputReader } from '../../src/output/output-reader.ts';
import { ChunkSupply } from '../../src/output/supply.ts';
import type { OutputChunk } from '../../src/output/output-chunk.ts';

const chunk = (text: string): OutputChunk => ({ stream: 'stdout', bytes: Buffer.from(text) });
const make = (): { reader: OutputReader<OutputChunk>; rooms: boolean[] } => {
  const rooms: boolean[] = [];
  const reader = new OutputReader({
    supply: new ChunkSupply(['stdout']),
    onRoom: ({ isOver }) => rooms.push(isOver),
  });
  return { reader, rooms };
};
const textOf = ({ value }: IteratorResult<OutputChunk, undefined>): string | undefined =>
  value === undefined ? undefined : Buffer.from(value.bytes).toString();

describe('Good', () => {
  it('OutputReader has what was written before and after it was asked, then the end', async () => {
    const { reader } = make();
    reader.write(chunk('a'));
    const answers = [reader.next(), reader.next(), reader.next()];
    reader.write(chunk('b'));
    reader.end();
    reader.end();
    expect((await Promise.all(answers)).map(textOf)).toEqual(['a', 'b', undefined]);
    expect(await reader.next()).toEqual({ done: true, value: undefined });
  });

  it('OutputReader tells when it has room again, once', async () => {
    const { reader, rooms } = make();
    for (let i = 0; i < 5; i += 1) reader.write(chunk('x'.repeat(65_536)));
    expect(reader.isFull).toBe(true);
    for (let i = 0; i < 5; i += 1) await reader.next();
    expect([reader.isFull, rooms]).toEqual([false, [false]]);
  });
});

describe('Bad', () => {
  it('OutputReader is over when it was left, also for those who wait', async () => {
    const { reader, rooms } = make();
    const waiting = reader.next();
    await reader.return();
    expect([await waiting, rooms]).toEqual([{ done: true, value: undefined }, [true]]);
  });
});

describe('Ugly', () => {
  it('OutputReader gives the event loop its turns where the body of a loop takes long', async () => {
    const { reader } = make();
    for (let i = 0; i < 200; i += 1) reader.write(chunk('x'));
    reader.end();
    let turns = 0;
    let isOver = false;
    const count = (): void => {
      turns += 1;
      if (!isOver) setImmediate(count);
    };
    setImmediate(count);
    let read = 0;
    for await (const { bytes } of reader) {
      read += bytes.length;
      for (const until = performance.now() + 1; performance.now() < until;);
    }
    isOver = true;
    expect(read).toBe(200);
    expect(turns).toBeGreaterThan(5);
  });
});
