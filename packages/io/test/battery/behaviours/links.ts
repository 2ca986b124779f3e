import { behaviour, type Behaviour, refusal } from '../behaviour.ts';

export const links: readonly Behaviour[] = [
  behaviour('symlink and readlink keep the text', async (fs, at) => {
    const targets = ['f', './f', 'd/../f', 'd/', 'missing', 'ä 😀'];
    for (const [i, target] of targets.entries()) await fs.symlink(target, at(String(i)));
    return Promise.all(targets.map((_, i) => fs.readlink(at(String(i)))));
  }),
  behaviour('readlink as a Buffer', async (fs, at) => {
    await fs.symlink('ä', at('link'));
    return [await fs.readlink(at('link'), 'buffer'), await fs.readlink(at('link'), { encoding: 'utf8' })];
  }),
  behaviour('readlink where it cannot', async (fs, at) => {
    await fs.mkdir(at('d'));
    await fs.writeFile(at('f'), 'x');
    return Promise.all(['d', 'f', 'missing', 'f/x'].map((path) => refusal(fs.readlink(at(path)))));
  }),
  behaviour('symlink where it cannot', async (fs, at) => {
    await fs.mkdir(at('d'));
    await fs.writeFile(at('f'), 'x');
    await fs.symlink('missing', at('link'));
    return Promise.all(
      ['d', 'f', 'link', 'missing/x', 'f/x', 'new/'].map((path) => refusal(fs.symlink('t', at(path)))),
    );
  }),
  behaviour('symlink to nothing', (fs, at) => fs.symlink('', at('link'))),
  behaviour('readFile through links', async (fs, at) => {
    await fs.mkdir(at('d'));
    await fs.writeFile(at('d/f'), 'x');
    await fs.symlink('d', at('dir'));
    await fs.symlink('dir/f', at('a'));
    await fs.symlink('a', at('b'));
    await fs.symlink('../d/f', at('d/up'));
    return Promise.all(['dir/f', 'a', 'b', 'd/up', 'dir/up'].map((path) => fs.readFile(at(path), 'utf8')));
  }),
  behaviour('readFile of links that lead nowhere', async (fs, at) => {
    await fs.symlink('missing', at('dangling'));
    await fs.symlink('b', at('a'));
    await fs.symlink('a', at('b'));
    await fs.symlink('self', at('self'));
    return Promise.all(['dangling', 'dangling/x', 'a', 'self', 'self/x'].map((path) => refusal(fs.readFile(at(path)))));
  }),
  behaviour('readFile of a link to a directory and with a slash behind a link', async (fs, at) => {
    await fs.mkdir(at('d'));
    await fs.writeFile(at('f'), 'x');
    await fs.symlink('d', at('dir'));
    await fs.symlink('f', at('file'));
    return Promise.all(['dir', 'file/', 'dir/x'].map((path) => refusal(fs.readFile(at(path)))));
  }),
  behaviour('readFile through 40 links and 41', async (fs, at) => {
    await fs.writeFile(at('0'), 'x');
    for (let i = 1; i <= 41; i += 1) await fs.symlink(String(i - 1), at(String(i)));
    return [await refusal(fs.readFile(at('40'), 'utf8')), await refusal(fs.readFile(at('41'), 'utf8'))];
  }),
  behaviour('writeFile through a link', async (fs, at) => {
    await fs.mkdir(at('d'));
    await fs.writeFile(at('d/f'), 'old');
    await fs.symlink('d/f', at('link'));
    return fs.writeFile(at('link'), 'new');
  }),
  behaviour('writeFile through a dangling link', async (fs, at) => {
    await fs.mkdir(at('d'));
    await fs.symlink('d/f', at('link'));
    await fs.symlink('missing/f', at('far'));
    await fs.writeFile(at('link'), 'new');
    return refusal(fs.writeFile(at('far'), 'new'));
  }),
  behaviour('writeFile with wx onto links', async (fs, at) => {
    await fs.writeFile(at('f'), 'x');
    await fs.symlink('f', at('link'));
    await fs.symlink('missing', at('dangling'));
    await fs.symlink('loop', at('loop'));
    return Promise.all(
      ['link', 'dangling', 'loop'].map((path) => refusal(fs.writeFile(at(path), 'y', { flag: 'wx' }))),
    );
  }),
  behaviour('writeFile through a loop', async (fs, at) => {
    await fs.symlink('loop', at('loop'));
    return fs.writeFile(at('loop'), 'x');
  }),
  behaviour('writeFile with a mode through a dangling link', async (fs, at) => {
    await fs.symlink('f', at('link'));
    return fs.writeFile(at('link'), 'x', { mode: 0o600 });
  }),
  behaviour('appendFile and truncate through a link', async (fs, at) => {
    await fs.writeFile(at('f'), 'one');
    await fs.symlink('f', at('link'));
    await fs.appendFile(at('link'), ' two');
    await fs.truncate(at('link'), 5);
  }),
  behaviour('copyFile from and to links', async (fs, at) => {
    await fs.writeFile(at('a'), 'new');
    await fs.writeFile(at('b'), 'old');
    await fs.symlink('a', at('from'));
    await fs.symlink('b', at('to'));
    return fs.copyFile(at('from'), at('to'));
  }),
  behaviour('mkdir onto and through links', async (fs, at) => {
    await fs.mkdir(at('d'));
    await fs.symlink('d', at('dir'));
    await fs.symlink('missing', at('dangling'));
    await fs.mkdir(at('dir/e'));
    return Promise.all(['dir', 'dangling', 'dangling/x'].map((path) => refusal(fs.mkdir(at(path)))));
  }),
  behaviour('mkdir -p onto and through links', async (fs, at) => {
    await fs.mkdir(at('d'));
    await fs.symlink('d', at('dir'));
    return [await fs.mkdir(at('dir'), { recursive: true }), await fs.mkdir(at('dir/a/b'), { recursive: true })];
  }),
  behaviour('mkdir -p onto a dangling link', async (fs, at) => {
    await fs.symlink('missing', at('dangling'));
    return fs.mkdir(at('dangling'), { recursive: true });
  }),
  behaviour('mkdir -p through a loop', async (fs, at) => {
    await fs.symlink('loop', at('loop'));
    return fs.mkdir(at('loop/x'), { recursive: true });
  }),
  behaviour('readdir through a link', async (fs, at) => {
    await fs.mkdir(at('d'));
    await fs.writeFile(at('d/f'), 'x');
    await fs.writeFile(at('f'), 'x');
    await fs.symlink('d', at('dir'));
    await fs.symlink('f', at('file'));
    await fs.symlink('loop', at('loop'));
    return [await fs.readdir(at('dir')), await refusal(fs.readdir(at('file'))), await refusal(fs.readdir(at('loop')))];
  }),
  behaviour('stat and lstat of links', async (fs, at) => {
    await fs.mkdir(at('d'));
    await fs.symlink('d', at('dir'));
    await fs.symlink('missing', at('dangling'));
    const [stat, lstat] = [await fs.stat(at('dir')), await fs.lstat(at('dir'))];
    return [
      ...[stat.isDirectory(), stat.isSymbolicLink(), lstat.isDirectory(), lstat.isSymbolicLink(), lstat.mode],
      ...[await refusal(fs.stat(at('dangling'))), (await fs.lstat(at('dangling'))).isSymbolicLink()],
    ];
  }),
  behaviour('lstat with a slash behind a link', async (fs, at) => {
    await fs.mkdir(at('d'));
    await fs.writeFile(at('f'), 'x');
    await fs.symlink('d', at('dir'));
    await fs.symlink('f', at('file'));
    return [(await fs.lstat(at('dir/'))).isDirectory(), await refusal(fs.lstat(at('file/')))];
  }),
  behaviour('realpath resolves every link', async (fs, at) => {
    await fs.mkdir(at('d/e'), { recursive: true });
    await fs.writeFile(at('d/e/f'), 'x');
    await fs.symlink('d', at('a'));
    await fs.symlink('../e/f', at('d/e/b'));
    return Promise.all(['a/e/b', 'd/e/f', 'a', '', 'd/./e//f'].map((path) => fs.realpath(at(path))));
  }),
  behaviour('realpath where it cannot', async (fs, at) => {
    await fs.writeFile(at('f'), 'x');
    await fs.symlink('missing', at('dangling'));
    await fs.symlink('loop', at('loop'));
    return Promise.all(['missing', 'f/x', 'f/', 'dangling', 'loop'].map((path) => refusal(fs.realpath(at(path)))));
  }),
  behaviour('access and chmod follow links', async (fs, at) => {
    await fs.writeFile(at('f'), 'x');
    await fs.symlink('f', at('link'));
    await fs.symlink('missing', at('dangling'));
    await fs.chmod(at('link'), 0o711);
    return [
      await refusal(fs.access(at('link'))),
      await refusal(fs.access(at('dangling'))),
      await refusal(fs.chmod(at('dangling'), 0o600)),
    ];
  }),
];
