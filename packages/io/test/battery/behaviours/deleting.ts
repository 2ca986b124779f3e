import { behaviour, type Behaviour, refusal } from '../behaviour.ts';

export const deleting: readonly Behaviour[] = [
  behaviour('unlink removes a file', async (fs, at) => {
    await fs.writeFile(at('f'), 'x');
    return fs.unlink(at('f'));
  }),
  behaviour('unlink where it cannot', async (fs, at) => {
    await fs.mkdir(at('d'));
    await fs.writeFile(at('f'), 'x');
    return Promise.all(['d', 'f/x', 'f/', 'missing', 'missing/x'].map((path) => refusal(fs.unlink(at(path)))));
  }),
  behaviour('unlink removes links, not what they lead to', async (fs, at) => {
    await fs.mkdir(at('d'));
    await fs.writeFile(at('d/f'), 'x');
    for (const [name, target] of [
      ['a', 'd/f'],
      ['b', 'd'],
      ['c', 'missing'],
      ['e', 'e'],
    ] as const) {
      await fs.symlink(target, at(name));
      await fs.unlink(at(name));
    }
  }),
  behaviour('unlink of a file that is read-only', async (fs, at) => {
    await fs.writeFile(at('f'), 'x');
    await fs.chmod(at('f'), 0o444);
    return fs.unlink(at('f'));
  }),
  behaviour('unlink of a link to a directory with a slash behind', async (fs, at) => {
    await fs.mkdir(at('d'));
    await fs.symlink('d', at('link'));
    return fs.unlink(at('link/'));
  }),
  behaviour('rmdir removes an empty directory', async (fs, at) => {
    await fs.mkdir(at('d'));
    await fs.mkdir(at('e'));
    await fs.rmdir(at('d'));
    return fs.rmdir(at('e/'));
  }),
  behaviour('rmdir where it cannot', async (fs, at) => {
    await fs.mkdir(at('full/d'), { recursive: true });
    await fs.writeFile(at('f'), 'x');
    await fs.symlink('full/d', at('link'));
    return Promise.all(['full', 'f', 'link', 'f/x', 'missing'].map((path) => refusal(fs.rmdir(at(path)))));
  }),
  behaviour('rm removes a file and a link', async (fs, at) => {
    await fs.writeFile(at('f'), 'x');
    await fs.symlink('f', at('link'));
    await fs.rm(at('link'));
    await fs.rm(at('f'));
  }),
  behaviour('rm of a directory', async (fs, at) => {
    await fs.mkdir(at('d'));
    return fs.rm(at('d'));
  }),
  behaviour('rm of a missing path', (fs, at) => fs.rm(at('missing'))),
  behaviour('rm -f of a missing path', (fs, at) => fs.rm(at('missing/too'), { force: true })),
  behaviour('rm -f of a directory', async (fs, at) => {
    await fs.mkdir(at('d'));
    return fs.rm(at('d'), { force: true });
  }),
  behaviour('rm -f below a file', async (fs, at) => {
    await fs.writeFile(at('f'), 'x');
    return fs.rm(at('f/x'), { force: true });
  }),
  behaviour('rm -r of a missing path', (fs, at) => fs.rm(at('missing'), { recursive: true })),
  behaviour('rm -r of a file', async (fs, at) => {
    await fs.writeFile(at('f'), 'x');
    return fs.rm(at('f'), { recursive: true });
  }),
  behaviour('rm -r removes a tree', async (fs, at) => {
    await fs.mkdir(at('d/a/b'), { recursive: true });
    for (const name of ['d/f', 'd/a/g', 'd/a/b/h', 'keep']) await fs.writeFile(at(name), 'x');
    return fs.rm(at('d'), { recursive: true });
  }),
  behaviour('rm -r of a link to a directory removes the link', async (fs, at) => {
    await fs.mkdir(at('d'));
    await fs.writeFile(at('d/f'), 'x');
    await fs.symlink('d', at('link'));
    return fs.rm(at('link'), { recursive: true });
  }),
  behaviour('rm -r does not follow links in the tree', async (fs, at) => {
    await fs.mkdir(at('d'));
    await fs.mkdir(at('keep'));
    await fs.writeFile(at('keep/f'), 'x');
    for (const [name, target] of [
      ['a', '../keep'],
      ['b', '../keep/f'],
      ['c', 'missing'],
      ['e', '..'],
    ] as const) {
      await fs.symlink(target, at(`d/${name}`));
    }
    return fs.rm(at('d'), { recursive: true, force: true });
  }),
  behaviour('rm makes room for another kind', async (fs, at) => {
    await fs.writeFile(at('a'), 'x');
    await fs.rm(at('a'));
    await fs.mkdir(at('a'));
    await fs.rmdir(at('a'));
    await fs.symlink('b', at('a'));
  }),
];
