import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import { localMedium, MemoryMedium } from '@core/io';
import { needs } from '@core/tooling/needs';

import { gitSource } from '../../src/attest/git-source.ts';
import { tempDir } from '../support/temp-project.ts';

const COMMIT = '0123456789abcdef0123456789abcdef01234567';

function git(dir: string, ...args: string[]): string {
  const own = ['-c', 'user.name=x', '-c', 'user.email=x@example.org', '-c', 'init.defaultBranch=main'];
  const { status, stdout, stderr } = spawnSync('git', [...own, ...args], { cwd: dir, encoding: 'utf8' });
  expect([args, status, stderr.includes('fatal')]).toEqual([args, 0, false]);
  return stdout.trim();
}

function withConfig(url: string): MemoryMedium {
  return new MemoryMedium({
    '.git/HEAD': COMMIT,
    '.git/config': `[core]\n\tbare = false\n[remote "origin"]\n\turl = ${url}\n\tfetch = x\n[branch "main"]\n\turl = no\n`,
  });
}

describe('gitSource', () => {
  describe('Good', () => {
    needs('git')(
      'gitSource reads what git says, in a folder below, with packed refs and in a further work tree',
      async () => {
        const dir = tempDir({ 'deep/er/file': 'x' });
        git(dir, 'init', '-q');
        git(dir, 'add', '.');
        git(dir, 'commit', '-qm', 'one');
        const commit = git(dir, 'rev-parse', 'HEAD');
        const medium = localMedium();
        expect(await gitSource(medium, join(dir, 'deep/er'), {})).toEqual({ commit, url: undefined });
        git(dir, 'pack-refs', '--all');
        expect((await gitSource(medium, dir, {}))?.commit).toBe(commit);
        git(dir, 'worktree', 'add', '-q', '-b', 'other', join(dir, 'tree'));
        expect((await gitSource(medium, join(dir, 'tree'), {}))?.commit).toBe(commit);
        git(dir, 'checkout', '-q', '--detach');
        expect((await gitSource(medium, dir, {}))?.commit).toBe(commit);
      },
    );

    it.each([
      ['https://example.org/me/x.git', 'https://example.org/me/x.git'],
      ['https://user:secret@example.org/me/x.git', 'https://example.org/me/x.git'],
      ['git@example.org:me/x.git', 'ssh://example.org/me/x.git'],
      ['ssh://git@example.org/me/x.git', 'ssh://example.org/me/x.git'],
      ['/home/me/x', undefined],
      ['file:///home/me/x', undefined],
      ['../x', undefined],
    ])('gitSource tells of the remote %s as %s', async (url, told) => {
      expect(await gitSource(withConfig(url), '', {})).toEqual({ commit: COMMIT, url: told });
    });
  });

  describe('Bad', () => {
    it.each<[string, Record<string, string>]>([
      ['no repository', { file: '' }],
      ['an empty repository', { '.git/HEAD': 'ref: refs/heads/main' }],
      ['a HEAD that is none', { '.git/HEAD': 'nonsense' }],
      ['a ref that leads out', { '.git/HEAD': 'ref: ../../secret', secret: COMMIT }],
      ['a link to nowhere', { '.git': 'gitdir: ../gone' }],
    ])('gitSource knows nothing of %s', async (_, files) => {
      expect(await gitSource(new MemoryMedium(files), '', {})).toBeUndefined();
    });
  });
});
