import { describe, expect, it } from '@jest/globals';
import { IoError, type Medium, MemoryMedium } from '@core/io';

import { encodeManifest, type ReleaseManifest } from '../../src/index.ts';
import { recoverReleases } from '../../src/release/publish.ts';
import { Staging } from '../../src/release/staging.ts';

/** A release of files with this text. */
function manifestOf(...names: readonly string[]): ReleaseManifest {
  const archives = names.map((path) => ({
    path,
    os: 'linux',
    arch: 'amd64',
    kind: 'archive' as const,
    size: 1,
    sha256: 'x',
  }));
  const project = { name: 'x', version: '1', type: 'node' as const };
  return { project, artifacts: [], archives, files: [], attestations: [], signatures: [], tools: {} };
}

async function stage(medium: Medium, text: string, ...names: readonly string[]): Promise<[Staging, ReleaseManifest]> {
  const staging = await Staging.open(medium, 'dist', {});
  const manifest = manifestOf(...names);
  for (const name of names) await medium.write(`${staging.dir}/${name}`, text);
  await medium.write(`${staging.dir}/manifest.json`, encodeManifest(manifest));
  return [staging, manifest];
}

async function publish(medium: Medium, text: string, ...names: readonly string[]): Promise<readonly string[]> {
  const [staging, manifest] = await stage(medium, text, ...names);
  return staging.publish(manifest, {});
}

/** A medium whose `at`th rename, and every one after it while `always`, fails. */
function failing(medium: MemoryMedium, at: number, always = false): Medium {
  let count = 0;
  return new Proxy(medium, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      if (key !== 'rename') return value.bind(target) as unknown;
      return (from: string, to: string) => {
        count += 1;
        const fails = count === at || (always && count > at);
        return fails ? Promise.reject(new IoError({ code: 'EIO', op: 'rename', path: from })) : target.rename(from, to);
      };
    },
  });
}

const text = async (medium: Medium, name: string): Promise<string> =>
  (await medium.exists(`dist/${name}`)) ? medium.read(`dist/${name}`) : '-';

describe('Staging', () => {
  describe('Good', () => {
    it('Staging.publish puts a release into an empty place', async () => {
      const medium = new MemoryMedium();
      expect(await publish(medium, 'one', 'a', 'sub/b')).toEqual([]);
      expect(Object.keys((medium.toJSON() as { dist: object }).dist)).toEqual(['a', 'manifest.json', 'sub']);
    });

    it('Staging.publish replaces the release before, removes what is left of it, and nothing else', async () => {
      const medium = new MemoryMedium({ dist: { own: 'mine', 'sub/own': 'mine' } });
      await publish(medium, 'one', 'a', 'sub/b', 'gone/c');
      expect(await publish(medium, 'two', 'a', 'd')).toEqual(['gone/c', 'sub/b']);
      expect(medium.toJSON()).toEqual({
        dist: {
          a: 'two',
          d: 'two',
          own: 'mine',
          sub: { own: 'mine' },
          'manifest.json': encodeManifest(manifestOf('a', 'd')),
        },
      });
    });

    it('Staging.open and Staging.discard leave everything as it was', async () => {
      const medium = new MemoryMedium({ other: {} });
      const staging = await Staging.open(medium, 'x/y/dist', {});
      expect(medium.toJSON()).toEqual({ other: {} });
      await medium.write(`${staging.dir}/part`, '');
      await staging.discard();
      await staging.discard();
      expect(medium.toJSON()).toEqual({ other: {} });
    });

    it('Staging names its files by where they will be', async () => {
      const staging = await Staging.open(new MemoryMedium(), 'dist', {});
      expect(staging.finalPath(`${staging.dir}/linux_amd64/x`)).toBe('dist/linux_amd64/x');
      expect(staging.nameOf(`${staging.dir}/linux_amd64/x`)).toBe('linux_amd64/x');
    });
  });

  describe('Bad', () => {
    it.each(['a', 'manifest.json'])(
      'Staging.publish refuses to replace %s, which no release has made',
      async (name) => {
        const medium = new MemoryMedium({ dist: { [name]: 'mine' } });
        const before = medium.toJSON();
        const [staging, manifest] = await stage(medium, 'one', 'a');
        await expect(staging.publish(manifest, {})).rejects.toMatchObject({
          code: 'ERR_BUILD_OUTPUT_OCCUPIED',
          path: `dist/${name}`,
        });
        await staging.discard();
        expect(medium.toJSON()).toEqual(before);
      },
    );

    it('Staging.open refuses a file in the place of the folder', async () => {
      const medium = new MemoryMedium({ dist: 'a file' });
      await expect(Staging.open(medium, 'dist', {})).rejects.toMatchObject({ code: 'ERR_BUILD_OUTPUT_OCCUPIED' });
    });

    it('Staging.open refuses a folder that cannot be written to, and leaves nothing', async () => {
      const medium = new MemoryMedium({ dist: {} }, { maxBytes: 0 });
      medium.ensureDir = (path) => Promise.reject(new IoError({ code: 'ENOSPC', op: 'ensureDir', path }));
      await expect(Staging.open(medium, 'dist', {})).rejects.toMatchObject({ code: 'ENOSPC' });
      expect(medium.toJSON()).toEqual({ dist: {} });
    });

    it('Staging.publish rejects with the reason of its signal before anything is moved', async () => {
      const medium = new MemoryMedium();
      await publish(medium, 'one', 'a');
      const [staging, manifest] = await stage(medium, 'two', 'a');
      const reason = new Error('enough');
      await expect(staging.publish(manifest, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
      expect(await text(medium, 'a')).toBe('one');
    });
  });

  describe('Ugly', () => {
    const NAMES = ['a', 'sub/b', 'c'] as const;

    it('Staging.publish leaves the old release when any of its steps fails', async () => {
      for (let at = 1; ; at += 1) {
        const medium = new MemoryMedium();
        await publish(medium, 'one', 'a', 'sub/b', 'old');
        const before = medium.toJSON();
        const [staging, manifest] = await stage(failing(medium, at), 'two', ...NAMES);
        const failed = await staging.publish(manifest, {}).then(
          () => false,
          () => true,
        );
        if (!failed) {
          expect(at).toBeGreaterThan(7);
          return;
        }
        await staging.discard();
        expect([at, medium.toJSON()]).toEqual([at, before]);
      }
    });

    it('recoverReleases finishes what was begun, wherever the process died', async () => {
      for (let at = 1; ; at += 1) {
        const medium = new MemoryMedium();
        await publish(medium, 'one', 'a', 'sub/b', 'old');
        const [staging, manifest] = await stage(failing(medium, at, true), 'two', ...NAMES);
        const failed = await staging.publish(manifest, {}).then(
          () => false,
          () => true,
        );
        if (!failed) {
          expect(at).toBeGreaterThan(7);
          return;
        }
        await staging.discard(); // keeps what could not be moved back
        await recoverReleases(medium, 'dist', {});
        const state = await Promise.all(['a', 'sub/b', 'c', 'old'].map((name) => text(medium, name)));
        const names = Object.keys((medium.toJSON() as { dist: object }).dist);
        const old = at === 1; // nothing had been moved: there was nothing to move back
        expect([at, state]).toEqual([at, old ? ['one', 'one', '-', 'one'] : ['two', 'two', 'two', '-']]);
        expect(names.filter((name) => name.startsWith('.'))).toEqual([]);
      }
    });

    it('recoverReleases removes what was never published', async () => {
      const medium = new MemoryMedium({ dist: { a: 'mine', '.release-x/new/a': 'half', '.other/b': 'mine' } });
      await recoverReleases(medium, 'dist', {});
      expect(medium.toJSON()).toEqual({ dist: { a: 'mine', '.other': { b: 'mine' } } });
      await recoverReleases(medium, 'nowhere', {});
    });

    it.each([
      '{',
      'null',
      '{"add":["a"]}',
      '{"add":["../precious"],"remove":["a"]}',
      '{"add":[],"remove":["../precious"]}',
      '{"add":[],"remove":["/precious"]}',
    ])('recoverReleases does not do what the foreign note %j says', async (note) => {
      const medium = new MemoryMedium({
        precious: 'mine',
        dist: { a: 'mine', '.release-x': { 'publish.json': note } },
      });
      await recoverReleases(medium, 'dist', {});
      expect(medium.toJSON()).toEqual({ precious: 'mine', dist: { a: 'mine' } });
    });
  });
});
