import { describe, expect, it } from '@jest/globals';
import { runQuiet, command } from '@core/process/exec';
import fc from 'fast-check';

import { escapeForPrintf, quoteForShell } from '../../src/exec/quote.ts';

const texts = fc
  .string({ unit: 'binary', maxLength: 60 })
  .filter((text) => !text.includes('\0') && text.isWellFormed());

describe('Good', () => {
  it('quoteForShell makes words that a shell takes for exactly these texts', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(texts, { minLength: 1, maxLength: 20 }), async (words) => {
        const script = `for word in ${words.map(quoteForShell).join(' ')}; do printf '%s\\0' "$word"; done`;
        expect((await command('sh', '-c', script).output()).split('\0').slice(0, -1)).toEqual(words);
      }),
      { numRuns: 30 },
    );
  });

  it('escapeForPrintf makes one line that read and printf turn back', async () => {
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const line = escapeForPrintf(text);
        expect(line).toMatch(/^[ -~]*$/);
        const script = 'IFS= read -r line; printf %b "$line"';
        expect(await command('sh', '-c', script).stdin(`${line}\nmore`).output()).toBe(text);
      }),
      { numRuns: 30 },
    );
  });
});

describe('Bad', () => {
  it('quoteForShell refuses a NUL character', () => {
    expect(() => quoteForShell('a\0b')).toThrow(TypeError);
  });
});

describe('Ugly', () => {
  it.each(['$(exit 9)', '`exit 9`', "'; exit 9; '", '\\', '\n', '!!', '~', '*', '-n', '--help', '$HOME', '"', '#'])(
    'quoteForShell leaves nothing of %j to the shell',
    async (text) => {
      await runQuiet('sh', ['-c', `[ ${quoteForShell(text)} = "$1" ]`, 'sh', text]);
    },
  );
});
