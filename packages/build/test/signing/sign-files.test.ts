import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { MemoryMedium } from '@core/io';
import { has, needs } from '@core/tooling/needs';

import { type BuildEvent, checksum, defaultConfig } from '../../src/index.ts';
import { checkSigners, signChecksums, signFiles, verifySignature } from '../../src/signing/index.ts';
import { scriptedTools } from '../support/scripted-tools.ts';
import { gpgHome } from './support/gpg-home.ts';
import { abortWhenReady, WAIT_FOR_EVER } from './support/stand-ins.ts';

jest.setTimeout(120_000); // processes are started, and the machine may be busy

const home = gpgHome();
const settings = { ...defaultConfig({ GPG_KEY_ID: 'release@example.com' }).sign, enabled: true };

beforeAll(() => {
  if (has('gpg')) home.makeKey('Release <release@example.com>');
});

describe('signChecksums', () => {
  describe('Good', () => {
    needs('gpg')('signChecksums makes an artifact of the signature beside the file', async () => {
      const medium = new MemoryMedium({ 'dist/CHECKSUMS.txt': 'abc  app.zip\n' });
      const { signatures, skipped } = await signChecksums(medium, 'dist/CHECKSUMS.txt', settings, { env: home.env });
      const signature = { path: 'dist/CHECKSUMS.txt.asc', os: '', arch: '', kind: 'signature' } as const;
      expect(signatures).toEqual([await checksum(medium, signature)]);
      expect(skipped).toEqual([]);
      await verifySignature(medium, 'dist/CHECKSUMS.txt', { env: home.env });
      await checkSigners(settings, [], { env: home.env });
    });

    it('signChecksums skips it where signing is off or there is no key, and says so', async () => {
      const medium = new MemoryMedium({ f: '' });
      const events: BuildEvent[] = [];
      const onEvent = (event: BuildEvent) => events.push(event);
      const report = await signChecksums(medium, 'f', { ...settings, gpg: {} }, { onEvent });
      expect(report).toEqual({
        signatures: [],
        skipped: [{ signer: 'gpg', reason: 'sign.gpg.key is not set (GPG_KEY_ID)', paths: ['f'] }],
      });
      expect(events).toEqual([{ type: 'warning', message: 'Not signed: f: sign.gpg.key is not set (GPG_KEY_ID)' }]);
      const off = await signChecksums(medium, 'f', { ...settings, enabled: false });
      expect(off.skipped[0]?.reason).toBe('sign.enabled is false');
      expect(medium.toJSON()).toEqual({ f: '' });
    });
  });

  describe('Bad', () => {
    needs('gpg')('signChecksums refuses a key that is not there, and a file that is not there', async () => {
      const medium = new MemoryMedium({ f: '' });
      const other = { ...settings, gpg: { key: 'nobody@example.com' } };
      const refused = { code: 'ERR_BUILD_SIGN_KEY_NOT_FOUND', path: 'f' };
      await expect(signChecksums(medium, 'f', other, { env: home.env })).rejects.toMatchObject(refused);
      const missing = { code: 'ERR_BUILD_ARTIFACT_NOT_FOUND' };
      await expect(signChecksums(medium, 'x', settings, { env: home.env })).rejects.toMatchObject(missing);
      await expect(checkSigners(other, [], { env: home.env })).rejects.toMatchObject({ key: 'sign.gpg.key' });
    });
  });

  describe('Ugly', () => {
    it('signChecksums rejects with the reason of its signal, before and in the middle', async () => {
      const { env } = scriptedTools({ gpg: WAIT_FOR_EVER });
      const medium = new MemoryMedium({ f: '' });
      const reason = new Error('enough');
      await expect(signChecksums(medium, 'f', settings, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
      const abort = abortWhenReady(reason);
      await expect(signChecksums(medium, 'f', settings, { env, ...abort })).rejects.toBe(reason);
      expect(abort.isAlive()).toBe(false);
      expect(medium.toJSON()).toEqual({ f: '' });
    });
  });
});

describe('signFiles', () => {
  describe('Good', () => {
    needs('gpg')('signFiles signs archives for their targets, in the order of the list', async () => {
      const medium = new MemoryMedium({ 'a.zip': 'a', 'b.tar.gz': 'b' });
      const artifacts = [
        { path: 'b.tar.gz', os: 'linux', arch: 'amd64', kind: 'archive' },
        { path: 'a.zip', os: 'windows', arch: 'amd64', kind: 'archive' },
      ] as const;
      const { signatures } = await signFiles(medium, artifacts, settings, { env: home.env });
      expect(signatures).toMatchObject([
        { path: 'b.tar.gz.asc', os: 'linux', arch: 'amd64', kind: 'signature' },
        { path: 'a.zip.asc', os: 'windows', arch: 'amd64', kind: 'signature' },
      ]);
      for (const { path } of artifacts) await verifySignature(medium, path, { env: home.env });
    });
  });
});
