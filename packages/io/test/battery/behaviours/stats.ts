import { isDate } from 'node:util/types';

import { behaviour, type Behaviour, refusal } from '../behaviour.ts';

export const stats: readonly Behaviour[] = [
  behaviour('stat of a file', async (fs, at) => {
    await fs.writeFile(at('f'), '€');
    const found = await fs.stat(at('f'));
    return [
      ...[found.size, found.mode, found.isFile(), found.isDirectory(), found.isSymbolicLink(), found.nlink],
      ...[found.isFIFO(), found.isSocket(), found.isBlockDevice(), found.isCharacterDevice(), found.uid, found.gid],
    ];
  }),
  behaviour('stat of a directory', async (fs, at) => {
    await fs.mkdir(at('d'));
    const found = await fs.stat(at('d'));
    return [found.mode, found.isFile(), found.isDirectory(), (await fs.stat(at('d/'))).isDirectory()];
  }),
  behaviour('stat has dates that agree with its numbers', async (fs, at) => {
    await fs.writeFile(at('f'), 'x');
    const found = await fs.stat(at('f'));
    return (['atime', 'mtime', 'ctime', 'birthtime'] as const).map((name) => [
      isDate(found[name]),
      Math.abs(found[name].getTime() - found[`${name}Ms`]) < 1,
    ]);
  }),
  behaviour('stat has the same fields in the same order', async (fs, at) => {
    await fs.writeFile(at('f'), 'x');
    return [Object.keys(await fs.stat(at('f'))).sort(), Object.keys(await fs.stat(at('f'), { bigint: true })).sort()];
  }),
  behaviour('stat with bigints', async (fs, at) => {
    const time = new Date('2001-02-03T04:05:06.789Z');
    await fs.writeFile(at('f'), 'four');
    await fs.utimes(at('f'), time, time);
    const { size, mode, mtimeMs, mtimeNs, mtime } = await fs.stat(at('f'), { bigint: true });
    return [size, mode, mtimeMs, mtimeNs, mtime];
  }),
  behaviour('stat where it cannot', async (fs, at) => {
    await fs.writeFile(at('f'), 'x');
    const paths = ['missing', 'missing/x', 'f/x', 'f/'];
    return Promise.all(paths.flatMap((path) => [refusal(fs.stat(at(path))), refusal(fs.lstat(at(path)))]));
  }),
  behaviour('stat gives another ino to another file', async (fs, at) => {
    for (const name of ['a', 'b']) await fs.writeFile(at(name), 'x');
    const [a, b] = [await fs.stat(at('a')), await fs.stat(at('b'))];
    await fs.rename(at('a'), at('c'));
    return [a.ino > 0, a.ino === b.ino, (await fs.stat(at('c'))).ino === a.ino];
  }),
  behaviour('chmod of files and directories', async (fs, at) => {
    await fs.writeFile(at('f'), 'x');
    await fs.mkdir(at('d'));
    await fs.chmod(at('f'), 0o751);
    await fs.chmod(at('d'), '700');
  }),
  behaviour('chmod keeps special bits', async (fs, at) => {
    await fs.writeFile(at('f'), 'x');
    await fs.mkdir(at('d'));
    await fs.chmod(at('f'), 0o4755);
    await fs.chmod(at('d'), 0o1777);
  }),
  behaviour('chmod where it cannot', async (fs, at) => {
    await fs.writeFile(at('f'), 'x');
    return Promise.all(['missing', 'f/x', 'f/'].map((path) => refusal(fs.chmod(at(path), 0o600))));
  }),
  behaviour('utimes with dates, seconds and texts', async (fs, at) => {
    const times = [new Date('2001-02-03T04:05:06.789Z'), 981_173_106, 981_173_106.5, '981173106', 0];
    const found: number[] = [];
    await fs.writeFile(at('f'), 'x');
    for (const time of times) {
      await fs.utimes(at('f'), time, time);
      found.push((await fs.stat(at('f'))).mtimeMs);
    }
    return found;
  }),
  behaviour('utimes of a directory and through a link', async (fs, at) => {
    await fs.mkdir(at('d'));
    await fs.symlink('d', at('link'));
    await fs.utimes(at('link'), 1, 2);
    return [(await fs.stat(at('d'))).mtimeMs, (await fs.lstat(at('link'))).mtimeMs > 2_000];
  }),
  behaviour('utimes where it cannot', async (fs, at) => {
    await fs.writeFile(at('f'), 'x');
    return Promise.all(['missing', 'f/x'].map((path) => refusal(fs.utimes(at(path), 1, 1))));
  }),
  behaviour('writeFile, appendFile and truncate set a new mtime', async (fs, at) => {
    const fresh: boolean[] = [];
    await fs.writeFile(at('f'), 'x');
    for (const change of [
      () => fs.writeFile(at('f'), 'y'),
      () => fs.appendFile(at('f'), 'z'),
      () => fs.truncate(at('f'), 1),
    ]) {
      await fs.utimes(at('f'), 1, 1);
      await change();
      fresh.push((await fs.stat(at('f'))).mtimeMs > 1_000);
    }
    return fresh;
  }),
  behaviour('chmod and rename keep the mtime', async (fs, at) => {
    await fs.writeFile(at('f'), 'x');
    await fs.utimes(at('f'), 1, 1);
    await fs.chmod(at('f'), 0o600);
    await fs.rename(at('f'), at('g'));
    return (await fs.stat(at('g'))).mtimeMs;
  }),
  behaviour('making and removing entries sets a new mtime of the directory', async (fs, at) => {
    const fresh: boolean[] = [];
    await fs.mkdir(at('d'));
    const changes = [
      () => fs.writeFile(at('d/f'), 'x'),
      () => fs.mkdir(at('d/e')),
      () => fs.rename(at('d/f'), at('d/g')),
      () => fs.unlink(at('d/g')),
      () => fs.rmdir(at('d/e')),
      () => fs.symlink('x', at('d/link')),
    ];
    for (const change of changes) {
      await fs.utimes(at('d'), 1, 1);
      await change();
      fresh.push((await fs.stat(at('d'))).mtimeMs > 1_000);
    }
    return fresh;
  }),
  behaviour('access asks for permissions', async (fs, at, { fs: { constants } }) => {
    const { F_OK, R_OK, W_OK, X_OK } = constants;
    await fs.writeFile(at('f'), 'x');
    await fs.writeFile(at('run'), 'x');
    await fs.chmod(at('run'), 0o755);
    await fs.mkdir(at('d'));
    const asked = [
      ['f', F_OK],
      ['f', R_OK | W_OK],
      ['f', X_OK],
      ['run', X_OK],
      ['d', R_OK | W_OK | X_OK],
      ['f', undefined],
    ] as const;
    return Promise.all(asked.map(([path, mode]) => refusal(fs.access(at(path), mode))));
  }),
  behaviour('access where it cannot', async (fs, at) => {
    await fs.writeFile(at('f'), 'x');
    return Promise.all(['missing', 'f/x', 'f/'].map((path) => refusal(fs.access(at(path)))));
  }),
];
