import { describe, expect, it } from '@jest/globals';
import { MemoryMedium } from '@core/io';

import { requiredComposerJson } from '../../../src/builders/php/composer-json.ts';
import { contentsRule } from '../../../src/builders/php/contents.ts';

async function kept(json: object, names: readonly string[], entry?: string): Promise<string[]> {
  const medium = new MemoryMedium({ 'composer.json': JSON.stringify(json) });
  return names.filter(contentsRule(await requiredComposerJson(medium, ''), entry));
}

describe('contentsRule', () => {
  describe('Good', () => {
    it.each<[string, readonly string[]]>([
      ['/docs', ['a/docs/x', 'docs2/x', 'x.md']],
      ['docs', ['docs2/x', 'x.md']],
      ['docs/', ['docs2/x', 'x.md']],
      ['*.md', ['docs/x', 'a/docs/x', 'docs2/x']],
      ['doc?', ['a/docs/x', 'docs2/x', 'x.md'].filter((name) => !name.includes('docs/'))],
      ['a/**', ['docs/x', 'docs2/x', 'x.md']],
      ['[.md', ['docs/x', 'a/docs/x', 'docs2/x', 'x.md']],
    ])('contentsRule takes %j as Composer does', async (pattern, wanted) => {
      const names = ['docs/x', 'a/docs/x', 'docs2/x', 'x.md'];
      expect(await kept({ archive: { exclude: [pattern] } }, names)).toEqual(wanted);
    });

    it('contentsRule lets the last pattern win', async () => {
      const names = ['.env', '.env.dist', 'src/.env.dist'];
      expect(await kept({ archive: { exclude: ['!/.env*', '/.env'] } }, names)).toEqual(['.env.dist']);
    });

    it('contentsRule keeps packages whole, and the program whatever it is called', async () => {
      const names = ['lib/vendor/a/.hidden', 'lib/vendor/a/tests/x', 'bin/.run', 'bin/.other'];
      const json = { config: { 'vendor-dir': 'lib/vendor' }, archive: { exclude: ['tests', 'lib'] } };
      expect(await kept(json, names, 'bin/.run')).toEqual(names.slice(0, 3));
    });
  });

  describe('Ugly', () => {
    it('contentsRule does not take the program for development code because both share a folder', async () => {
      const json = (dev: string, own: string) => ({
        'autoload-dev': { 'psr-4': { 'T\\': dev } },
        autoload: { 'psr-4': { 'A\\': [own] } },
      });
      expect(await kept(json('./', 'src'), ['x.php', 'src/y.php'])).toEqual(['x.php', 'src/y.php']);
      expect(await kept(json('src/', 'src/app'), ['src/app/y.php', 'src/z.php'])).toEqual([
        'src/app/y.php',
        'src/z.php',
      ]);
      expect(await kept(json('tests/', 'src'), ['tests/run.php'], 'tests/run.php')).toEqual(['tests/run.php']);
      expect(await kept(json('tests/', 'src'), ['tests/x.php', 'tests2/x.php'])).toEqual(['tests2/x.php']);
    });
  });
});
