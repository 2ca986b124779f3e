import { describe, expect, it } from '@jest/globals';

import { BatchMaker, lineOf, linesOf } from '../../src/output/lines.ts';

describe('Good', () => {
  it('linesOf tells the stream of each line', () => {
    expect(linesOf({ stream: 'stderr', lines: ['a', 'b'] })).toEqual([
      { stream: 'stderr', line: 'a' },
      { stream: 'stderr', line: 'b' },
    ]);
  });

  it('lineOf marks the last line of a batch that ends with a piece, and no other', () => {
    const batch = { stream: 'stdout', lines: ['a', 'b'], partial: true } as const;
    expect([lineOf(batch, 0), lineOf(batch, 1)]).toEqual([
      { stream: 'stdout', line: 'a' },
      { stream: 'stdout', line: 'b', partial: true },
    ]);
    expect(linesOf(batch)).toEqual([lineOf(batch, 0), lineOf(batch, 1)]);
  });

  it('BatchMaker begins a batch after each piece', () => {
    const made = new BatchMaker('stdout');
    made.line('a');
    made.piece('b');
    made.line('c');
    expect(made.take()).toEqual([
      { stream: 'stdout', lines: ['a', 'b'], partial: true },
      { stream: 'stdout', lines: ['c'] },
    ]);
  });
});

describe('Bad', () => {
  it('BatchMaker makes no empty batch', () => {
    const made = new BatchMaker('stdout');
    made.lines([]);
    expect(made.take()).toEqual([]);
  });
});

describe('Ugly', () => {
  it('BatchMaker does not touch a batch that was taken', () => {
    const made = new BatchMaker('stdout');
    made.line('a');
    const [first] = made.take();
    made.line('b');
    made.take();
    expect(first?.lines).toEqual(['a']);
  });
});
