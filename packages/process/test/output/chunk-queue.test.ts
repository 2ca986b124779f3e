import { describe, expect, it } from '@jest/globals';

import { ChunkQueue } from '../../src/output/chunk-queue.ts';

const chunk = (bytes: number): { stream: 'stdout'; bytes: Uint8Array } => ({
  stream: 'stdout',
  bytes: new Uint8Array(bytes),
});

describe('Good', () => {
  it('ChunkQueue gives back what it was given, in order', () => {
    const queue = new ChunkQueue();
    const [first, second] = [chunk(1), chunk(2)];
    queue.push(first);
    queue.push(second);
    expect([queue.shift(), queue.shift(), queue.shift()]).toEqual([first, second, undefined]);
  });

  it('ChunkQueue is full until enough was taken out', () => {
    const queue = new ChunkQueue();
    for (let i = 0; i < 4; i += 1) queue.push(chunk(65_536));
    expect(queue.isFull).toBe(true);
    queue.shift();
    expect(queue.isFull).toBe(false);
  });
});

describe('Bad', () => {
  it('ChunkQueue has nothing after clear', () => {
    const queue = new ChunkQueue();
    queue.push(chunk(1_000_000));
    queue.clear();
    expect([queue.isFull, queue.shift()]).toEqual([false, undefined]);
  });
});

describe('Ugly', () => {
  it('ChunkQueue counts what a chunk costs, however few bytes it has', () => {
    const queue = new ChunkQueue();
    let count = 0;
    for (; !queue.isFull; count += 1) queue.push(chunk(1));
    expect(count).toBeLessThan(1100);
  });
});
