import type nodeFs from 'node:fs';

import { behaviour, type Behaviour, describeError, type Stage } from '../behaviour.ts';

type Call = (name: keyof typeof nodeFs, ...args: readonly unknown[]) => Promise<unknown[]>;

/** Calls a function by name and gives what it calls back with. */
function calling({ fs }: Stage): Call {
  return (name, ...args) =>
    new Promise((resolve) => {
      const done = (error: unknown, ...results: unknown[]): void => {
        resolve(error instanceof Error ? [describeError(error)] : [error, ...results]);
      };
      (fs[name] as (...all: unknown[]) => void)(...args, done);
    });
}

export const callbacks: readonly Behaviour[] = [
  behaviour('callbacks: writeFile, appendFile, readFile', async (_fs, at, stage) => {
    const call = calling(stage);
    return [
      await call('writeFile', at('f'), 'one'),
      await call('appendFile', at('f'), ' two'),
      await call('readFile', at('f')),
      await call('readFile', at('f'), 'utf8'),
      await call('readFile', at('missing')),
    ];
  }),
  behaviour('callbacks: mkdir, readdir, rmdir', async (_fs, at, stage) => {
    const call = calling(stage);
    return [
      await call('mkdir', at('a/b'), { recursive: true }),
      await call('mkdir', at('d')),
      await call('readdir', at('')),
      await call('rmdir', at('d')),
      await call('readdir', at('d'), { withFileTypes: true }),
    ];
  }),
  behaviour('callbacks: stat, lstat, access, exists, realpath', async (fs, at, stage) => {
    const call = calling(stage);
    await fs.writeFile(at('f'), 'x');
    await fs.symlink('f', at('link'));
    const [, stat] = (await call('stat', at('link'))) as [null, nodeFs.Stats];
    const [, lstat] = (await call('lstat', at('link'), {})) as [null, nodeFs.Stats];
    return [
      ...[stat.isFile(), lstat.isSymbolicLink()],
      await call('access', at('f')),
      await call('exists', at('f')),
      await call('exists', at('missing')),
      await call('realpath', at('link')),
      await call('stat', at('missing')),
    ];
  }),
  behaviour('callbacks: rename, copyFile, unlink, rm, symlink, readlink', async (fs, at, stage) => {
    const call = calling(stage);
    await fs.writeFile(at('a'), 'x');
    return [
      await call('rename', at('a'), at('b')),
      await call('copyFile', at('b'), at('c')),
      await call('symlink', 'c', at('link')),
      await call('readlink', at('link')),
      await call('unlink', at('b')),
      await call('rm', at('missing'), { force: true }),
      await call('unlink', at('b')),
    ];
  }),
  behaviour('callbacks: chmod, utimes, truncate', async (fs, at, stage) => {
    const call = calling(stage);
    await fs.writeFile(at('f'), 'abc');
    return [
      await call('chmod', at('f'), 0o600),
      await call('utimes', at('f'), 1, 1),
      await call('truncate', at('f'), 2),
    ];
  }),
  behaviour('callbacks: open, write, read, fstat, ftruncate, fsync, close', async (_fs, at, stage) => {
    const call = calling(stage);
    const [, fd] = (await call('open', at('f'), 'w+')) as [null, number];
    return [
      typeof fd,
      await call('write', fd, 'hello'),
      await call('write', fd, Buffer.from('..XY'), 2, 2, 1),
      await call('read', fd, Buffer.alloc(3), 0, 3, 0),
      ((await call('fstat', fd)) as [null, nodeFs.Stats])[1].size,
      await call('ftruncate', fd, 2),
      await call('fsync', fd),
      await call('close', fd),
    ];
  }),
  behaviour('callbacks: a descriptor that is not open', async (_fs, at, stage) => {
    const call = calling(stage);
    const [, fd] = (await call('open', at('f'), 'w', 0o600)) as [null, number];
    await call('close', fd);
    return [await call('close', fd), await call('read', fd, Buffer.alloc(1), 0, 1, 0), await call('fstat', fd)];
  }),
  behaviour('callbacks: realpath.native', async (fs, at, { fs: { realpath } }) => {
    await fs.writeFile(at('f'), 'x');
    return new Promise((resolve) => {
      realpath.native(at('f'), (...results) => {
        resolve(results);
      });
    });
  }),
  behaviour('callbacks: a missing callback is a TypeError at once', async (_fs, at, { fs }) => {
    await Promise.resolve();
    return (['stat', 'readFile', 'mkdir'] as const).map((name) => {
      try {
        (fs[name] as unknown as (path: string) => void)(at('f'));
        return 'accepted';
      } catch (error) {
        return [(error as Error).name, (error as NodeJS.ErrnoException).code];
      }
    });
  }),
];
