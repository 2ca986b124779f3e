import { describe, expect, it, jest } from '@jest/globals';
import { MemoryMedium } from '@core/io';
import { Service } from '@core/process';

import { type Artifact, type BuildEvent, checksum, defaultConfig } from '../../src/index.ts';
import { checkSigners, notarizeBinaries, signBinaries } from '../../src/signing/index.ts';
import { scriptedTools } from '../support/scripted-tools.ts';
import { tempDir } from '../support/temp-project.ts';
import { abortWhenReady, WAIT_FOR_EVER } from './support/stand-ins.ts';

jest.setTimeout(120_000); // processes are started, and the machine may be busy

const MACH_O = Uint8Array.of(0xcf, 0xfa, 0xed, 0xfe, 1);
const OFF = defaultConfig({}).sign;
const IDENTITY = 'Developer ID Application: Example';

const XCRUN =
  'if (args[1] === "submit") { fs.readFileSync(0); console.log(JSON.stringify({ id: "1", status: "Accepted" })); }';
const CODESIGN = 'if (!fs.statSync(args.at(-1)).isDirectory()) fs.appendFileSync(args.at(-1), "+mac")';
const OSSLSIGNCODE =
  'const out = args.indexOf("-out"); if (out > 0) fs.writeFileSync(args[out + 1], fs.readFileSync("app.exe", "latin1") + "+win", "latin1")';

const tools = (change: Record<string, string> = {}) =>
  scriptedTools({ codesign: CODESIGN, osslsigncode: OSSLSIGNCODE, xcrun: XCRUN, ditto: '', ...change });

const settings = () => ({
  ...OFF,
  enabled: true,
  macos: { identity: IDENTITY, notarize: false },
  windows: { certificate: 'c.pfx' },
});

const host = (env: Readonly<Record<string, string>>) =>
  ({ env, platform: 'darwin', dir: tempDir({ 'c.pfx': '' }) }) as const;

async function release(): Promise<{ medium: MemoryMedium; artifacts: Artifact[] }> {
  const medium = new MemoryMedium({
    'linux_amd64/app': 'ELF',
    'darwin_amd64/app': MACH_O,
    'darwin_arm64/app': MACH_O,
    'darwin_arm64/script': '#!/bin/sh',
    'darwin_arm64/App.app/Contents/MacOS/app': MACH_O,
    'windows_amd64/app.exe': 'MZ',
  });
  const of = (path: string, kind: Artifact['kind'] = 'binary') => {
    const [os = '', arch = ''] = path.split(/[_/]/);
    const artifact = { path, os, arch, kind };
    return kind === 'bundle' ? artifact : checksum(medium, artifact);
  };
  const paths = [
    'linux_amd64/app',
    'darwin_amd64/app',
    'darwin_arm64/app',
    'darwin_arm64/script',
    'windows_amd64/app.exe',
  ];
  return {
    medium,
    artifacts: await Promise.all([...paths.map((path) => of(path)), of('darwin_arm64/App.app', 'bundle')]),
  };
}

describe('signBinaries', () => {
  describe('Good', () => {
    it('signBinaries signs what is for macOS and Windows in place, and gives all in their order with what they are now', async () => {
      const { medium, artifacts } = await release();
      await using service = new Service();
      const used = tools();
      const report = await signBinaries(medium, artifacts, settings(), { ...host(used.env), service });
      expect(report.artifacts.map(({ path }) => path)).toEqual(artifacts.map(({ path }) => path));
      for (const artifact of report.artifacts.filter(({ kind }) => kind === 'binary')) {
        expect(artifact).toEqual(await checksum(medium, artifact));
      }
      const changed = report.artifacts
        .filter((artifact, at) => artifact.size !== artifacts[at]?.size)
        .map(({ path }) => path);
      expect(changed).toEqual(['darwin_amd64/app', 'darwin_arm64/app', 'windows_amd64/app.exe']);
      expect(await medium.read('windows_amd64/app.exe')).toBe('MZ+win');
      expect(
        used
          .calls()
          .filter(({ tool }) => tool === 'codesign')
          .map(({ args }) => args.at(-1))
          .sort(),
      ).toEqual(['./App.app', './app', './app']);
      expect(report.skipped).toEqual([
        {
          signer: 'macos',
          reason: 'it is no program that macOS could find a signature in',
          paths: ['darwin_arm64/script'],
        },
      ]);
    });

    it('signBinaries skips what nobody has set up, and says so once for each signer', async () => {
      const { medium, artifacts } = await release();
      const before = medium.toJSON();
      const events: BuildEvent[] = [];
      const report = await signBinaries(
        medium,
        artifacts,
        { ...OFF, enabled: true },
        { onEvent: (event) => events.push(event) },
      );
      expect(report.artifacts).toEqual(artifacts);
      expect(report.skipped.map(({ signer, reason, paths }) => [signer, reason, paths.length])).toEqual([
        ['macos', 'sign.macos.identity is not set (CODESIGN_IDENTITY)', 4],
        ['windows', 'sign.windows.certificate is not set', 1],
      ]);
      expect(events).toEqual([
        {
          type: 'warning',
          message: expect.stringMatching(/^Not signed: darwin_amd64\/app, .*: sign\.macos\.identity is not set/),
        },
        { type: 'warning', message: 'Not signed: windows_amd64/app.exe: sign.windows.certificate is not set' },
      ]);
      expect(medium.toJSON()).toEqual(before);
    });

    it('signBinaries signs nothing where signing is off, and has nothing to say of other systems', async () => {
      const { medium, artifacts } = await release();
      const { skipped } = await signBinaries(medium, artifacts, { ...settings(), enabled: false });
      expect(skipped.map(({ reason }) => reason)).toEqual(['sign.enabled is false', 'sign.enabled is false']);
      expect(await signBinaries(medium, artifacts.slice(0, 1), settings())).toEqual({
        artifacts: artifacts.slice(0, 1),
        skipped: [],
      });
    });
  });

  describe('Bad', () => {
    it('signBinaries refuses what is set up and impossible here', async () => {
      const { medium, artifacts } = await release();
      const signing = signBinaries(medium, artifacts, settings(), { platform: 'linux' });
      await expect(signing).rejects.toMatchObject({ code: 'ERR_BUILD_SIGNER_UNAVAILABLE', tool: 'codesign' });
    });

    it('signBinaries rejects with the first failure of the list, and nothing is half signed', async () => {
      const { medium, artifacts } = await release();
      const { env } = tools({ codesign: 'fs.writeFileSync(args.at(-1), "half"); process.exit(1)' });
      const signing = signBinaries(medium, artifacts, settings(), host(env));
      await expect(signing).rejects.toMatchObject({ code: 'ERR_BUILD_SIGN_FAILED', path: 'darwin_amd64/app' });
      expect(await medium.readBytes('darwin_amd64/app')).toEqual(MACH_O);
      expect(await medium.readBytes('darwin_arm64/app')).toEqual(MACH_O);
    });
  });

  describe('Ugly', () => {
    it('signBinaries rejects with the reason of its signal, before and in the middle', async () => {
      const { medium, artifacts } = await release();
      const before = medium.toJSON();
      const reason = new Error('enough');
      await expect(signBinaries(medium, artifacts, OFF, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
      const abort = abortWhenReady(reason);
      const { env } = tools({ codesign: WAIT_FOR_EVER });
      await expect(signBinaries(medium, artifacts.slice(1, 3), settings(), { ...host(env), ...abort })).rejects.toBe(
        reason,
      );
      expect(abort.isAlive()).toBe(false);
      expect(medium.toJSON()).toEqual(before);
    });
  });
});

describe('notarizeBinaries', () => {
  const account = {
    identity: IDENTITY,
    notarize: true,
    appleId: 'a@example.com',
    teamId: 'T',
    appPassword: 'secret-password',
  };

  describe('Good', () => {
    it('notarizeBinaries submits every program and bundle for macOS, and nothing else', async () => {
      const { medium, artifacts } = await release();
      const used = tools();
      const report = await notarizeBinaries(medium, artifacts, { ...settings(), macos: account }, host(used.env));
      expect(report.skipped).toEqual([]);
      expect(report.artifacts.map(({ path }) => path)).toEqual(artifacts.map(({ path }) => path));
      const submitted = used
        .calls()
        .filter(({ args }) => args[1] === 'submit')
        .map(({ args }) => args[2]);
      expect(submitted.sort()).toEqual(['./App.app.zip', './app.zip', './app.zip']);
      expect(
        used
          .calls()
          .filter(({ args }) => args[0] === 'stapler')
          .map(({ args }) => args[2]),
      ).toEqual(['./App.app']);
    });

    it('notarizeBinaries skips what is not asked for, and says so where it was signed', async () => {
      const { medium, artifacts } = await release();
      const events: BuildEvent[] = [];
      const onEvent = (event: BuildEvent) => events.push(event);
      const report = await notarizeBinaries(medium, artifacts, settings(), { onEvent });
      expect(report).toMatchObject({
        artifacts,
        skipped: [{ signer: 'notary', reason: 'sign.macos.notarize is false' }],
      });
      expect(events).toMatchObject([
        { type: 'warning', message: expect.stringMatching(/^Not notarized: darwin_amd64\/app, /) },
      ]);
      await notarizeBinaries(medium, artifacts, { ...OFF, enabled: true }, { onEvent });
      expect(events).toHaveLength(1);
      expect((await notarizeBinaries(medium, artifacts, OFF)).skipped[0]?.reason).toBe('sign.enabled is false');
      expect(await notarizeBinaries(medium, artifacts.slice(0, 1), settings())).toEqual({
        artifacts: artifacts.slice(0, 1),
        skipped: [],
      });
    });
  });

  describe('Bad', () => {
    it.each([
      ['identity', 'sign.macos.identity', 'CODESIGN_IDENTITY'],
      ['appleId', 'sign.macos.apple_id', 'APPLE_ID'],
      ['teamId', 'sign.macos.team_id', 'APPLE_TEAM_ID'],
      ['appPassword', 'sign.macos.app_password', 'APPLE_APP_PASSWORD'],
    ])('notarizeBinaries refuses an account without %s', async (name, key, variable) => {
      const { medium, artifacts } = await release();
      const macos = { ...account, [name]: undefined };
      const notarizing = notarizeBinaries(medium, artifacts, { ...settings(), macos });
      await expect(notarizing).rejects.toMatchObject({
        ...{ code: 'ERR_BUILD_SIGN_NOT_CONFIGURED', key },
        hint: expect.stringMatching(`variable ${variable},`),
      });
    });

    it('notarizeBinaries rejects with the first failure and with the reason of its signal', async () => {
      const { medium, artifacts } = await release();
      const asked = { ...settings(), macos: account };
      await expect(notarizeBinaries(medium, artifacts, asked, { platform: 'linux' })).rejects.toMatchObject({
        code: 'ERR_BUILD_SIGNER_UNAVAILABLE',
      });
      const reason = new Error('enough');
      await expect(notarizeBinaries(medium, artifacts, asked, { signal: AbortSignal.abort(reason) })).rejects.toBe(
        reason,
      );
    });
  });
});

describe('checkSigners', () => {
  const LINUX = { os: 'linux', arch: 'amd64' };
  const MAC = { os: 'darwin', arch: 'arm64' };
  const WINDOWS = { os: 'windows', arch: 'amd64' };

  describe('Good', () => {
    it('checkSigners passes over what is off, not set up, or for no target', async () => {
      await checkSigners(OFF, [LINUX, MAC, WINDOWS]);
      await checkSigners({ ...OFF, enabled: true }, [LINUX, MAC, WINDOWS]);
      await checkSigners(settings(), [LINUX], { platform: 'linux' });
      const { env } = tools();
      await checkSigners(settings(), [LINUX, MAC, WINDOWS, WINDOWS], host(env));
    });
  });

  describe('Bad', () => {
    it('checkSigners refuses each that is set up and cannot sign', async () => {
      const none = { PATH: tempDir() };
      const check = (change: object, targets = [LINUX, MAC, WINDOWS], platform: NodeJS.Platform = 'linux') =>
        checkSigners({ ...settings(), ...change }, targets, { ...host(none), platform });
      const code = 'ERR_BUILD_SIGNER_UNAVAILABLE';
      await expect(check({ gpg: { key: 'k' } }, [LINUX])).rejects.toMatchObject({ code, tool: 'gpg' });
      await expect(check({}, [LINUX, MAC])).rejects.toMatchObject({ code, tool: 'codesign' });
      await expect(check({}, [WINDOWS])).rejects.toMatchObject({ code, tool: 'osslsigncode' });
      const macos = { identity: IDENTITY, notarize: true };
      await expect(check({ macos }, [MAC])).rejects.toMatchObject({ code: 'ERR_BUILD_SIGN_NOT_CONFIGURED' });
      const windows = { certificate: '/nowhere/c.pfx' };
      await expect(check({ windows }, [WINDOWS])).rejects.toMatchObject({ code: 'ERR_BUILD_SIGN_KEY_NOT_FOUND' });
    });

    it('checkSigners rejects with the reason of its signal', async () => {
      const reason = new Error('enough');
      const { env } = tools();
      const checking = checkSigners(settings(), [MAC], { ...host(env), signal: AbortSignal.abort(reason) });
      await expect(checking).rejects.toBe(reason);
    });
  });
});
