import { defineMedium, driverOf, glob, type GlobOptions, type Medium, MemoryLink, MemoryMedium } from '@core/io';
import { refusalOf } from '@core/io/testing';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import picomatch from 'picomatch';

const tree = {
  '.github': { 'ci.yml': '', deep: { '.x': '' } },
  '.env': '',
  'a*b': { 'c.ts': '' },
  node_modules: { dep: { 'index.ts': '', '.cache': { 'x.ts': '' } } },
  'package.json': '',
  src: { 'a.ts': '', 'a.test.ts': '', lib: { 'b.ts': '', 'b.js': '', deep: { 'c.ts': '' } } },
  srcs: { 'd.ts': '' },
};

async function found(medium: Medium, patterns: string | readonly string[], options?: GlobOptions): Promise<string[]> {
  const paths: string[] = [];
  for await (const { path } of glob(medium, patterns, options)) paths.push(path);
  return paths;
}

/** Which directories are read. */
function listening(medium: Medium): { readonly medium: Medium; readonly lists: string[] } {
  const lists: string[] = [];
  const driver = driverOf(medium);
  return {
    lists,
    medium: defineMedium({
      ...driver,
      list: (path) => {
        lists.push(path);
        return driver.list(path);
      },
    }),
  };
}

describe('glob', () => {
  describe('Good', () => {
    it.each<[string | string[], string[]]>([
      ['package.json', ['package.json']],
      ['*.json', ['package.json']],
      ['src/*.ts', ['src/a.test.ts', 'src/a.ts']],
      ['src/**/*.ts', ['src/a.test.ts', 'src/a.ts', 'src/lib/b.ts', 'src/lib/deep/c.ts']],
      ['src/**/*.{js,ts}', ['src/a.test.ts', 'src/a.ts', 'src/lib/b.js', 'src/lib/b.ts', 'src/lib/deep/c.ts']],
      ['{src/lib,srcs}/*.ts', ['src/lib/b.ts', 'srcs/d.ts']],
      ['src/{lib/deep,none}/?.ts', ['src/lib/deep/c.ts']],
      ['src/[ab].ts', ['src/a.ts']],
      ['src/!(*.test).ts', ['src/a.ts']],
      ['src/+(lib)/*.js', ['src/lib/b.js']],
      ['s*/d.ts', ['srcs/d.ts']],
      ['a\\*b/*.ts', ['a*b/c.ts']],
      ['./src//./a.ts', ['src/a.ts']],
      ['/src/a.ts/.', ['src/a.ts']],
      [
        ['srcs/*', 'src/a.ts', 'src/a*'],
        ['src/a.test.ts', 'src/a.ts', 'srcs/d.ts'],
      ],
      [['src/**', '!**/*.test.ts', '!src/lib'], ['src/a.ts']],
      [['!**/*.ts', '!**/*.js'], ['package.json']],
      ['none/**', []],
      ['package.json/**', []],
    ])('finds %j', async (patterns, expected) => {
      expect(await found(new MemoryMedium(tree), patterns)).toEqual(expected);
    });

    it('matches hidden names where the pattern says so, or dot does', async () => {
      const medium = new MemoryMedium(tree);
      expect(await found(medium, '.github/*.yml')).toEqual(['.github/ci.yml']);
      expect(await found(medium, '**/.github/**/.x')).toEqual(['.github/deep/.x']);
      expect(await found(medium, '.*')).toEqual(['.env']);
      expect(await found(medium, '**/*.yml')).toEqual([]);
      expect(await found(medium, '**/*.yml', { dot: true })).toEqual(['.github/ci.yml']);
      expect(await found(medium, '**/{.cache,lib}/*.ts')).toEqual(['node_modules/dep/.cache/x.ts', 'src/lib/b.ts']);
    });

    it('begins at cwd and gives paths from the root', async () => {
      const medium = new MemoryMedium(tree);
      expect(await found(medium, ['*.ts', '!a.test.ts'], { cwd: 'src' })).toEqual(['src/a.ts']);
      expect(await found(medium, 'lib/*.js', { cwd: '/src/' })).toEqual(['src/lib/b.js']);
      expect(await found(medium, '**', { cwd: 'missing' })).toEqual([]);
    });

    it('leaves out what is ignored, directories with everything below', async () => {
      const medium = new MemoryMedium(tree);
      const ignore = ['node_modules', '**/*.test.ts', 'src/lib/**'];
      expect(await found(medium, '**/*.ts', { ignore })).toEqual(['a*b/c.ts', 'src/a.ts', 'srcs/d.ts']);
      expect(await found(medium, 'node_modules/dep/*', { ignore })).toEqual([]);
      expect(await found(medium, '**', { ignore: '**', dot: true })).toEqual([]);
    });

    it('gives directories where asked to, and never the directory that a pattern begins at', async () => {
      const medium = new MemoryMedium(tree);
      expect(await found(medium, 'src/*', { onlyFiles: false })).toEqual(['src/a.test.ts', 'src/a.ts', 'src/lib']);
      expect(await found(medium, ['src/**', '*.json'], { onlyFiles: false, ignore: 'src/lib/**/*' })).toEqual([
        'package.json',
        'src/a.test.ts',
        'src/a.ts',
        'src/lib',
      ]);
      expect(await found(medium, 'src', { onlyFiles: false })).toEqual(['src']);
    });

    it('gives links to files, and goes through those to directories where asked to', async () => {
      const medium = new MemoryMedium({
        d: { 'f.ts': '', up: new MemoryLink('..') },
        dir: new MemoryLink('d'),
        'file.ts': new MemoryLink('d/f.ts'),
        'gone.ts': new MemoryLink('none'),
        'circle.ts': new MemoryLink('circle.ts'),
      });
      expect(await found(medium, '**/*.ts')).toEqual(['d/f.ts', 'file.ts']);
      expect(await found(medium, '**/*.ts', { followLinks: true })).toEqual(['d/f.ts', 'dir/f.ts', 'file.ts']);
      expect(await found(medium, 'dir/*')).toEqual(['dir/f.ts']);
    });

    it('reads only the directories that can hold a match', async () => {
      const { medium, lists } = listening(new MemoryMedium(tree));
      await found(medium, ['src/lib/*.ts', 'srcs/*.ts', '!src/lib/deep']);
      expect(lists.splice(0)).toEqual(['src/lib', 'srcs']);
      await found(medium, '**/*.ts', { ignore: 'node_modules' });
      expect(lists.splice(0)).toEqual(['', 'a*b', 'src', 'src/lib', 'src/lib/deep', 'srcs']);
      await found(medium, '*/a.ts');
      expect(lists.splice(0)).toEqual(['', 'a*b', 'node_modules', 'src', 'srcs']);
    });
  });

  describe('Bad', () => {
    it.each([[''], [[]], [['a', '']], ['..'], ['../a'], ['a/../b'], ['/'], ['.'], [1], [[1]], [undefined], [{}]])(
      'refuses %j, or finds nothing for no pattern at all',
      async (patterns) => {
        if (Array.isArray(patterns) && patterns.length === 0)
          expect(await found(new MemoryMedium(tree), [])).toEqual([]);
        else expect(() => glob(new MemoryMedium(), patterns as string)).toThrow(TypeError);
      },
    );

    it('refuses a misuse of ignore at once', () => {
      expect(() => glob(new MemoryMedium(), '*', { ignore: [1] as never })).toThrow(TypeError);
    });

    it('rejects with the reason of the signal', async () => {
      await expect(found(new MemoryMedium(tree), '**', { signal: AbortSignal.abort('enough') })).rejects.toBe('enough');
    });

    it('tells what cannot be read', async () => {
      const medium = defineMedium({
        ...driverOf(new MemoryMedium(tree)),
        list: () => {
          throw Object.assign(new Error('no'), { code: 'EACCES' });
        },
      });
      await refusalOf(() => found(medium, '**'), 'EACCES');
      const driver = driverOf(new MemoryMedium({ link: new MemoryLink('f'), f: '' }));
      const closed = defineMedium({
        ...driver,
        stat: (path, follow) => {
          if (path === 'link' && follow) throw Object.assign(new Error('no'), { code: 'EACCES' });
          return driver.stat(path, follow);
        },
      });
      await refusalOf(() => found(closed, '*'), 'EACCES');
      await refusalOf(() => found(closed, 'link/*'), 'EACCES');
    });
  });

  describe('Ugly', () => {
    it('can be left early', async () => {
      const { medium, lists } = listening(new MemoryMedium(tree));
      for await (const { path } of glob(medium, '**/*.ts')) if (path === 'a*b/c.ts') break;
      expect(lists).toEqual(['', 'a*b']);
    });

    it('finds what matching every path finds', async () => {
      const part = fc.constantFrom(
        'a',
        'b',
        'ab',
        '.c',
        'a.b',
        '*',
        '**',
        '?',
        '*b',
        '{a,b}',
        '{a/b,.c}',
        '[ab]',
        '!(a)',
        '+(a|b)',
        '.*',
      );
      const pattern = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
      const name = fc.constantFrom('a', 'b', 'ab', '.c', 'a.b');
      const files = fc.array(fc.array(name, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 12 });
      await fc.assert(
        fc.asyncProperty(
          files,
          fc.array(pattern, { minLength: 1, maxLength: 3 }),
          fc.boolean(),
          async (all, patterns, dot) => {
            const medium = new MemoryMedium();
            for (const names of all) await medium.write(names.join('/'), '').catch(() => undefined);
            const matchers = patterns.map((text) => {
              const isMatch = picomatch(text, { dot, windows: false, nonegate: true });
              const { base, isGlob } = picomatch.scan(text);
              return (path: string) => isMatch(path) && !(isGlob && path === base); // what a pattern begins at is no match
            });
            const isMatch = (path: string): boolean => matchers.some((matches) => matches(path));
            const expected: string[] = [];
            for await (const { path, kind } of medium.walk(''))
              if (kind === 'file' && isMatch(path)) expected.push(path);
            expect(await found(medium, patterns, { dot })).toEqual(expected);
          },
        ),
        { seed: 7, numRuns: 400 },
      );
    });
  });
});
