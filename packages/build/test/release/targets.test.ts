import { afterEach, describe, expect, it } from '@jest/globals';
import { MemoryMedium } from '@core/io';

import {
  type Artifact,
  type Builder,
  type BuilderConfig,
  readArchive,
  registerBuilder,
  type TargetChooser,
  verifyRelease,
} from '../../src/index.ts';
import { formatTarget, type Target } from '../../src/target.ts';
import { build, unpacked } from '../support/read-release.ts';

const undo: (() => void)[] = [];
afterEach(() => {
  for (const one of undo.splice(0)) one();
});

type Make = (config: BuilderConfig, folder: string, target: Target) => Promise<Partial<Artifact>[]>;

/** A builder that makes what the test says, and that can build for the targets that it says. */
function withBuilder(make: Make, able?: readonly string[]): MemoryMedium {
  const builder: Builder & Partial<TargetChooser> = {
    name: 'fake',
    detect: () => Promise.resolve(true),
    async build(config, targets) {
      const artifacts: Artifact[] = [];
      for (const { os, arch } of targets) {
        const folder = `${config.outputDir}/${os}_${arch}`;
        for (const made of await make(config, folder, { os, arch })) {
          artifacts.push({ path: folder, os, arch, ...made });
        }
      }
      return artifacts;
    },
    ...(able === undefined
      ? {}
      : {
          chooseTargets: (_: BuilderConfig, targets: readonly Target[]) =>
            Promise.resolve(targets.filter((target) => able.includes(formatTarget(target)))),
        }),
  };
  undo.push(registerBuilder('rust', builder));
  return new MemoryMedium({ 'Cargo.toml': '', 'README.md': 'read me' });
}

const program: Make = async ({ medium, project }, folder) => {
  const path = `${folder}/${project.binary}`;
  await medium.write(path, 'program', { mode: 0o755 });
  return [{ path }];
};

const archivesOf = ({ archives }: { readonly archives: readonly Artifact[] }): string[] =>
  archives.map(({ path }) => path);

describe('buildProject with several files for a target', () => {
  describe('Good', () => {
    it('buildProject packs all that was made for a target as one archive', async () => {
      const medium = withBuilder(async (config, folder) => {
        await config.medium.write(`${folder}/lib/helper.so`, 'library', { mode: 0o644 });
        return [...(await program(config, folder, { os: '', arch: '' })), { path: `${folder}/lib/helper.so` }];
      });
      const result = await build(medium);
      expect(archivesOf(result)).toEqual(['dist/app_linux_amd64.tar.gz']);
      expect(await unpacked(medium, 'dist/app_linux_amd64.tar.gz')).toEqual({
        'README.md': 'read me',
        app: 'program',
        'lib/helper.so': 'library',
      });
      expect(result.manifest.artifacts.map(({ path }) => path)).toEqual([
        'linux_amd64/app',
        'linux_amd64/lib/helper.so',
      ]);
      expect(await verifyRelease(medium, 'dist')).toMatchObject({ ok: true });
    });

    it('buildProject packs a target whose first file is in a folder', async () => {
      const medium = withBuilder(async (config, folder) => {
        await config.medium.write(`${folder}/bin/app`, 'program', { mode: 0o755 });
        return [{ path: `${folder}/bin/app` }];
      });
      const { archives } = await build(medium);
      expect(archives.map(({ path }) => path)).toEqual(['dist/app_linux_amd64.tar.gz']);
      expect(Object.keys(await unpacked(medium, 'dist/app_linux_amd64.tar.gz'))).toEqual(['README.md', 'bin/app']);
    });

    it('buildProject releases a bundle with its links, and again over the one before', async () => {
      let version = 'one';
      const medium = withBuilder(async (config, folder) => {
        const path = `${folder}/App.app`;
        await config.medium.write(`${path}/Contents/MacOS/app`, version, { mode: 0o755 });
        await config.medium.write(`${path}/Contents/Frameworks/A/lib`, 'lib');
        await config.medium.symlink('A', `${path}/Contents/Frameworks/Current`);
        return [{ path, kind: 'bundle' }];
      });
      for (version of ['one', 'two']) {
        const { manifest } = await build(medium);
        expect(manifest.artifacts).toMatchObject([{ path: 'linux_amd64/App.app', kind: 'bundle', size: 6 }]);
        expect(manifest.files).toEqual([]);
        expect(await medium.read('dist/linux_amd64/App.app/Contents/MacOS/app')).toBe(version);
        expect(await medium.readLink('dist/linux_amd64/App.app/Contents/Frameworks/Current')).toBe('A');
        const names: string[] = [];
        for await (const { name } of (await readArchive(medium, 'dist/app_linux_amd64.tar.gz')).entries()) {
          names.push(name);
        }
        expect(names).toContain('App.app/Contents/Frameworks/Current');
        expect(await verifyRelease(medium, 'dist')).toMatchObject({ ok: true, problems: [] });
      }
    });
  });

  describe('Bad', () => {
    it('verifyRelease tells of a bundle that was changed, in the folder or only in its permissions', async () => {
      const medium = withBuilder(async (config, folder) => {
        await config.medium.write(`${folder}/App.app/run`, 'x', { mode: 0o755 });
        return [{ path: `${folder}/App.app`, kind: 'bundle' }];
      });
      await build(medium);
      await medium.chmod('dist/linux_amd64/App.app/run', 0o644);
      const problem = 'linux_amd64/App.app: its content is not what the manifest says';
      expect((await verifyRelease(medium, 'dist')).problems).toEqual([problem]);
    });
  });
});

describe('buildProject with a builder that chooses', () => {
  describe('Good', () => {
    it('buildProject builds the usual targets that the builder can do, and tells which it leaves out', async () => {
      const medium = withBuilder(program, ['linux/arm64', 'linux/amd64']);
      const result = await build(medium, { targets: undefined });
      expect(archivesOf(result)).toEqual(['dist/app_linux_amd64.tar.gz', 'dist/app_linux_arm64.tar.gz']);
      expect(result.events).toContainEqual({
        type: 'warning',
        message: expect.stringMatching(/^Nothing is built for darwin\/arm64, windows\/amd64: /),
      });
    });

    it('buildProject does not ask it where somebody has named the targets', async () => {
      const medium = withBuilder(program, []);
      expect(archivesOf(await build(medium))).toHaveLength(1);
      await medium.write('.core/build.yaml', 'targets: [{ os: linux, arch: arm }]');
      expect(archivesOf(await build(medium, { targets: undefined }))).toEqual(['dist/app_linux_arm.tar.gz']);
    });
  });

  describe('Bad', () => {
    it('buildProject refuses where it can do none of them, and leaves nothing', async () => {
      const medium = withBuilder(program, []);
      await expect(build(medium, { targets: undefined })).rejects.toMatchObject({
        code: 'ERR_BUILD_UNSUPPORTED_TARGET',
        projectType: 'rust',
      });
      expect(await medium.exists('dist')).toBe(false);
    });
  });
});
