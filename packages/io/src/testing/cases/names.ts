import type { ConformanceCase } from '../conformance.ts';
import { refuses, same, tree } from '../expect.ts';
import { behaviour } from './behaviour.ts';

/** Names that every system can keep. */
const PORTABLE = [
  'with space',
  '.hidden',
  '..hidden',
  '...',
  '-rf',
  '~',
  "it's",
  '#%&{}$!@+=`^,;[]()',
  'ümläut',
  'e\u0301', // decomposed: must not become é
  '中文',
  '😀',
  '\u200B', // zero width
  '\uFEFF', // byte order mark
  '\u202Etxt', // right to left
  '\uFFFD',
  '__proto__',
  'constructor',
  'hasOwnProperty',
  '0',
  'C',
  '%2e%2e%2f',
];

/** Names that a disk of Windows cannot keep. */
const POSIX = [
  'back\\slash',
  'a:b',
  'what?',
  '*',
  '<|>',
  '"',
  'end.',
  'end ',
  ' ',
  '\n',
  '\t\r\u001B\u007F',
  'CON',
  'nul.txt',
];

const ODD = process.platform === 'win32' ? PORTABLE : [...PORTABLE, ...POSIX];

/** 255 bytes of UTF-8 in 255, 85 and 64 characters. */
const LONGEST = ['n'.repeat(255), '€'.repeat(85), `${'😀'.repeat(63)}abc`];

const SPELLINGS = [
  'd/f',
  '/d/f',
  './d/f',
  'd//f',
  'd/./f',
  'd/f/',
  'd/../d/f',
  '../d/f',
  '/../../d/f',
  'missing/../d/f',
  'd/f/.',
];

/** For a title: whatever is not plain ASCII would be unseen, or do things to a terminal. */
function spelled(name: string): string {
  const code = (character: string): string => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  return JSON.stringify(name).replace(/[^\x20-\x7E]/gu, code);
}

/** What a path may be. */
export const names: readonly ConformanceCase[] = [
  ...ODD.map((name) =>
    behaviour(`write() and list() keep the name ${spelled(name)}`, async (medium) => {
      await medium.write(name, 'file');
      same([await medium.list(''), await medium.read(name)], [[{ name, path: name, kind: 'file' }], 'file']);
      await medium.delete(name);
      await medium.write(`${name}/${name}`, 'below');
      await medium.rename(`${name}/${name}`, 'moved');
      same([(await medium.list('')).length, await medium.list(name)], [2, []]);
      await medium.deleteAll(name);
      same(await tree(medium), ['moved']);
    }),
  ),
  behaviour('write() keeps names of 255 bytes', async (medium) => {
    for (const name of LONGEST) {
      await medium.write(`${name}/${name}`, 'x');
      same(await tree(medium), [name, `${name}/${name}`]);
      await medium.deleteAll(name);
    }
  }),
  behaviour('write() refuses names of more than 255 bytes with ENAMETOOLONG', async (medium) => {
    for (const name of LONGEST) {
      await refuses('ENAMETOOLONG', medium.write(`${name}x`, 'x'));
      await refuses('ENAMETOOLONG', medium.write(`d/${name}x/f`, 'x'));
    }
    same(await tree(medium), []);
  }),
  behaviour('exists() refuses names of more than 255 bytes with ENAMETOOLONG', async (medium) => {
    await refuses('ENAMETOOLONG', medium.exists('n'.repeat(256)));
  }),
  behaviour('read() reads a file under every spelling of its path', async (medium) => {
    await medium.write('d/f', 'x');
    for (const path of SPELLINGS) same(await medium.read(path), 'x', `the content of ${path}`);
  }),
  behaviour('write() makes the same file under every spelling of its path', async (medium) => {
    for (const path of SPELLINGS) {
      await medium.write(path, path);
      same([await tree(medium), await medium.read('d/f')], [['d', 'd/f'], path]);
      await medium.deleteAll('d');
    }
  }),
  behaviour('list() takes "", "." and "/" for the root, and ".." cannot climb over it', async (medium) => {
    await medium.write('f', 'x');
    for (const root of ['', '.', '/', './', '//', '..', '../..', 'a/..', '/a/../..']) {
      same(
        (await medium.list(root)).map(({ path }) => path),
        ['f'],
        `the entries of ${JSON.stringify(root)}`,
      );
    }
  }),
  behaviour('list() tells two names apart that differ in one code point', async (medium) => {
    const similar = ['a', 'a\u0301', 'a\u200B', 'á', 'а'];
    for (const name of similar) await medium.write(name, name);
    for (const name of similar) same(await medium.read(name), name);
    same((await medium.list('')).length, similar.length);
  }),
  behaviour('write() refuses NUL in a path with ERR_INVALID_PATH', async (medium) => {
    for (const path of ['\0', 'a\0b', 'd/a\0', 'f\0/../g']) await refuses('ERR_INVALID_PATH', medium.write(path, 'x'));
    same(await tree(medium), []);
  }),
  behaviour('write() refuses half of a surrogate pair in a path with ERR_INVALID_PATH', async (medium) => {
    for (const path of ['\uD83D', 'a\uDE00', 'd/\uD83Dx/f']) await refuses('ERR_INVALID_PATH', medium.write(path, 'x'));
    same(await tree(medium), []);
  }),
  behaviour('exists() refuses what cannot be a path with ERR_INVALID_PATH', async (medium) => {
    await refuses('ERR_INVALID_PATH', medium.exists('a\0b'));
    await refuses('ERR_INVALID_PATH', medium.exists('\uD83D'));
  }),
  behaviour('write() keeps a file fifty directories deep', async (medium) => {
    const path = Array.from({ length: 50 }, (_, i) => `d${String(i)}`).join('/');
    await medium.write(`${path}/f`, 'x');
    same([await medium.read(`${path}/f`), (await tree(medium)).length], ['x', 51]);
  }),
];
