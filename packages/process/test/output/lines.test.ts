import { describe, expect, it } from '@jest/globals';

import { lineOf, linesOf } from '../../src/output/lines.ts';

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
});
