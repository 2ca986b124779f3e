import { describe, expect, it } from '@jest/globals';
import { ErrnoSignal, IoError, MemoryMedium } from '@core/io';
import { faulty } from '@core/io/testing';

import { archiveAll, archiveAllWithFormat, archiveAllXz } from '../../src/archive/archive-all.ts';
import type { Artifact } from '../../src/artifact.ts';
import { checksum } from '../../src/checksum/checksum.ts';

const TARGETS = ['linux_amd64', 'linux_arm64', 'darwin_arm64', 'windows_amd64'];

const artifacts: Artifact[] = TARGETS.map((target) => {
  const [os = '', arch = ''] = target.split('_');
  return { os, arch, path: `dist/${target}/${os === 'windows' ? 'app.exe' : 'app'}` };
});

const ARCHIVES = ['linux_amd64.tar.gz', 'linux_arm64.tar.gz', 'darwin_arm64.tar.gz', 'windows_amd64.zip'].map(
  (end) => `dist/app_${end}`,
);

function release(): MemoryMedium {
  return new MemoryMedium(Object.fromEntries(artifacts.map(({ path }) => [path, `for ${path}`.repeat(1000)])));
}

const paths = (list: readonly Artifact[]): string[] => list.map(({ path }) => path);

describe('archiveAll', () => {
  describe('Good', () => {
    it.each([1, 2, 8])(
      'archiveAll gives the archives in the order of the artifacts, with %d workers',
      async (workers) => {
        const medium = release();
        const archives = await archiveAll(medium, artifacts, { workers });
        expect(paths(archives)).toEqual(ARCHIVES);
        for (const archive of archives) expect(archive).toEqual(await checksum(medium, archive));
      },
    );

    it('archiveAllXz gives xz to all but Windows', async () => {
      expect(paths(await archiveAllXz(release(), artifacts))).toEqual(
        ARCHIVES.map((path) => path.replace('.tar.gz', '.tar.xz')),
      );
    });

    it('archiveAllWithFormat gives zip to all, and nothing for nothing', async () => {
      const archives = await archiveAllWithFormat(release(), artifacts, 'zip');
      expect(archives.every(({ path }) => path.endsWith('.zip'))).toBe(true);
      expect(await archiveAllWithFormat(release(), [], 'zip')).toEqual([]);
    });

    it('archiveAll makes what archive makes one by one', async () => {
      const [all, single] = [release(), release()];
      const together = await archiveAll(all, artifacts);
      const alone: Artifact[] = [];
      for (const artifact of artifacts) alone.push(...(await archiveAll(single, [artifact])));
      expect(together).toEqual(alone);
    });
  });

  describe('Bad', () => {
    it('archiveAll refuses two artifacts with one archive before it writes any', async () => {
      const medium = new MemoryMedium({ a: '', b: '', 'linux_amd64/a': '' });
      const list = ['b', 'a', 'linux_amd64/a'].map((path) => ({ path, os: 'linux', arch: 'amd64' }));
      await expect(archiveAll(medium, list)).rejects.toMatchObject({
        code: 'ERR_BUILD_DUPLICATE_ARCHIVE',
        path: 'a_linux_amd64.tar.gz',
        message: 'Cannot archive "a" and "linux_amd64/a": both would become "a_linux_amd64.tar.gz"',
      });
      expect(await medium.list('')).toHaveLength(3);
    });

    it('archiveAll refuses a missing artifact before it writes any', async () => {
      const medium = release();
      await medium.delete(artifacts[3]?.path ?? '');
      await expect(archiveAll(medium, artifacts)).rejects.toMatchObject({ code: 'ERR_BUILD_ARTIFACT_NOT_FOUND' });
      expect(await medium.list('dist')).toHaveLength(4);
    });
  });

  describe('Ugly', () => {
    it('archiveAll that fails keeps what is finished, tells it in completed, and leaves no half of the rest', async () => {
      const medium = release();
      const full = faulty(medium, [{ op: 'sink.write', path: ARCHIVES[2] ?? '', error: 'ENOSPC' }]);
      const error: unknown = await archiveAll(full, artifacts, { workers: 1 }).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(IoError);
      expect(error).toMatchObject({ code: 'ENOSPC', path: ARCHIVES[2] });
      const { completed } = error as { completed: readonly Artifact[] };
      expect(paths(completed)).toEqual(ARCHIVES.slice(0, 2));
      const files = (await medium.list('dist')).filter(({ kind }) => kind === 'file').map(({ path }) => path);
      expect(files).toEqual(ARCHIVES.slice(0, 2).toSorted());
    });

    it('archiveAll that is cancelled rejects with the reason itself and leaves no half archive', async () => {
      const medium = release();
      const controller = new AbortController();
      const reason = new ErrnoSignal('ENOENT');
      const running = archiveAll(medium, artifacts, {
        workers: 2,
        signal: controller.signal,
        onProgress: ({ path }) => {
          if (path === ARCHIVES[2]) controller.abort(reason);
        },
      });
      await expect(running).rejects.toBe(reason);
      expect('completed' in reason).toBe(false);
      const files = (await medium.list('dist')).filter(({ kind }) => kind === 'file').map(({ path }) => path);
      expect(ARCHIVES.slice(0, 2)).toEqual(expect.arrayContaining(files));
    });

    it('archiveAll with a signal that is aborted already does nothing', async () => {
      const medium = release();
      await expect(archiveAll(medium, artifacts, { signal: AbortSignal.abort('no') })).rejects.toBe('no');
      expect(await medium.list('dist')).toHaveLength(4);
    });
  });
});
