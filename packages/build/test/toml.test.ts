import { describe, expect, it } from '@jest/globals';
import { MemoryMedium } from '@core/io';

import { parseToml, readToml, tableIn, tablesIn, textIn, textsIn } from '../src/toml.ts';

describe('readToml', () => {
  describe('Good', () => {
    it('readToml reads a file, also with a byte order mark, and knows a missing one', async () => {
      const medium = new MemoryMedium({ 'a.toml': '\uFEFF[package]\nname = "x"', dir: {} });
      expect(await readToml(medium, 'a.toml')).toEqual({ package: { name: 'x' } });
      for (const path of ['b.toml', 'dir', 'a.toml/c']) expect(await readToml(medium, path)).toBeUndefined();
    });

    it('the look-ups give what is of the wanted kind, and nothing else', () => {
      const toml = parseToml(
        'x',
        'a = "text"\nb = ["x", 1, "y"]\nempty = ""\nday = 2020-01-01\n[t]\nk = 1\n[[l]]\nn = 1\n[[l]]\nn = 2',
      );
      expect([textIn(toml, 'a'), textIn(toml, 'b'), textIn(toml, 'empty'), textIn(toml, 'none')]).toEqual([
        'text',
        undefined,
        undefined,
        undefined,
      ]);
      expect([textsIn(toml, 'b'), textsIn(toml, 'a')]).toEqual([['x', 'y'], []]);
      expect([tableIn(toml, 't'), tableIn(toml, 'a'), tableIn(toml, 'l'), tableIn(toml, 'day')]).toEqual([
        { k: 1 },
        {},
        {},
        {},
      ]);
      expect([tablesIn(toml, 'l'), tablesIn(toml, 'b'), tablesIn(toml, 't')]).toEqual([[{ n: 1 }, { n: 2 }], [], []]);
      expect([tableIn(toml, 'constructor'), textIn(toml, '__proto__')]).toEqual([{}, undefined]);
    });
  });

  describe('Bad', () => {
    it.each([
      ['a = ', 1, 5],
      ['[package]\nname = "x"\nname = "y"\n', 3, 1],
      ['[a\n', 1, 3],
    ])('parseToml refuses %j with line and column', (text, line, column) => {
      expect(() => parseToml('Cargo.toml', text)).toThrow(
        expect.objectContaining({ code: 'ERR_BUILD_PACKAGE_INVALID', path: 'Cargo.toml', line, column }),
      );
    });
  });

  describe('Ugly', () => {
    it('parseToml refuses lists that are nested without end, and keeps names of Object to themselves', () => {
      expect(() => parseToml('x', `a = ${'['.repeat(100_000)}`)).toThrow(
        expect.objectContaining({ code: 'ERR_BUILD_PACKAGE_INVALID' }),
      );
      const toml = parseToml('x', '[__proto__]\npolluted = "yes"\n[constructor]\nname = "crate"');
      expect(textIn({}, 'polluted')).toBeUndefined();
      expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
      expect(textIn(tableIn(toml, 'constructor'), 'name')).toBe('crate');
    });
  });
});
