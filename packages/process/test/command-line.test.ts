import { spawnSync } from 'node:child_process';

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { formatCommandLine, quoteForShell } from '../src/command-line.ts';

describe('Good', () => {
  it('formatCommandLine quotes the words that need it', () => {
    expect(formatCommandLine('npm', ['run', 'build:all', '--', '--out=dist/x'])).toBe(
      'npm run build:all -- --out=dist/x',
    );
    expect(formatCommandLine('my tool', ['', "it's", '$HOME', '*'])).toBe(
      String.raw`'my tool' '' 'it'\''s' '$HOME' '*'`,
    );
  });

  it('formatCommandLine spells out control characters', () => {
    expect(formatCommandLine('sh', ['-c', 'a\nb\u001b[2J'])).toBe(String.raw`sh -c $'a\nb\u001b[2J'`);
    expect(formatCommandLine('x', ['"it\'s"\t'])).toBe(String.raw`x $'"it\'s"\t'`);
  });
});

describe('Bad', () => {
  it('formatCommandLine cuts words and lines that nobody would read', () => {
    expect(formatCommandLine('x', ['y'.repeat(5000)])).toBe(`x '${'y'.repeat(300)}…'`);
    expect(
      formatCommandLine(
        'x',
        Array.from({ length: 5000 }, () => 'yy'),
      ),
    ).toHaveLength(2001);
  });

  it('formatCommandLine does not cut a character in two', () => {
    expect(formatCommandLine('x', [`${'y'.repeat(299)}😀`]).isWellFormed()).toBe(true);
  });
});

describe('Ugly', () => {
  it('quoteForShell gives any words to a shell as they are', () => {
    const word = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 20 }), (words) => {
        const script = `printf '%s\\0' ${words.map(quoteForShell).join(' ')}`;
        const { stdout } = spawnSync('sh', ['-c', script], { encoding: 'utf8' });
        expect(stdout.split('\0').slice(0, -1)).toEqual(words);
      }),
      { numRuns: 25 },
    );
  });
});
