import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import stringWidth from 'string-width';

import { formatDuration } from '../../../src/reporters/text/duration.ts';
import { lastLines, LineLog } from '../../../src/reporters/text/line-log.ts';
import { styleFor } from '../../../src/reporters/text/style.ts';
import { fit, padTo, widest, widthOf } from '../../../src/reporters/text/width.ts';

const out = (line: string, partial = false): { stream: 'stdout'; line: string; partial?: true } => {
  return { stream: 'stdout', line, ...(partial ? { partial: true } : {}) };
};

jest.setTimeout(60_000); // for a machine that is busy with other things

describe('Good', () => {
  it.each([
    [0, '0ms'],
    [0.4, '0ms'],
    [999.4, '999ms'],
    [999.6, '1.0s'],
    [59_949, '59.9s'],
    [59_950, '1m 00s'],
    [3_599_499, '59m 59s'],
    [3_599_600, '1h 00m'],
    [7_380_000, '2h 03m'],
    [359_940_000, '99h 59m'],
  ])('formatDuration of %d', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it('widthOf counts the columns of wide characters', () => {
    expect([widthOf('abc'), widthOf('世界'), widthOf('👩‍👩‍👧'), widthOf('e\u0301'), widthOf('')]).toEqual([3, 4, 2, 1, 0]);
  });

  it('fit cuts between characters, with a sign, and pads wide ones right', () => {
    expect(fit('abcdef', 6)).toBe('abcdef');
    expect(fit('abcdef', 4)).toBe('abc…');
    expect(fit('世界世界', 5)).toBe('世界…');
    expect(fit('世界世界', 4)).toBe('世…');
    expect(fit('👩‍👩‍👧👩‍👩‍👧', 3)).toBe('👩‍👩‍👧…');
    expect(padTo('世', 4)).toBe('世  ');
    expect(padTo('abcdef', 4)).toBe('abc…');
    expect(widest(['a', '世界', 'abc'], 10)).toBe(4);
    expect(widest(['a'.repeat(50)], 10)).toBe(10);
  });

  it('styleFor paints, or does nothing', () => {
    expect(styleFor(true).red('x')).toBe('\u001b[31mx\u001b[39m');
    expect(styleFor(true).red('')).toBe('');
    expect(styleFor(false).bold('x')).toBe('x');
    expect(new Set(Array.from({ length: 20 }, (_, index) => styleFor(true).task(index)('x'))).size).toBe(10);
  });

  it('LineLog keeps lines, and joins the pieces of a long one', () => {
    const log = new LineLog(false, 1000);
    log.add([out('a'), out('b', true), out('c', true)]);
    log.add([out('d'), out('e')]);
    log.note('note');
    expect(log.lines()).toEqual(['a', 'bcd', 'e', 'note']);
  });

  it('lastLines gives the end of a text', () => {
    expect(lastLines('a\r\nb\n\u001b[2Jc\n\n', 2, false)).toEqual(['b', 'c']);
    expect(lastLines('\n \n', 2, false)).toEqual([]);
  });
});

describe('Bad', () => {
  it('fit gives nothing where there is no room', () => {
    expect([fit('abc', 0), fit('abc', -1), fit('abc', 1), fit('', 0)]).toEqual(['', '', '…', '']);
  });
});

describe('Ugly', () => {
  it('fit never takes more columns than there are, nor tears a character', () => {
    const unit = fc.constantFrom('a', ' ', '世', '👋🏽', '👩‍👩‍👧', 'e\u0301', '🇩🇪', '\u200b', 'ü', '1️⃣');
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 20 }), fc.integer({ min: 0, max: 30 }), (text, columns) => {
        const fitted = fit(text, columns);
        expect(stringWidth(fitted)).toBeLessThanOrEqual(columns);
        if (stringWidth(text) <= columns && columns > 0) expect(fitted).toBe(text);
        else if (columns > 0) expect(text.startsWith(fitted.slice(0, -1))).toBe(true);
        expect(fitted.isWellFormed()).toBe(true);
      }),
    );
  });

  it('LineLog lets go of the oldest lines, and says how many', () => {
    const log = new LineLog(false, 100);
    for (let index = 0; index < 5000; index += 1) log.add([out(`line ${String(index)}`)]);
    const lines = log.lines();
    expect(lines.at(-1)).toBe('line 4999');
    expect(lines.length).toBe(12);
    expect(lines[0]).toBe('… 4989 earlier lines left out');
  });

  it('LineLog keeps the end of one endless line', () => {
    const log = new LineLog(false, 100);
    for (let index = 0; index < 5000; index += 1) log.add([out('x'.repeat(9) + String(index % 10), true)]);
    const [line = ''] = log.lines();
    expect(line.length).toBeLessThanOrEqual(100);
    expect(line.endsWith('xxx9')).toBe(true);
    expect(log.lines()).toHaveLength(1);
  });
});
