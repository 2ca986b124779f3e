import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import { DiskMedium, type Medium, MemoryMedium } from '@core/io';
import { toNodeFs } from '@core/io/node-fs';
import { needs } from '@core/tooling/needs';
import git, { type FsClient } from 'isomorphic-git';

const dir = '/repo';
const author = { name: 'Ada', email: 'ada@example.org', timestamp: 1_700_000_000, timezoneOffset: 0 };

/** What a program does with git in a day; gives the commits, newest first. */
async function workWith(fs: FsClient, medium: Medium): Promise<string[]> {
  await git.init({ fs, dir, defaultBranch: 'main' });
  await medium.write('repo/readme.md', '# One\n');
  await medium.write('repo/src/deep/main.js', 'start();\n', { mode: 0o755 });
  await medium.symlink('readme.md', 'repo/link');
  await git.add({ fs, dir, filepath: ['readme.md', 'src/deep/main.js', 'link'] });
  const first = await git.commit({ fs, dir, author, message: 'first' });

  await git.branch({ fs, dir, ref: 'topic', checkout: true });
  await medium.write('repo/readme.md', '# Two\n');
  await medium.delete('repo/src/deep/main.js');
  await git.add({ fs, dir, filepath: 'readme.md' });
  await git.remove({ fs, dir, filepath: 'src/deep/main.js' });
  const second = await git.commit({ fs, dir, author, message: 'second' });
  return [second, first];
}

function real(root: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('git', ['-C', join(root, 'repo'), ...args], { encoding: 'utf8' });
  expect({ status, stderr }).toMatchObject({ status: 0 });
  return stdout.trim();
}

describe('toNodeFs: Good', () => {
  it('is good enough for isomorphic-git to init, add, commit, branch, log and check out in memory', async () => {
    const medium = new MemoryMedium();
    const fs = toNodeFs(medium);
    const [second, first] = await workWith(fs, medium);

    expect((await git.log({ fs, dir })).map(({ oid }) => oid)).toEqual([second, first]);
    expect(await git.listBranches({ fs, dir })).toEqual(['main', 'topic']);
    expect(await medium.exists('repo/src')).toBe(true);

    await git.checkout({ fs, dir, ref: 'main' });
    expect(await git.currentBranch({ fs, dir })).toBe('main');
    expect(await medium.read('repo/readme.md')).toBe('# One\n');
    expect(await medium.read('repo/src/deep/main.js')).toBe('start();\n');
    expect((await medium.stat('repo/src/deep/main.js')).mode & 0o111).not.toBe(0);
    expect(await medium.readLink('repo/link')).toBe('readme.md');
    expect(
      (await git.statusMatrix({ fs, dir })).filter(([, head, work, stage]) => head !== 1 || work !== 1 || stage !== 1),
    ).toEqual([]);
  });

  it('is good enough for isomorphic-git by its callbacks alone', async () => {
    const medium = new MemoryMedium();
    const { promises, ...callbacks } = toNodeFs(medium);
    const fs: FsClient = callbacks;
    expect(Object.values(promises)).not.toContain(callbacks.readFile);
    const commits = await workWith(fs, medium);
    expect((await git.log({ fs, dir })).map(({ oid }) => oid)).toEqual(commits);
  });

  it('makes the same commits in memory and on a disk', async () => {
    const root = mkdtempSync(join(tmpdir(), 'core-git-'));
    try {
      const media = [new MemoryMedium(), new DiskMedium({ root })];
      const [memory, disk] = await Promise.all(media.map((medium) => workWith(toNodeFs(medium), medium)));
      expect(disk).toEqual(memory);
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  needs('git')('leaves on a disk what git fsck accepts and git itself reads', async () => {
    const root = mkdtempSync(join(tmpdir(), 'core-git-'));
    try {
      const medium = new DiskMedium({ root });
      const fs = toNodeFs(medium);
      const [second, first] = await workWith(fs, medium);
      await git.checkout({ fs, dir, ref: 'main' });

      expect(real(root, 'fsck', '--full', '--strict', '--no-dangling')).toBe('');
      expect(real(root, 'log', '--format=%H', 'topic').split('\n')).toEqual([second, first]);
      expect(real(root, 'status', '--porcelain')).toBe('');
      expect(real(root, 'symbolic-ref', '--short', 'HEAD')).toBe('main');
      expect(
        real(root, 'ls-files', '--stage')
          .split('\n')
          .map((line) => line.split(' ')[0]),
      ).toEqual(['120000', '100644', '100755']);
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});

describe('toNodeFs: Ugly', () => {
  it('lets isomorphic-git see edits of the same size in the same millisecond', async () => {
    const medium = new MemoryMedium({}, { now: () => new Date(1_700_000_000_000) });
    const fs = toNodeFs(medium);
    await git.init({ fs, dir });
    await medium.write('repo/f', 'aaaa');
    await git.add({ fs, dir, filepath: 'f' });
    await git.commit({ fs, dir, author, message: 'one' });
    expect(await git.status({ fs, dir, filepath: 'f' })).toBe('unmodified');

    await medium.write('repo/f', 'bbbb');
    expect(await git.status({ fs, dir, filepath: 'f' })).toBe('*modified');
    await git.add({ fs, dir, filepath: 'f' });
    expect(await git.status({ fs, dir, filepath: 'f' })).toBe('modified');
    await fs.promises.writeFile('/repo/f', 'aaaa');
    expect(await git.status({ fs, dir, filepath: 'f' })).toBe('*unmodified');
  });

  it('lets isomorphic-git commit many files at once', async () => {
    const medium = new MemoryMedium();
    const fs = toNodeFs(medium);
    await git.init({ fs, dir });
    const names = Array.from({ length: 200 }, (_, i) => `d${String(i % 7)}/f${String(i)}`);
    await Promise.all(names.map((name) => medium.write(`repo/${name}`, name)));
    await git.add({ fs, dir, filepath: '.' });
    await git.commit({ fs, dir, author, message: 'many' });
    expect((await git.listFiles({ fs, dir, ref: 'HEAD' })).sort()).toEqual([...names].sort());
  });
});
