import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { BatchCutter } from '../../src/output/batch-cutter.ts';
import { LineCursor } from '../../src/output/line-cursor.ts';
import { type Passage, PassageMaker } from '../../src/output/passage.ts';

const passage = (text: string, hasReturns = false): Passage => ({ stream: 'stdout', text, hasReturns });
const all = (cursor: LineCursor): string[] => {
  const lines: string[] = [];
  for (let line = cursor.next(); line !== undefined; line = cursor.next()) lines.push(line);
  return lines;
};

describe('Good', () => {
  it('BatchCutter begins a batch after each piece', () => {
    const made = new PassageMaker('stdout');
    made.line('a');
    made.piece('b');
    made.lines('c\nd', false);
    expect(new BatchCutter().all(made.take())).toEqual([
      { stream: 'stdout', lines: ['a', 'b'], partial: true },
      { stream: 'stdout', lines: ['c', 'd'] },
    ]);
  });

  it('BatchCutter ends with a piece where that is the last', () => {
    const made = new PassageMaker('stderr');
    made.piece('a');
    made.piece('b');
    expect(new BatchCutter().all(made.take())).toEqual([
      { stream: 'stderr', lines: ['a'], partial: true },
      { stream: 'stderr', lines: ['b'], partial: true },
    ]);
  });

  it('BatchCutter makes batches of so many characters as are enough, and of one line at least', () => {
    const cutter = new BatchCutter(4);
    cutter.enter([passage('first'), passage('a\nb\nc\n\nlonger\nd')]);
    const batches = Array.from({ length: 6 }, () => cutter.next()?.lines);
    expect(batches).toEqual([['first'], ['a', 'b'], ['c', '', 'longer'], ['d'], undefined, undefined]);
  });

  it('LineCursor takes the return of a line end off where there may be any', () => {
    const cursor = new LineCursor();
    cursor.enter(passage('a\r\n\r\n\nb\rc\r', true));
    expect(all(cursor)).toEqual(['a', '', '', 'b\rc']);
    cursor.enter(passage('piece\r'));
    expect(all(cursor)).toEqual(['piece\r']);
  });
});

describe('Bad', () => {
  it('BatchCutter makes no empty batch, and one of an empty line', () => {
    expect(new BatchCutter().all([])).toEqual([]);
    expect(new BatchCutter().all([passage('')])).toEqual([{ stream: 'stdout', lines: [''] }]);
  });

  it('LineCursor has no line before it is in a passage, nor when it has left it', () => {
    const cursor = new LineCursor();
    expect(cursor.next()).toBeUndefined();
    cursor.enter(passage('a\nb'));
    expect(cursor.next()).toBe('a');
    cursor.enter();
    expect([cursor.next(), cursor.passage.text]).toEqual([undefined, '']);
  });
});

describe('Ugly', () => {
  it('PassageMaker does not touch what was taken', () => {
    const made = new PassageMaker('stdout');
    made.line('a');
    const taken = made.take();
    made.line('b');
    expect(taken).toEqual([passage('a')]);
    expect(made.take()).toEqual([passage('b')]);
  });

  it('BatchCutter and LineCursor have the same lines, whatever length those before had', () => {
    const text = fc.array(fc.constantFrom('a', '€', 'word', '\n', '\r\n', '\r'), { maxLength: 200 });
    const cutter = new BatchCutter();
    const cursor = new LineCursor();
    fc.assert(
      fc.property(text, fc.boolean(), (words, hasReturns) => {
        const whole = passage(words.join(''), hasReturns);
        const expected = whole.text.split('\n').map((line) => (hasReturns ? line.replace(/\r$/, '') : line));
        cursor.enter(whole);
        expect(all(cursor)).toEqual(expected);
        const [batch, ...others] = cutter.all([whole]);
        expect([batch?.lines, others]).toEqual([expected, []]);
        expect(Object.keys(batch?.lines ?? [])).toHaveLength(expected.length); // no holes
        expect(new BatchCutter(5).all([whole, whole]).flatMap(({ lines }) => lines)).toEqual([
          ...expected,
          ...expected,
        ]);
      }),
    );
  });

  it('BatchCutter takes time in proportion to the pieces of a chunk', () => {
    const made = new PassageMaker('stdout');
    for (let i = 0; i < 200_000; i += 1) made.piece('x');
    expect(new BatchCutter().all(made.take())).toHaveLength(200_000);
  });
});
