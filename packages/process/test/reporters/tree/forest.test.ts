import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';

import { forestOf } from '../../../src/reporters/tree/forest.ts';

function drawn(plan: Record<string, string[]>): string[] {
  const specs = Object.entries(plan).map(([name, after]) => ({ name, after }));
  return forestOf(specs).map(({ name, lasts }) => lasts.map((last) => (last ? '└' : '│')).join('') + name);
}

jest.setTimeout(60_000); // for a machine that is busy with other things

describe('Good', () => {
  it('forestOf puts each task below the dependency that comes last, in the order of the specs', () => {
    const plan = { a: [], b: ['a'], c: ['a'], d: ['a', 'b', 'c'], e: [], f: ['e', 'd'], g: ['e'] };
    expect(drawn(plan)).toEqual(['a', '│b', '│└d', '│└└f', '└c', 'e', '└g']);
  });

  it('forestOf does not mind specs that stand before what they come after', () => {
    expect(drawn({ c: ['b'], b: ['a'], a: [] })).toEqual(['a', '└b', '└└c']);
  });
});

describe('Bad', () => {
  it('forestOf puts circles and those behind them on the ground, and ignores names that no task has', () => {
    expect(drawn({ a: ['b'], b: ['a'], c: ['b'], d: ['nobody'], e: ['e'] })).toEqual(['a', 'b', 'c', 'd', 'e']);
  });
});

describe('Ugly', () => {
  it('forestOf shows every task once, whatever the graph', () => {
    const names = Array.from({ length: 12 }, (_, index) => `t${String(index)}`);
    const plan = fc.array(fc.array(fc.constantFrom(...names), { maxLength: 4 }), { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(plan, (afters) => {
        const rows = forestOf(names.map((name, index) => ({ name, after: afters[index] })));
        expect(rows.map(({ name }) => name).sort()).toEqual([...names].sort());
      }),
    );
  });

  it('forestOf draws a chain of 20,000 without overflow, no deeper than it is wide', () => {
    const specs = Array.from({ length: 20_000 }, (_, index) => {
      return { name: String(index), after: index === 0 ? [] : [String(index - 1)] };
    });
    const rows = forestOf(specs);
    expect(rows).toHaveLength(20_000);
    expect(Math.max(...rows.map(({ lasts }) => lasts.length))).toBe(12);
  });
});
