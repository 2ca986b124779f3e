import { behaviour, type Behaviour, refusal } from '../behaviour.ts';

const NAMES = [
  ...[
    ' ',
    '  lead',
    'trail ',
    'a b',
    '.hidden',
    '..hidden',
    '...',
    '-rf',
    '~',
    '$HOME',
    '%41',
    'a\\b',
    'a:b',
    '*',
    '?',
  ],
  ...[
    '<>|"',
    "it's",
    'new\nline',
    'tab\t',
    '\u0001',
    '\u007F',
    'ä',
    'e\u0301',
    '中文',
    '😀',
    '\u202Eabc',
    '\uFEFF',
    '\uFFFD',
  ],
  ...['__proto__', 'constructor', 'toString', 'CON', 'NUL', 'aux.txt', 'C:', 'end.', '0', '-0', 'null', 'undefined'],
];

/** For a title: whatever is not plain ASCII would be unseen, or do things to a terminal. */
function spelled(name: string): string {
  const code = (character: string): string => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  return JSON.stringify(name).replace(/[^\x20-\x7E]/gu, code);
}

export const names: readonly Behaviour[] = [
  ...NAMES.map((name) =>
    behaviour(`the name ${spelled(name)}`, async (fs, at) => {
      await fs.mkdir(at(name));
      await fs.writeFile(at(`${name}/${name}`), name);
      await fs.symlink(name, at(`${name}/link`));
      return [
        await fs.readdir(at('')),
        await fs.readFile(at(`${name}/link`), 'utf8'),
        (await fs.stat(at(name))).isDirectory(),
      ];
    }),
  ),
  behaviour('names of 255 bytes and of 256', async (fs, at) => {
    const outcomes = [];
    for (const name of ['n'.repeat(255), 'n'.repeat(256), '€'.repeat(85), '€'.repeat(86)]) {
      outcomes.push(await refusal(fs.writeFile(at(name), 'x')), await refusal(fs.mkdir(at(`${name}d`))));
    }
    return outcomes;
  }),
  behaviour('a name of 256 bytes is refused by all', async (fs, at) => {
    const path = at('n'.repeat(256));
    const calls = [fs.readFile(path), fs.stat(path), fs.lstat(path), fs.unlink(path), fs.rmdir(path), fs.readdir(path)];
    return Promise.all([...calls, fs.access(path), fs.rm(path), fs.rename(path, at('x'))].map((call) => refusal(call)));
  }),
  behaviour('names that differ in case or form are different', async (fs, at) => {
    for (const name of ['a', 'A', 'á', 'a\u0301']) await fs.writeFile(at(name), name);
    return (await fs.readdir(at(''))).sort();
  }),
  behaviour('a path with NUL', async (fs, at) => {
    const path = `${at('a')}\0b`;
    const calls = [() => fs.readFile(path), () => fs.writeFile(path, 'x'), () => fs.mkdir(path), () => fs.stat(path)];
    return (await Promise.all(calls.map((call) => refusal(call())))).map((seen) => {
      const { refused } = seen as { refused: { name: string; code: string } };
      return [refused.name, refused.code];
    });
  }),
  behaviour('a path that is none', async (fs) => {
    const paths = [undefined, null, 1, {}, true] as unknown as string[];
    return (await Promise.all(paths.map((path) => refusal(fs.readFile(path))))).map((seen) => {
      const { refused } = seen as { refused: { name: string; code: string; message: string } };
      return [refused.name, refused.code];
    });
  }),
];
