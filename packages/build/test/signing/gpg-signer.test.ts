import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { DiskMedium, localMedium, MemoryMedium, overlay } from '@core/io';
import { has, needs } from '@core/tooling/needs';

import type { BuildEvent } from '../../src/index.ts';
import { GpgSigner, verifySignature } from '../../src/signing/index.ts';
import { scriptedTools } from '../support/scripted-tools.ts';
import { tempDir } from '../support/temp-project.ts';
import { gpgHome, PASSPHRASE } from './support/gpg-home.ts';
import {
  abortWhenReady,
  everythingIn,
  foldersLeft,
  realTool,
  signAndKill,
  WAIT_FOR_EVER,
} from './support/stand-ins.ts';

jest.setTimeout(120_000); // processes are started, and the machine may be busy

const USER = 'release@example.com';
const home = gpgHome();
let fingerprint = '';

beforeAll(() => {
  if (!has('gpg')) return;
  fingerprint = home.makeKey(`Release <${USER}>`);
  home.makeKey('Old <old@example.com>', { expires: '1d', when: '20200101T000000!' });
});

const signer = (env: Readonly<Record<string, string>> = home.env): GpgSigner => new GpgSigner({ key: USER }, { env });

function refusalOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'it was not refused',
    (error: unknown) => error,
  );
}

describe('GpgSigner', () => {
  describe('Good', () => {
    needs('gpg')('GpgSigner.sign writes a signature beside a file on the disk that gpg verifies', async () => {
      const root = tempDir({ 'dist/CHECKSUMS.txt': 'abc  app.zip\n' });
      expect(await signer().sign(new DiskMedium({ root }), 'dist/CHECKSUMS.txt')).toBe('dist/CHECKSUMS.txt.asc');
      const file = join(root, 'dist/CHECKSUMS.txt');
      expect(readFileSync(`${file}.asc`, 'utf8')).toMatch(
        /^-----BEGIN PGP SIGNATURE-----\n[^]*-----END PGP SIGNATURE-----\n$/,
      );
      expect(home.gpg(['--verify', `${file}.asc`, file]).status).toBe(0);
      expect(readdirSync(join(root, 'dist'))).toEqual(['CHECKSUMS.txt', 'CHECKSUMS.txt.asc']);
    });

    needs('gpg')(
      'GpgSigner.sign signs what a medium without a disk holds, and what a layer has in place of the disk',
      async () => {
        const memory = new MemoryMedium({ 'a/b.txt': 'in memory' });
        await signer().sign(memory, 'a/b.txt');
        const layer = overlay(new DiskMedium({ root: tempDir({ 'b.txt': 'on the disk' }) }));
        await layer.write('b.txt', 'in memory');
        await signer().sign(layer, 'b.txt');
        for (const [medium, path] of [
          [memory, 'a/b.txt'],
          [layer, 'b.txt'],
        ] as const) {
          const verified = await verifySignature(medium, path, { env: home.env });
          expect(verified).toEqual({ fingerprint, primaryFingerprint: fingerprint });
        }
      },
    );

    needs('gpg')(
      'GpgSigner.sign takes a key by id and fingerprint, and a second signature replaces the first',
      async () => {
        const medium = new MemoryMedium({ f: '1' });
        for (const key of [fingerprint, fingerprint.slice(-16)]) {
          await medium.write('f', key);
          await new GpgSigner({ key, passphrase: PASSPHRASE }, { env: { ...home.env, GPG_PASSPHRASE: '' } }).sign(
            medium,
            'f',
          );
          await verifySignature(medium, 'f', { env: home.env });
        }
      },
    );

    needs('gpg')('GpgSigner.available is true where the key is there, and obstacle then says nothing', async () => {
      expect(await signer().available()).toBe(true);
      expect(await signer().obstacle()).toBeUndefined();
      expect(signer().name).toBe('gpg');
    });

    needs('gpg')(
      'GpgSigner.sign tells of its commands with the paths of the medium, without what is only for programs',
      async () => {
        const events: BuildEvent[] = [];
        const medium = new MemoryMedium({ 'dist/f': '1' });
        await signer().sign(medium, 'dist/f', { onEvent: (event) => events.push(event) });
        const commands = events.flatMap((event) => (event.type === 'command-started' ? [event.command] : []));
        expect(commands).toEqual([
          'gpg --batch --yes --no-tty --status-fd 1 --pinentry-mode loopback --passphrase-fd 0 ' +
            `--local-user ${USER} --armor --output ./f.asc --detach-sign dist/f`,
          'gpg --verify dist/f.asc dist/f',
        ]);
        expect(JSON.stringify(events)).not.toContain('GNUPG:');
      },
    );
  });

  describe('Bad', () => {
    it.each(['', ' '])('GpgSigner refuses the key %j', (key) => {
      expect(() => new GpgSigner({ key })).toThrow(TypeError);
    });

    const cases = [
      ['no such key', 'nobody@example.com', PASSPHRASE, 'ERR_BUILD_SIGN_KEY_NOT_FOUND', /no secret key "nobody@/],
      ['an expired key', 'old@example.com', PASSPHRASE, 'ERR_BUILD_SIGN_KEY_UNUSABLE', /has expired/],
      [
        'a wrong passphrase',
        USER,
        'wr0ng-passphrase',
        'ERR_BUILD_SIGN_PASSWORD_WRONG',
        /passphrase of the key is wrong/,
      ],
      ['no passphrase', USER, '', 'ERR_BUILD_SIGN_PASSWORD_WRONG', /nobody gave one/],
      ['an option in place of a key', '--list-keys', PASSPHRASE, 'ERR_BUILD_SIGN_KEY_NOT_FOUND', /"--list-keys"/],
    ] as const;
    for (const [what, key, passphrase, code, message] of cases) {
      needs('gpg')(`GpgSigner.sign refuses ${what} with ${code}, and writes nothing`, async () => {
        home.killAgent(); // it remembers passphrases
        const medium = new MemoryMedium({ f: '1' });
        const signing = new GpgSigner({ key }, { env: { ...home.env, GPG_PASSPHRASE: passphrase } }).sign(medium, 'f');
        const error = await refusalOf(signing);
        expect(error).toMatchObject({ code, op: 'build.sign', path: 'f', tool: 'gpg', hint: expect.any(String) });
        expect(error).toHaveProperty('message', expect.stringMatching(message));
        expect(medium.toJSON()).toEqual({ f: '1' });
      });
    }

    needs('gpg')(
      'GpgSigner.obstacle finds a key that is not there or has expired before anything is signed',
      async () => {
        const obstacleOf = (key: string) => new GpgSigner({ key }, { env: home.env }).obstacle();
        expect(await obstacleOf('nobody@example.com')).toMatchObject({
          code: 'ERR_BUILD_SIGN_KEY_NOT_FOUND',
          key: 'sign.gpg.key',
        });
        expect(await obstacleOf('old@example.com')).toMatchObject({ code: 'ERR_BUILD_SIGN_KEY_UNUSABLE' });
        expect(await new GpgSigner({ key: '--version' }, { env: home.env }).available()).toBe(false);
      },
    );

    it('GpgSigner says how to get gpg where there is none', async () => {
      const env = { PATH: tempDir() };
      const expected = { code: 'ERR_BUILD_SIGNER_UNAVAILABLE', hint: expect.stringMatching(/apt-get install gnupg/) };
      expect(await signer(env).obstacle()).toMatchObject(expected);
      expect(await signer(env).available()).toBe(false);
      expect(await refusalOf(signer(env).sign(new MemoryMedium({ f: '' }), 'f'))).toMatchObject(expected);
    });

    it('GpgSigner.sign refuses what is not there and what is no file', async () => {
      const medium = new MemoryMedium({ dir: { f: '' } });
      await expect(signer().sign(medium, 'nope')).rejects.toMatchObject({ code: 'ERR_BUILD_ARTIFACT_NOT_FOUND' });
      await expect(signer().sign(medium, 'dir')).rejects.toMatchObject({ code: 'ERR_BUILD_ARTIFACT_NOT_FILE' });
    });

    it('GpgSigner.sign does not believe a gpg that says it has signed and has not', async () => {
      const { env } = scriptedTools({
        gpg: 'fs.writeFileSync(args[args.indexOf("--output") + 1] ?? "x", "no signature")',
      });
      const medium = new MemoryMedium({ f: '1' });
      await expect(signer(env).sign(medium, 'f')).rejects.toMatchObject({ code: 'ERR_BUILD_SIGNATURE_INVALID' });
      expect(medium.toJSON()).toEqual({ f: '1' });
    });

    it('GpgSigner.sign passes on what gpg reports where it is nothing that is known', async () => {
      const { env } = scriptedTools({ gpg: 'console.error("gpg: signing failed: Card removed"); process.exit(2)' });
      const error = await refusalOf(signer(env).sign(new MemoryMedium({ f: '1' }), 'f'));
      expect(error).toMatchObject({ code: 'ERR_BUILD_SIGN_FAILED', exitCode: 2 });
      expect(error).toHaveProperty('message', 'Cannot sign "f": signing failed: Card removed');
    });
  });

  describe('Ugly', () => {
    needs('gpg', 'linux')(
      'GpgSigner shows the passphrase to nobody: no command line, environment, event, error or file',
      async () => {
        home.killAgent();
        const real = spawnSync('sh', ['-c', 'command -v gpg'], { encoding: 'utf8' }).stdout.trim();
        const tools = scriptedTools({ gpg: realTool(real) });
        const events: BuildEvent[] = [];
        const env = { ...home.env, PATH: tools.env['PATH'] ?? '' };
        const root = tempDir({ f: '1' });
        const onEvent = (event: BuildEvent) => events.push(event);
        await signer({ ...env, COPY_OF_IT: `x${PASSPHRASE}x` }).sign(new DiskMedium({ root }), 'f', { onEvent });
        const wrong = { ...env, GPG_PASSPHRASE: `${PASSPHRASE}-wrong` };
        home.killAgent();
        const error = await refusalOf(signer(wrong).sign(new DiskMedium({ root }), 'f', { onEvent }));
        expect(error).toMatchObject({ code: 'ERR_BUILD_SIGN_PASSWORD_WRONG' });
        await signer(env).sign(new DiskMedium({ root }), 'f', { onEvent }); // the agent of this one still runs
        expect(tools.calls().length).toBeGreaterThanOrEqual(5);
        const agent = home.gpg(['--status-fd', '1', '--list-keys']).status === 0 ? agentOf(home.dir) : '';
        expect(agent).toContain('GNUPGHOME');
        for (const text of [JSON.stringify(tools.calls()), JSON.stringify(events), everythingIn(error), agent]) {
          expect(text).not.toContain(PASSPHRASE);
        }
        const files = spawnSync('grep', ['-rlaF', PASSPHRASE, root, home.dir], { encoding: 'utf8' });
        expect(files.stdout).toBe('');
        expect(foldersLeft(tools)).toEqual([]);
      },
    );

    needs('gpg')('GpgSigner.sign signs many files at once, also where no agent runs yet', async () => {
      home.killAgent();
      const names = Array.from({ length: 8 }, (_, at) => `file ${String(at)}`);
      const medium = new MemoryMedium(Object.fromEntries(names.map((name) => [name, name])));
      await Promise.all(names.map((name) => signer().sign(medium, name)));
      for (const name of names) await verifySignature(medium, name, { env: home.env });
    });

    needs('gpg')('GpgSigner.sign signs files whatever they are called', async () => {
      const root = tempDir();
      const names = ['--version', `ünïcode ${'long'.repeat(40)}`, `quo'te" $(id)`];
      for (const name of names) {
        writeFileSync(join(root, name), name);
        for (const medium of [new DiskMedium({ root }), new MemoryMedium({ [name]: name })]) {
          await signer().sign(medium, name);
          await verifySignature(medium, name, { env: home.env });
        }
      }
    });

    it('GpgSigner.sign ends gpg where it is aborted, and leaves the signature before as it was', async () => {
      const tools = scriptedTools({ gpg: WAIT_FOR_EVER });
      const { env } = tools;
      const medium = new MemoryMedium({ f: '1', 'f.asc': 'before' });
      const reason = new Error('enough');
      const abort = abortWhenReady(reason);
      await expect(signer(env).sign(medium, 'f', abort)).rejects.toBe(reason);
      expect(abort.isAlive()).toBe(false);
      expect(medium.toJSON()).toEqual({ f: '1', 'f.asc': 'before' });
      expect(foldersLeft(tools)).toEqual([]);
      await expect(signer(env).sign(medium, 'f', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    });

    it('GpgSigner.sign leaves the signature before as it was where its process is killed', async () => {
      const tools = scriptedTools({ gpg: WAIT_FOR_EVER });
      const root = tempDir({ f: '1', 'f.asc': 'before' });
      await signAndKill(tools.env, [root, 'f']);
      expect(readdirSync(root)).toEqual(['f', 'f.asc']);
      expect(readFileSync(join(root, 'f.asc'), 'utf8')).toBe('before');
    });
  });
});

/** The environment and command line of the agent of a keyring. */
function agentOf(dir: string): string {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const read = (file: string): string => {
    try {
      return readFileSync(file, 'utf8');
    } catch {
      return '';
    }
  };
  const agents = pids.filter((pid) => read(`/proc/${pid}/cmdline`).startsWith('gpg-agent\0'));
  const texts = agents.map((pid) => read(`/proc/${pid}/cmdline`) + read(`/proc/${pid}/environ`));
  return texts.find((text) => text.includes(`GNUPGHOME=${dir}`)) ?? '';
}

describe('verifySignature', () => {
  describe('Good', () => {
    needs('gpg')('verifySignature takes a signature of another name, on a disk', async () => {
      const root = tempDir({ f: '1' });
      const medium = localMedium();
      await signer().sign(medium, join(root, 'f'));
      await medium.rename(join(root, 'f.asc'), join(root, 'other.sig'));
      const verified = await verifySignature(medium, join(root, 'f'), {
        signature: join(root, 'other.sig'),
        env: home.env,
      });
      expect(verified.primaryFingerprint).toBe(fingerprint);
    });
  });

  describe('Bad', () => {
    needs('gpg')(
      'verifySignature refuses a changed file, a stranger, and what is no signature, each with its reason',
      async () => {
        const medium = new MemoryMedium({ f: '1' });
        await signer().sign(medium, 'f');
        const refused = (env = home.env) => refusalOf(verifySignature(medium, 'f', { env }));
        const stranger = { ...home.env, GNUPGHOME: tempDir() };
        const code = 'ERR_BUILD_SIGNATURE_INVALID';
        expect(await refused(stranger)).toMatchObject({ code, message: expect.stringMatching(/not known here$/) });
        await medium.write('f', '2');
        expect(await refused()).toMatchObject({ code, message: expect.stringMatching(/not what was signed$/) });
        await medium.write('f.asc', 'nonsense');
        expect(await refused()).toMatchObject({ code, message: expect.stringMatching(/it is no signature$/) });
      },
    );

    it('verifySignature refuses a missing file, a missing signature and a missing gpg', async () => {
      const medium = new MemoryMedium({ f: '1', g: '1', 'g.asc': '' });
      const env = { PATH: tempDir() };
      await expect(verifySignature(medium, 'x')).rejects.toMatchObject({
        code: 'ERR_BUILD_ARTIFACT_NOT_FOUND',
        path: 'x',
      });
      await expect(verifySignature(medium, 'f')).rejects.toMatchObject({ path: 'f.asc' });
      await expect(verifySignature(medium, 'g', { env })).rejects.toMatchObject({
        code: 'ERR_BUILD_SIGNER_UNAVAILABLE',
      });
    });
  });
});
