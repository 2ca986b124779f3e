import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { withoutComments } from '../../../src/builders/deno/jsonc.ts';
import { denoCommandIn, isPermission } from '../../../src/builders/deno/task-command.ts';

describe('denoCommandIn', () => {
  describe('Good', () => {
    it('denoCommandIn takes words apart as a shell does', () => {
      const task = String.raw`cd x && A=1 deno compile --include 'a b' --allow-env="X \"y\"" my\ main.ts "--flag x"; echo`;
      expect(denoCommandIn(task, 'compile')).toEqual({
        verb: 'compile',
        flags: ['--include=a b', '--allow-env=X "y"'],
        module: 'my main.ts',
        args: ['--flag x'],
      });
    });

    it('isPermission knows words and letters', () => {
      const flags = [
        '-A',
        '-RW=.',
        '--allow-net',
        '--deny-env=X',
        '-P',
        '-P=set',
        '--permission-set=x',
        '--ignore-read',
      ];
      expect(flags.filter((flag) => !isPermission(flag))).toEqual([]);
      expect(['--no-check', '-o', '-q', '--output=A', '--allowance'].filter(isPermission)).toEqual([]);
    });
  });

  describe('Bad', () => {
    it('denoCommandIn finds nothing in other commands', () => {
      for (const task of ['', 'echo deno compile x', 'denocompile', 'deno', 'deno test', 'npm run deno']) {
        expect(denoCommandIn(task, 'compile')).toBeUndefined();
      }
      expect(denoCommandIn('deno compile', 'compile')).toMatchObject({ flags: [], module: undefined });
    });
  });

  describe('Ugly', () => {
    it('denoCommandIn ends with any text, in little time', () => {
      fc.assert(fc.property(fc.string(), (text) => typeof denoCommandIn(`deno run ${text}`, 'run') !== 'string'));
      expect(denoCommandIn(`deno run ${'"'.repeat(100_000)}`, 'run')).toBeDefined();
    });
  });
});

describe('withoutComments', () => {
  describe('Good', () => {
    it('withoutComments leaves what JSON.parse reads, and every character in its place', () => {
      const text = '{ // one\n "a//b": "/* no */", /* two\n lines */ "c": [1, 2, ], // end\n}';
      expect(JSON.parse(withoutComments(text))).toEqual({ 'a//b': '/* no */', c: [1, 2] });
      expect(withoutComments(text)).toHaveLength(text.length);
      expect(withoutComments(text).split('\n')).toHaveLength(4);
    });
  });

  describe('Ugly', () => {
    it('withoutComments takes little time for many comments', () => {
      for (const comment of ['/**/ ', '// ', '//\n', '/* * */']) {
        const text = `[1, ${comment.repeat(2000)}\n2]`;
        expect(JSON.parse(withoutComments(text))).toEqual([1, 2]);
      }
    });

    it('withoutComments changes nothing in JSON', () => {
      fc.assert(
        fc.property(fc.json(), (json) => {
          expect(withoutComments(json)).toBe(json);
        }),
      );
    });
  });
});
