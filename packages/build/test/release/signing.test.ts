import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';

import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { localMedium } from '@core/io';
import { needs } from '@core/tooling/needs';

import { type BuildEvent, readManifest, registerBuilder, verifyRelease } from '../../src/index.ts';
import { build } from '../support/read-release.ts';
import { tempDir } from '../support/temp-project.ts';

jest.setTimeout(120_000); // processes are started, and the machine may be busy

const PASSPHRASE = 'a-passphrase-that-nobody-sees';
const home = tempDir();
const KEY = 'release@example.org';

function gpg(args: readonly string[], input = ''): { status: number | null; stderr: string } {
  const { status, stderr } = spawnSync('gpg', ['--batch', '--no-tty', ...args], {
    env: { ...process.env, GNUPGHOME: home },
    input,
    encoding: 'utf8',
  });
  return { status, stderr };
}

const before = { GNUPGHOME: process.env['GNUPGHOME'], GPG_PASSPHRASE: process.env['GPG_PASSPHRASE'] };

beforeAll(() => {
  spawnSync('chmod', ['700', home]);
  const make = ['--pinentry-mode', 'loopback', '--passphrase-fd', '0', '--quick-gen-key', KEY, 'ed25519', 'sign'];
  gpg(make, `${PASSPHRASE}\n`);
  Object.assign(process.env, { GNUPGHOME: home, GPG_PASSPHRASE: PASSPHRASE });
});

afterAll(() => {
  spawnSync('gpgconf', ['--kill', 'all'], { env: { ...process.env, GNUPGHOME: home } });
  for (const [name, value] of Object.entries(before)) {
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  }
  rmSync(home, { recursive: true, force: true });
});

const undo: (() => void)[] = [];
afterEach(() => {
  for (const one of undo.splice(0)) one();
});

/** A project on the disk whose builder counts how often it builds. */
function project(config: string): { readonly dir: string; builds: number } {
  const state = { dir: tempDir({ 'Cargo.toml': '', '.core/build.yaml': config }), builds: 0 };
  const unregister = registerBuilder('rust', {
    name: 'fake',
    detect: () => Promise.resolve(true),
    build: ({ medium, outputDir, project: { binary } }, targets) => {
      state.builds += 1;
      return Promise.all(
        targets.map(async ({ os, arch }) => {
          const path = `${outputDir}/${os}_${arch}/${binary}`;
          await medium.write(path, 'program', { mode: 0o755 });
          return { path, os, arch };
        }),
      );
    },
  });
  undo.push(unregister);
  return state;
}

const disk = localMedium();

describe('buildProject that signs', () => {
  describe('Good', () => {
    needs('gpg')(
      'sign.gpg.key makes a signature of the checksums that gpg verifies and the manifest names',
      async () => {
        const { dir } = project(`project: { binary: app }\nsign: { enabled: true, gpg: { key: ${KEY} } }`);
        const { signatures, manifest, events } = await build(disk, { dir });
        expect(signatures.map(({ path }) => path)).toEqual([`${dir}/dist/CHECKSUMS.txt.asc`]);
        expect(manifest.signatures.map(({ path }) => path)).toEqual(['CHECKSUMS.txt.asc']);
        const files = ['CHECKSUMS.txt.asc', 'CHECKSUMS.txt'].map((name) => `${dir}/dist/${name}`);
        const { status, stderr } = gpg(['--verify', ...files]);
        expect([status, stderr]).toEqual([0, expect.stringContaining('Good signature')]);
        expect(await verifyRelease(disk, `${dir}/dist`)).toMatchObject({ ok: true });
        expect(JSON.stringify(events)).not.toContain(PASSPHRASE);
        // without it the signature of the release before goes, too
        expect((await build(disk, { dir, sign: false })).signatures).toEqual([]);
        expect(await disk.exists(`${dir}/dist/CHECKSUMS.txt.asc`)).toBe(false);
      },
    );

    needs('gpg')('buildProject signs in a dry run, and changes nothing', async () => {
      const { dir } = project(`sign: { enabled: true, gpg: { key: ${KEY} } }`);
      const { changes = [] } = await build(disk, { dir, dryRun: true });
      expect(changes.map(({ path }) => path)).toContain(`${dir}/dist/CHECKSUMS.txt.asc`);
      expect(await disk.exists(`${dir}/dist`)).toBe(false);
    });
  });

  describe('Bad', () => {
    needs('gpg')('buildProject refuses a key that is not there before it builds anything', async () => {
      const state = project('sign: { enabled: true, gpg: { key: nobody@example.org } }');
      const failure = build(disk, { dir: state.dir });
      await expect(failure).rejects.toMatchObject({ code: 'ERR_BUILD_SIGN_KEY_NOT_FOUND' });
      expect([state.builds, await disk.exists(`${state.dir}/dist`)]).toEqual([0, false]);
    });

    it('buildProject refuses to notarize on a machine that cannot, before it builds anything', async () => {
      const state = project(
        'sign: { enabled: true, gpg: { key: "" }, macos: { identity: Me, notarize: true, apple_id: a, team_id: t, app_password: p-secret-p } }',
      );
      const targets = [{ os: 'darwin', arch: 'arm64' }];
      const error: unknown = await build(disk, { dir: state.dir, targets }).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'ERR_BUILD_SIGNER_UNAVAILABLE' });
      expect(state.builds).toBe(0);
      expect(JSON.stringify(error)).not.toContain('p-secret-p');
    });
  });

  describe('Ugly', () => {
    needs('gpg')(
      'buildProject that is stopped while it signs leaves the release before and its signature',
      async () => {
        const { dir } = project(`sign: { enabled: true, gpg: { key: ${KEY} } }`);
        await build(disk, { dir });
        const release = await readManifest(disk, `${dir}/dist`);
        const stop = new AbortController();
        const reason = new Error('enough');
        const onEvent = (event: BuildEvent): void => {
          if (event.type === 'step-started' && event.message === 'Sign CHECKSUMS.txt') stop.abort(reason);
        };
        await expect(build(disk, { dir, onEvent, signal: stop.signal })).rejects.toBe(reason);
        expect(await readManifest(disk, `${dir}/dist`)).toEqual(release);
        expect(await verifyRelease(disk, `${dir}/dist`)).toMatchObject({ ok: true });
      },
    );
  });
});
