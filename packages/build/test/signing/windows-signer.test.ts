import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { DiskMedium, localMedium, MemoryMedium } from '@core/io';
import { has, needs } from '@core/tooling/needs';

import type { BuildEvent } from '../../src/index.ts';
import { WindowsSigner } from '../../src/signing/index.ts';
import { scriptedTools } from '../support/scripted-tools.ts';
import { tempDir } from '../support/temp-project.ts';
import { type Certificate, makeCertificate, makeProgram, PASSWORD } from './support/certificate.ts';
import {
  abortWhenReady,
  everythingIn,
  foldersLeft,
  realTool,
  signAndKill,
  WAIT_FOR_EVER,
} from './support/stand-ins.ts';

jest.setTimeout(120_000); // processes are started, and the machine may be busy

const THUMBPRINT = '0123456789abcdef0123456789abcdef01234567';
const REAL = ['osslsigncode', 'openssl', 'x86_64-w64-mingw32-gcc'] as const;
let certificate: Certificate = { dir: '', pfx: '', open: '', pem: '' };
let program: Uint8Array = new Uint8Array();

beforeAll(() => {
  if (!REAL.every(has)) return;
  certificate = makeCertificate();
  program = makeProgram();
});

const signer = (password: string | undefined = PASSWORD, env = process.env): WindowsSigner =>
  new WindowsSigner({ certificate: certificate.pfx, password }, { env });

function verified(bytes: Uint8Array): boolean {
  const dir = tempDir();
  writeFileSync(join(dir, 'app.exe'), bytes);
  const args = ['verify', '-in', 'app.exe', '-CAfile', certificate.pem];
  return spawnSync('osslsigncode', args, { cwd: dir }).status === 0;
}

function refusalOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => 'it was not refused',
    (error: unknown) => error,
  );
}

/** A certificate file that stand-ins do not look into. */
function somePfx(): string {
  return join(tempDir({ 'my cert.pfx': 'pfx' }), 'my cert.pfx');
}

describe('WindowsSigner', () => {
  describe('Good', () => {
    needs(...REAL)(
      'WindowsSigner.sign signs a program in place, on the disk and in memory, and keeps its mode',
      async () => {
        const root = tempDir();
        const disk = new DiskMedium({ root });
        const memory = new MemoryMedium();
        for (const medium of [disk, memory]) {
          await medium.write('dist/app.exe', program, { mode: 0o751 });
          expect(await signer().sign(medium, 'dist/app.exe')).toBe('dist/app.exe');
          const bytes = await medium.readBytes('dist/app.exe');
          expect([bytes.length > program.length, verified(bytes)]).toEqual([true, true]);
          expect((await medium.stat('dist/app.exe')).mode).toBe(0o751);
        }
        expect(verified(program)).toBe(false);
        expect(readdirSync(join(root, 'dist'))).toEqual(['app.exe']);
      },
    );

    needs(...REAL)(
      'WindowsSigner.sign needs no password for a file without one, which may be named from a folder',
      async () => {
        const { dir, open } = certificate;
        const medium = new MemoryMedium({ 'app.exe': program });
        await new WindowsSigner({ certificate: basename(open) }, { dir }).sign(medium, 'app.exe');
        expect(verified(await medium.readBytes('app.exe'))).toBe(true);
      },
    );

    needs(...REAL)(
      'WindowsSigner.sign gives the same bytes with the same SOURCE_DATE_EPOCH, also signed again',
      async () => {
        const env = { ...process.env, SOURCE_DATE_EPOCH: '1700000000' };
        const medium = new MemoryMedium({ a: program, b: program });
        for (const name of ['a', 'b', 'b']) await signer(PASSWORD, env).sign(medium, name);
        expect(Buffer.compare(await medium.readBytes('a'), await medium.readBytes('b'))).toBe(0);
      },
    );

    it('WindowsSigner.sign calls osslsigncode with the time stamp of WINDOWS_TIMESTAMP_URL', async () => {
      const tools = scriptedTools({
        osslsigncode: 'const out = args.indexOf("-out"); if (out > 0) fs.writeFileSync(args[out + 1], "signed")',
      });
      const pfx = somePfx();
      const env = { ...tools.env, WINDOWS_TIMESTAMP_URL: 'http://time.example.com', SOURCE_DATE_EPOCH: '1' };
      const medium = new MemoryMedium({ 'app.exe': 'MZ' });
      await new WindowsSigner({ certificate: pfx }, { env }).sign(medium, 'app.exe');
      expect(tools.calls().map(({ args }) => args)).toEqual([
        ['--version'],
        [
          ...['sign', '-pkcs12', pfx, '-h', 'sha256', '-ts', 'http://time.example.com'],
          ...['-in', './app.exe', '-out', './signed/app.exe'],
        ],
      ]);
      expect(await medium.read('app.exe')).toBe('signed');
    });

    it('WindowsSigner.sign calls osslsigncode on Windows so that it reads the password itself', async () => {
      const body = 'const out = args.indexOf("-out"); if (out > 0) fs.writeFileSync(args[out + 1], fs.readFileSync(0))';
      const tools = scriptedTools({ osslsigncode: body });
      const pfx = somePfx();
      const host = { env: tools.env, platform: 'win32' } as const;
      const medium = new MemoryMedium({ 'app.exe': 'MZ' });
      await new WindowsSigner({ certificate: pfx, password: PASSWORD }, host).sign(medium, 'app.exe');
      expect(tools.calls()[1]?.args).toEqual([
        ...['sign', '-pkcs12', pfx, '-readpass', '-', '-h', 'sha256'],
        ...['-in', './app.exe', '-out', './signed/app.exe'],
      ]);
      expect(await medium.read('app.exe')).toBe(PASSWORD);
    });

    it('WindowsSigner.sign calls signtool for a certificate of the store, on Windows', async () => {
      const tools = scriptedTools({ signtool: 'if (args[0] === "sign") fs.appendFileSync("app.exe", " signed")' });
      const spaced = THUMBPRINT.replaceAll(/..(?=.)/g, '$& ');
      for (const [text, url, stamp] of [
        [THUMBPRINT, '', []],
        [spaced, 'http://t.example.com', ['/tr', 'http://t.example.com', '/td', 'SHA256']],
      ] as const) {
        const host = { env: { ...tools.env, WINDOWS_TIMESTAMP_URL: url }, platform: 'win32' } as const;
        const medium = new MemoryMedium({ 'dist/app.exe': 'MZ' });
        const events: BuildEvent[] = [];
        const onEvent = (event: BuildEvent) => events.push(event);
        await new WindowsSigner({ certificate: text, password: PASSWORD }, host).sign(medium, 'dist/app.exe', {
          onEvent,
        });
        const args = ['sign', '/fd', 'SHA256', '/sha1', THUMBPRINT.toUpperCase(), ...stamp, '.\\app.exe'];
        expect(tools.calls().at(-1)?.args).toEqual(args);
        expect(events[0]).toEqual({ type: 'command-started', command: ['signtool', ...args].join(' ') });
        expect(await medium.read('dist/app.exe')).toBe('MZ signed');
      }
      expect(JSON.stringify(tools.calls())).not.toContain(PASSWORD);
    });
  });

  describe('Bad', () => {
    it.each(['', ' '])('WindowsSigner refuses the certificate %j', (text) => {
      expect(() => new WindowsSigner({ certificate: text })).toThrow(TypeError);
    });

    const cases = [
      ['a wrong password', 'wr0ng-password', 'ERR_BUILD_SIGN_PASSWORD_WRONG', /password of the certificate is wrong/],
      ['no password', undefined, 'ERR_BUILD_SIGN_PASSWORD_WRONG', /nobody gave one/],
    ] as const;
    for (const [what, password, code, message] of cases) {
      needs(...REAL)(`WindowsSigner.sign refuses ${what} with ${code}, and leaves the program as it was`, async () => {
        const medium = new MemoryMedium({ 'app.exe': program });
        const error = await refusalOf(
          new WindowsSigner({ certificate: certificate.pfx, password }).sign(medium, 'app.exe'),
        );
        expect(error).toMatchObject({ code, path: 'app.exe', tool: 'osslsigncode', key: 'sign.windows.password' });
        expect(error).toHaveProperty('message', expect.stringMatching(message));
        expect(Buffer.compare(await medium.readBytes('app.exe'), program)).toBe(0);
      });
    }

    needs(...REAL)(
      'WindowsSigner.sign refuses what is no program and what is no certificate, each with its reason',
      async () => {
        const medium = new MemoryMedium({ script: '#!/bin/sh' });
        const noProgram = await refusalOf(signer().sign(medium, 'script'));
        expect(noProgram).toMatchObject({
          code: 'ERR_BUILD_SIGN_FAILED',
          message: expect.stringMatching(/no program for Windows/),
        });
        const noPfx = new WindowsSigner({ certificate: certificate.pem, password: PASSWORD });
        await medium.write('app.exe', program);
        const unusable = { code: 'ERR_BUILD_SIGN_KEY_UNUSABLE', key: 'sign.windows.certificate' };
        expect(await refusalOf(noPfx.sign(medium, 'app.exe'))).toMatchObject(unusable);
        await expect(signer().sign(medium, 'nope')).rejects.toMatchObject({ code: 'ERR_BUILD_ARTIFACT_NOT_FOUND' });
      },
    );

    it('WindowsSigner.obstacle says what is missing: the file, the tool, Windows', async () => {
      const env = { PATH: tempDir() };
      const obstacleOf = (text: string, platform: NodeJS.Platform = 'linux') =>
        new WindowsSigner({ certificate: text }, { env, platform }).obstacle();
      const unavailable = 'ERR_BUILD_SIGNER_UNAVAILABLE';
      expect(await obstacleOf('/nowhere/x.pfx')).toMatchObject({ code: 'ERR_BUILD_SIGN_KEY_NOT_FOUND' });
      expect(await obstacleOf(somePfx())).toMatchObject({
        code: unavailable,
        tool: 'osslsigncode',
        hint: expect.stringMatching(/apt-get/),
      });
      expect(await obstacleOf(THUMBPRINT)).toMatchObject({
        code: unavailable,
        message: expect.stringMatching(/this is linux/),
      });
      expect(await obstacleOf(THUMBPRINT, 'win32')).toMatchObject({
        code: unavailable,
        hint: expect.stringMatching(/Windows SDK/),
      });
      expect(await new WindowsSigner({ certificate: somePfx() }, { env }).available()).toBe(false);
      const signing = new WindowsSigner({ certificate: THUMBPRINT }, { env, platform: 'linux' }).sign(
        new MemoryMedium({ f: '' }),
        'f',
      );
      await expect(signing).rejects.toMatchObject({ code: unavailable });
    });

    const reports = [
      [
        'SignTool Error: No certificates were found that met all the given criteria.',
        'ERR_BUILD_SIGN_KEY_NOT_FOUND',
        /no such certificate/,
      ],
      [
        'SignTool Error: The specified timestamp server either could not be reached',
        'ERR_BUILD_SIGN_FAILED',
        /time stamp/,
      ],
      ['SignTool Error: something else', 'ERR_BUILD_SIGN_FAILED', /signtool has failed/],
    ] as const;
    it.each(reports)('WindowsSigner.sign makes of %j %s', async (text, code, message) => {
      const { env } = scriptedTools({
        signtool: `if (args[0] === 'sign') { console.error(${JSON.stringify(text)}); process.exit(1); }`,
      });
      const signing = new WindowsSigner({ certificate: THUMBPRINT }, { env, platform: 'win32' });
      const error = await refusalOf(signing.sign(new MemoryMedium({ f: '' }), 'f'));
      expect(error).toMatchObject({ code, output: text, message: expect.stringMatching(message) });
    });

    it('WindowsSigner.sign says that the authority of time stamps did not answer', async () => {
      const body = 'if (args[0] === "sign") { console.error("Timestamping failed"); process.exit(1); }';
      const { env } = scriptedTools({ osslsigncode: body });
      const signing = new WindowsSigner({ certificate: somePfx() }, { env }).sign(new MemoryMedium({ f: '' }), 'f');
      await expect(signing).rejects.toMatchObject({ message: expect.stringMatching(/time stamp was not given/) });
    });
  });

  describe('Ugly', () => {
    needs(...REAL)(
      'WindowsSigner shows the password to nobody: no command line, environment, event, error or file',
      async () => {
        const real = spawnSync('sh', ['-c', 'command -v osslsigncode'], { encoding: 'utf8' }).stdout.trim();
        const tools = scriptedTools({ osslsigncode: realTool(real) });
        const events: BuildEvent[] = [];
        const onEvent = (event: BuildEvent) => events.push(event);
        const root = tempDir();
        writeFileSync(join(root, 'app.exe'), program);
        const medium = new DiskMedium({ root });
        await signer(PASSWORD, { ...tools.env, WINDOWS_PASSWORD: PASSWORD }).sign(medium, 'app.exe', { onEvent });
        expect(verified(readFileSync(join(root, 'app.exe')))).toBe(true);
        const wrong = `${PASSWORD}-wrong`;
        const error = await refusalOf(signer(wrong, { ...tools.env, X: wrong }).sign(medium, 'app.exe', { onEvent }));
        for (const text of [JSON.stringify(tools.calls()), JSON.stringify(events), everythingIn(error)]) {
          expect(text).toContain('osslsigncode');
          expect(text).not.toContain(PASSWORD);
        }
        expect(spawnSync('grep', ['-rlaF', PASSWORD, root, certificate.dir], { encoding: 'utf8' }).stdout).toBe('');
        expect(foldersLeft(tools)).toEqual([]);
      },
    );

    it('WindowsSigner.sign works in a folder that nobody else can enter', async () => {
      const tools = scriptedTools({
        osslsigncode:
          'const out = args.indexOf("-out"); if (out > 0) fs.writeFileSync(args[out + 1], String(fs.statSync(".").mode & 0o777))',
      });
      const medium = new MemoryMedium({ f: 'MZ' });
      await new WindowsSigner({ certificate: somePfx() }, { env: tools.env }).sign(medium, 'f');
      expect(await medium.read('f')).toBe(String(0o700));
      expect(foldersLeft(tools)).toEqual([]);
    });

    it('WindowsSigner.sign ends the tool where it is aborted, and leaves the program as it was', async () => {
      const half = 'fs.writeFileSync(args.at(-1), "half"); fs.writeFileSync(args.at(-3), "half");';
      const tools = scriptedTools({ osslsigncode: `if (args[0] === 'sign') { ${half} ${WAIT_FOR_EVER} }` });
      const root = tempDir({ 'app.exe': 'MZ' });
      const before = statSync(join(root, 'app.exe'));
      const reason = new Error('enough');
      const abort = abortWhenReady(reason);
      const signing = new WindowsSigner({ certificate: somePfx(), password: PASSWORD }, { env: tools.env });
      await expect(signing.sign(localMedium(), join(root, 'app.exe'), abort)).rejects.toBe(reason);
      expect(abort.isAlive()).toBe(false);
      expect(readFileSync(join(root, 'app.exe'), 'utf8')).toBe('MZ');
      expect(statSync(join(root, 'app.exe')).ino).toBe(before.ino);
      expect(readdirSync(root)).toEqual(['app.exe']);
      expect(foldersLeft(tools)).toEqual([]);
    });

    it('WindowsSigner.sign leaves the program as it was where its process is killed', async () => {
      const half = 'fs.writeFileSync(args.at(-1), "half"); fs.writeFileSync(args.at(-3), "half");';
      const { env } = scriptedTools({ osslsigncode: `if (args[0] === 'sign') { ${half} ${WAIT_FOR_EVER} }` });
      const root = tempDir({ 'app.exe': 'MZ' });
      await signAndKill(env, [root, 'app.exe', somePfx()]);
      expect(readdirSync(root)).toEqual(['app.exe']);
      expect(readFileSync(join(root, 'app.exe'), 'utf8')).toBe('MZ');
    });

    it('WindowsSigner.sign leaves the program as it was where the tool says it has signed and made nothing', async () => {
      const { env } = scriptedTools({ osslsigncode: '' });
      const medium = new MemoryMedium({ f: 'MZ' });
      await expect(new WindowsSigner({ certificate: somePfx() }, { env }).sign(medium, 'f')).rejects.toMatchObject({
        code: 'ERR_BUILD_SIGN_FAILED',
        message: expect.stringMatching(/made nothing/),
      });
      expect(medium.toJSON()).toEqual({ f: 'MZ' });
    });
  });
});
