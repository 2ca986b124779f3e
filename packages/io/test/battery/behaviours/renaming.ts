import { behaviour, type Behaviour, refusal } from '../behaviour.ts';

export const renaming: readonly Behaviour[] = [
  behaviour('rename moves a file', async (fs, at) => {
    await fs.writeFile(at('a'), 'x');
    await fs.mkdir(at('d'));
    return fs.rename(at('a'), at('d/b'));
  }),
  behaviour('rename replaces a file', async (fs, at) => {
    await fs.writeFile(at('a'), 'new');
    await fs.writeFile(at('b'), 'old');
    return fs.rename(at('a'), at('b'));
  }),
  behaviour('rename of a missing path', (fs, at) => fs.rename(at('missing'), at('b'))),
  behaviour('rename to a missing directory', async (fs, at) => {
    await fs.writeFile(at('a'), 'x');
    return fs.rename(at('a'), at('missing/b'));
  }),
  behaviour('rename from and to below a file', async (fs, at) => {
    await fs.writeFile(at('a'), 'x');
    await fs.writeFile(at('f'), 'x');
    const pairs = [
      ['f/x', 'b'],
      ['a', 'f/x'],
      ['f', 'f/x'],
    ] as const;
    return Promise.all(pairs.map(([from, to]) => refusal(fs.rename(at(from), at(to)))));
  }),
  behaviour('rename moves a directory with its content', async (fs, at) => {
    await fs.mkdir(at('d/e'), { recursive: true });
    await fs.writeFile(at('d/e/f'), 'x');
    return fs.rename(at('d'), at('moved'));
  }),
  behaviour('rename over an empty directory', async (fs, at) => {
    await fs.mkdir(at('d'));
    await fs.writeFile(at('d/f'), 'x');
    await fs.mkdir(at('e'));
    return fs.rename(at('d'), at('e'));
  }),
  behaviour('rename over a directory that is not empty', async (fs, at) => {
    await fs.mkdir(at('d'));
    await fs.mkdir(at('e'));
    await fs.writeFile(at('e/f'), 'x');
    return fs.rename(at('d'), at('e'));
  }),
  behaviour('rename a file over a directory', async (fs, at) => {
    await fs.writeFile(at('f'), 'x');
    await fs.mkdir(at('d'));
    return fs.rename(at('f'), at('d'));
  }),
  behaviour('rename a directory over a file', async (fs, at) => {
    await fs.writeFile(at('f'), 'x');
    await fs.mkdir(at('d'));
    return fs.rename(at('d'), at('f'));
  }),
  behaviour('rename a directory into itself', async (fs, at) => {
    await fs.mkdir(at('d/e'), { recursive: true });
    return [await refusal(fs.rename(at('d'), at('d/x'))), await refusal(fs.rename(at('d'), at('d/e/x')))];
  }),
  behaviour('rename a directory over its parent', async (fs, at) => {
    await fs.mkdir(at('d/e'), { recursive: true });
    return fs.rename(at('d/e'), at('d'));
  }),
  behaviour('rename onto itself', async (fs, at) => {
    await fs.writeFile(at('f'), 'x');
    await fs.mkdir(at('d'));
    await fs.rename(at('f'), at('f'));
    await fs.rename(at('d'), at('./d'));
  }),
  behaviour('rename with slashes behind', async (fs, at) => {
    await fs.mkdir(at('d'));
    await fs.writeFile(at('f'), 'x');
    await fs.rename(at('d/'), at('e/'));
    return [await refusal(fs.rename(at('f'), at('g/'))), await refusal(fs.rename(at('f/'), at('g')))];
  }),
  behaviour('rename moves links, also dangling ones', async (fs, at) => {
    await fs.mkdir(at('d'));
    await fs.symlink('d', at('dir'));
    await fs.symlink('missing', at('dangling'));
    await fs.rename(at('dir'), at('a'));
    await fs.rename(at('dangling'), at('b'));
  }),
  behaviour('rename onto a link replaces the link', async (fs, at) => {
    await fs.writeFile(at('f'), 'new');
    await fs.writeFile(at('target'), 'old');
    await fs.symlink('target', at('link'));
    return fs.rename(at('f'), at('link'));
  }),
  behaviour('rename a link onto what it leads to', async (fs, at) => {
    await fs.writeFile(at('f'), 'x');
    await fs.symlink('f', at('link'));
    return fs.rename(at('link'), at('f'));
  }),
  behaviour('rename a directory onto a link to a directory', async (fs, at) => {
    await fs.mkdir(at('d'));
    await fs.mkdir(at('e'));
    await fs.symlink('e', at('link'));
    return fs.rename(at('d'), at('link'));
  }),
  behaviour('rename goes through links in the middle', async (fs, at) => {
    await fs.mkdir(at('d'));
    await fs.mkdir(at('e'));
    await fs.writeFile(at('d/f'), 'x');
    await fs.symlink('d', at('from'));
    await fs.symlink('e', at('to'));
    return fs.rename(at('from/f'), at('to/g'));
  }),
  behaviour('rename a link leaves its text', async (fs, at) => {
    await fs.mkdir(at('d'));
    await fs.writeFile(at('f'), 'x');
    await fs.symlink('f', at('link'));
    await fs.rename(at('link'), at('d/link'));
    return refusal(fs.readFile(at('d/link')));
  }),
];
