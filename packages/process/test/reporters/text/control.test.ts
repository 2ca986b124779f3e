import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';

import { LineCleaner, plainLine } from '../../../src/reporters/text/control.ts';

const ESC = '\u001b';
/** Everything that a terminal acts on; the tab aside. */
const ACTIVE = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/;

/** Pieces that terminals act on, and pieces that could hide them. */
const hostile = fc.constantFrom(
  ...[
    ESC,
    `${ESC}[`,
    `${ESC}]0;`,
    `${ESC}P`,
    '\u009b',
    '\u009d',
    '\u0007',
    `${ESC}\\`,
    '\u009c',
    '31',
    ';',
    'm',
    'H',
    '2J',
  ],
  ...['\r', '\b', '\t', '?', '>', ' ', 'text', '€', '👩‍👩‍👧', '\ud800', `${ESC}[31m`, `${ESC}[0m`, `${ESC}[38:2::1:2:3m`],
);

jest.setTimeout(60_000); // for a machine that is busy with other things

describe('Good', () => {
  it('plainLine leaves text as it is, in every script, but for tabs', () => {
    expect(plainLine('a\tb')).toBe('a b');
    for (const text of ['', 'plain', 'Grüße, 世界 👋🏽', 'ﷺ\u00a0x']) expect(plainLine(text)).toBe(text);
  });

  it('plainLine shows what a line ended as that was overwritten', () => {
    expect(plainLine('10%\r50%\r100%')).toBe('100%');
    expect(plainLine('100%\r')).toBe('100%');
    expect(plainLine('\r\r')).toBe('');
  });

  it('LineCleaner keeps colours, resets them at the end of the line, and goes on with them in the next', () => {
    const cleaner = new LineCleaner(true);
    expect(cleaner.clean(`${ESC}[1m${ESC}[31mbad`)).toBe(`${ESC}[1m${ESC}[31mbad${ESC}[0m`);
    expect(cleaner.clean('still')).toBe(`${ESC}[1m${ESC}[31mstill${ESC}[0m`);
    expect(cleaner.clean(`over${ESC}[m`)).toBe(`${ESC}[1m${ESC}[31mover${ESC}[m${ESC}[0m`);
    expect(cleaner.clean('plain')).toBe('plain');
  });

  it('LineCleaner without colours takes them out', () => {
    expect(new LineCleaner(false).clean(`${ESC}[31mred${ESC}[0m ${ESC}[38;5;9mtoo`)).toBe('red too');
  });

  it('LineCleaner writes the eight-bit form of a colour as the usual one', () => {
    expect(new LineCleaner(true).clean('\u009b32mok')).toBe(`${ESC}[32mok${ESC}[0m`);
  });
});

describe('Bad', () => {
  it.each([
    ['a cursor movement', `a${ESC}[2;5Hb`, 'ab'],
    ['a clear of the screen', `a${ESC}[2Jb${ESC}[3J`, 'ab'],
    ['a full reset', `a${ESC}cb`, 'ab'],
    ['an alternate screen', `a${ESC}[?1049hb`, 'ab'],
    ['a title', `a${ESC}]0;owned\u0007b`, 'ab'],
    ['a title that ends with ST', `a${ESC}]0;owned${ESC}\\b`, 'ab'],
    ['a link, whose text stays', `${ESC}]8;;http://x${ESC}\\link${ESC}]8;;${ESC}\\`, 'link'],
    ['a string without an end', `a${ESC}]52;c;aGk=`, 'a'],
    ['a sequence without an end', `a${ESC}[38;5`, 'a'],
    ['a lone escape', `a${ESC}`, 'a'],
    ['a sequence that only looks like a colour', `a${ESC}[>4;2mb${ESC}[?4mc`, 'abc'],
    ['a charset change', `a${ESC}(0b\u000ec`, 'abc'],
    ['a bell and a backspace', 'a\u0007\bb', 'ab'],
    ['eight-bit sequences', 'a\u009b2Jb\u009d0;x\u009cc', 'abc'],
    ['a device string', `a${ESC}Pq#0;2;0;0;0${ESC}\\b`, 'ab'],
    ['a change of direction', 'a\u202eb\u2066c', 'abc'],
    ['a line separator', 'a\u2028b', 'ab'],
  ])('LineCleaner takes out %s', (_, line, clean) => {
    expect(new LineCleaner(true).clean(line)).toBe(clean);
    expect(plainLine(line)).toBe(clean);
  });
});

describe('Ugly', () => {
  it('LineCleaner lets nothing through that a terminal acts on but colours, which it always ends', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: hostile, maxLength: 12 }), { maxLength: 4 }), (lines) => {
        const cleaner = new LineCleaner(true);
        for (const line of lines) {
          const clean = cleaner.clean(line);
          const rest = clean.replaceAll(/\u001b\[[0-9;:]*m/g, '');
          expect(rest).not.toMatch(ACTIVE);
          if (rest !== clean) expect(clean.endsWith(`${ESC}[0m`)).toBe(true);
          expect(plainLine(line)).not.toMatch(ACTIVE);
        }
      }),
    );
  });

  it('LineCleaner remembers no endless list of looks', () => {
    const cleaner = new LineCleaner(true);
    for (let index = 0; index < 1000; index += 1) cleaner.clean(`${ESC}[38;5;${String(index % 256)}m`);
    expect(cleaner.clean('x').length).toBeLessThan(120);
    cleaner.clean(`${ESC}[${'1;'.repeat(5000)}1m`);
    expect(cleaner.clean('x').length).toBeLessThan(120);
  });
});
