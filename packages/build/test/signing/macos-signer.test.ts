import { chmodSync, mkdirSync, readFileSync, readlinkSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it, jest } from '@jest/globals';
import { localMedium, MemoryMedium, snapshot } from '@core/io';

import type { BuildEvent } from '../../src/index.ts';
import { MacOsSigner, Notary, type SignerHost } from '../../src/signing/index.ts';
import { type ScriptedTools, scriptedTools } from '../support/scripted-tools.ts';
import { tempDir } from '../support/temp-project.ts';
import { abortWhenReady, everythingIn, foldersLeft, WAIT_FOR_EVER } from './support/stand-ins.ts';

jest.setTimeout(120_000); // processes are started, and the machine may be busy

const IDENTITY = 'Developer ID Application: Example (ABCDE12345)';
const PASSWORD = 'abcd-efgh-‹secret›-mnop';
const ACCOUNT = { appleId: 'me@example.com', teamId: 'ABCDE12345', appPassword: PASSWORD };

/** Signs a program by a line at its end, and a bundle by a file in it. */
const CODESIGN = `
  const target = args.at(-1);
  if (fs.statSync(target).isDirectory()) {
    fs.mkdirSync(path.join(target, 'Contents/_CodeSignature'), { recursive: true });
    fs.writeFileSync(path.join(target, 'Contents/_CodeSignature/CodeResources'), 'sealed');
  } else fs.appendFileSync(target, ' signed');`;

/** Reads the password as notarytool does where it has no terminal: from its stdin, after it has asked for it. */
const XCRUN = `
  const password = args[0] === 'notarytool' ? fs.readFileSync(0, 'utf8') : '';
  const state = JSON.parse(env.NOTARY ?? '{}');
  if (args[0] === '--find') process.exit(env.NO_XCODE === undefined ? 0 : 72);
  if (args[0] === 'notarytool') {
    process.stdout.write('App-specific password for me@example.com: \\n');
    if (password !== env.EXPECTED + '\\n') { console.error('Error: HTTP status code: 401. Invalid credentials.'); process.exit(69); }
    if (args[1] === 'log') console.log('{ "issues": [{ "message": "not signed" }] }');
    else console.log(state.says ?? JSON.stringify({ id: '2efe2717', status: state.status ?? 'Accepted', message: 'Processing complete' }));
  }
  if (args[0] === 'stapler') fs.writeFileSync(path.join(args[2], 'Contents/CodeResources'), 'ticket');`;

const DITTO =
  'fs.writeFileSync(args.at(-1), fs.statSync(args.at(-2)).isDirectory() ? "zipped bundle" : "zipped program")';

function apple(scripts: Record<string, string> = {}): ScriptedTools {
  return scriptedTools({ codesign: CODESIGN, xcrun: XCRUN, ditto: DITTO, ...scripts });
}

/** As on a Mac. What the stand-in expects has another form, so that it is no secret that is found. */
function mac(tools: ScriptedTools, env: Record<string, string> = {}): SignerHost {
  return { platform: 'darwin', env: { ...tools.env, ...env } };
}

/** The stand-in knows the password by its own means: its environment must not have it. */
function notaryTools(password = PASSWORD): ScriptedTools {
  return apple({
    xcrun: `env.EXPECTED = Buffer.from(${JSON.stringify(Buffer.from(password).toString('hex'))}, 'hex').toString();${XCRUN}`,
  });
}

const calls = (tools: ScriptedTools): string[][] => tools.calls().map(({ tool, args }) => [tool, ...args]);

/** A bundle with a program, a link and a folder that is empty. */
function bundleOnDisk(): string {
  const dir = tempDir({ 'Hello.app/Contents/MacOS/hello': 'cffaedfe', 'Hello.app/Contents/Versions/A/lib': 'lib' });
  chmodSync(join(dir, 'Hello.app/Contents/MacOS/hello'), 0o755);
  symlinkSync('A', join(dir, 'Hello.app/Contents/Versions/Current'));
  mkdirSync(join(dir, 'Hello.app/Contents/Resources'));
  return join(dir, 'Hello.app');
}

describe('MacOsSigner', () => {
  describe('Good', () => {
    it('MacOsSigner.sign calls codesign with hardened runtime and time stamp, in place, and keeps the mode', async () => {
      const tools = apple();
      const medium = new MemoryMedium();
      await medium.write('dist/darwin_arm64/hello', 'program', { mode: 0o755 });
      const signer = new MacOsSigner({ identity: IDENTITY }, mac(tools));
      expect(await signer.sign(medium, 'dist/darwin_arm64/hello')).toBe('dist/darwin_arm64/hello');
      expect(calls(tools)).toEqual([
        ['xcrun', '--find', 'codesign'],
        ['codesign', '--force', '--timestamp', '--options', 'runtime', '--sign', IDENTITY, './hello'],
      ]);
      expect(await medium.read('dist/darwin_arm64/hello')).toBe('program signed');
      expect((await medium.stat('dist/darwin_arm64/hello')).mode).toBe(0o755);
      expect(foldersLeft(tools)).toEqual([]);
    });

    it('MacOsSigner.sign signs a bundle as a whole, with its links, modes and empty folders', async () => {
      const path = bundleOnDisk();
      await new MacOsSigner({ identity: IDENTITY }, mac(apple())).sign(localMedium(), path);
      expect(readFileSync(join(path, 'Contents/_CodeSignature/CodeResources'), 'utf8')).toBe('sealed');
      expect(readlinkSync(join(path, 'Contents/Versions/Current'))).toBe('A');
      expect(statSync(join(path, 'Contents/MacOS/hello')).mode & 0o777).toBe(0o755);
      expect(statSync(join(path, 'Contents/Resources')).isDirectory()).toBe(true);
      expect((await localMedium().list(join(path, '..'))).map(({ name }) => name)).toEqual(['Hello.app']);
    });

    it('MacOsSigner.sign signs a bundle that is in memory', async () => {
      const medium = new MemoryMedium({ 'Hello.app/Contents/MacOS/hello': 'x' });
      await new MacOsSigner({ identity: IDENTITY }, mac(apple())).sign(medium, 'Hello.app');
      expect(await snapshot(medium, 'Hello.app')).toEqual({
        Contents: { MacOS: { hello: 'x' }, _CodeSignature: { CodeResources: 'sealed' } },
      });
    });

    it('MacOsSigner.available is true on a Mac with the tools of Xcode', async () => {
      expect(await new MacOsSigner({ identity: IDENTITY }, mac(apple())).available()).toBe(true);
    });
  });

  describe('Bad', () => {
    it.each(['', ' '])('MacOsSigner refuses the identity %j', (identity) => {
      expect(() => new MacOsSigner({ identity })).toThrow(TypeError);
    });

    it('MacOsSigner is not available elsewhere, nor without the tools of Xcode, and says why', async () => {
      const elsewhere = new MacOsSigner({ identity: IDENTITY }, { platform: 'linux' });
      const expected = {
        code: 'ERR_BUILD_SIGNER_UNAVAILABLE',
        key: 'sign.macos.identity',
        message: expect.stringMatching(/this is linux/),
      };
      expect(await elsewhere.available()).toBe(false);
      expect(await elsewhere.obstacle()).toMatchObject(expected);
      await expect(elsewhere.sign(new MemoryMedium({ f: '' }), 'f')).rejects.toMatchObject(expected);
      const bare = new MacOsSigner({ identity: IDENTITY }, mac(apple(), { NO_XCODE: '1' }));
      expect(await bare.obstacle()).toMatchObject({ hint: expect.stringMatching(/xcode-select --install/) });
      await expect(elsewhere.sign(new MemoryMedium(), 'f')).rejects.toMatchObject({
        code: 'ERR_BUILD_ARTIFACT_NOT_FOUND',
      });
    });

    const reports = [
      [`${IDENTITY}: no identity found`, 'ERR_BUILD_SIGN_KEY_NOT_FOUND', /has no identity/],
      [`${IDENTITY}: ambiguous (matches "A" and "B")`, 'ERR_BUILD_SIGN_KEY_NOT_FOUND', /several identities/],
      ['./hello: errSecInternalComponent', 'ERR_BUILD_SIGN_FAILED', /keychain is locked/],
      ['./hello: bundle format unrecognized', 'ERR_BUILD_SIGN_FAILED', /codesign has failed/],
    ] as const;
    it.each(reports)(
      'MacOsSigner.sign makes of %j %s, and leaves the program as it was',
      async (text, code, message) => {
        const tools = apple({
          codesign: `fs.writeFileSync(args.at(-1), 'half'); console.error(${JSON.stringify(text)}); process.exit(1)`,
        });
        const medium = new MemoryMedium({ hello: 'program' });
        await expect(new MacOsSigner({ identity: IDENTITY }, mac(tools)).sign(medium, 'hello')).rejects.toMatchObject({
          ...{ code, path: 'hello', tool: 'codesign', exitCode: 1, output: text },
          message: expect.stringMatching(message),
        });
        expect(medium.toJSON()).toEqual({ hello: 'program' });
        expect(foldersLeft(tools)).toEqual([]);
      },
    );
  });

  describe('Ugly', () => {
    it('MacOsSigner.sign ends codesign where it is aborted, and leaves program and bundle as they were', async () => {
      const path = bundleOnDisk();
      const before = await snapshot(localMedium(), path);
      const tools = apple({ codesign: `${CODESIGN}${WAIT_FOR_EVER}` });
      const reason = new Error('enough');
      const abort = abortWhenReady(reason);
      await expect(new MacOsSigner({ identity: IDENTITY }, mac(tools)).sign(localMedium(), path, abort)).rejects.toBe(
        reason,
      );
      expect(abort.isAlive()).toBe(false);
      expect(foldersLeft(tools)).toEqual([]);
      expect(await snapshot(localMedium(), path)).toEqual(before);
      expect((await localMedium().list(join(path, '..'))).map(({ name }) => name)).toEqual(['Hello.app']);
    });
  });
});

describe('Notary', () => {
  describe('Good', () => {
    it('Notary.notarize has a program judged, with the password on stdin only, and leaves it as it is', async () => {
      const tools = notaryTools();
      const medium = new MemoryMedium({ 'dist/hello': 'program' });
      await new Notary(ACCOUNT, mac(tools)).notarize(medium, 'dist/hello');
      expect(calls(tools)).toEqual([
        ['xcrun', '--find', 'notarytool'],
        ['ditto', '-c', '-k', '--keepParent', './hello', './hello.zip'],
        [
          ...[
            'xcrun',
            'notarytool',
            'submit',
            './hello.zip',
            '--apple-id',
            'me@example.com',
            '--team-id',
            'ABCDE12345',
          ],
          ...['--wait', '--output-format', 'json'],
        ],
      ]);
      expect(medium.toJSON()).toEqual({ dist: { hello: 'program' } });
    });

    it('Notary.notarize staples the ticket to a bundle', async () => {
      const tools = notaryTools();
      const path = bundleOnDisk();
      await new Notary(ACCOUNT, mac(tools)).notarize(localMedium(), path);
      expect(calls(tools).at(-1)).toEqual(['xcrun', 'stapler', 'staple', './Hello.app']);
      expect(readFileSync(join(path, 'Contents/CodeResources'), 'utf8')).toBe('ticket');
      expect(readlinkSync(join(path, 'Contents/Versions/Current'))).toBe('A');
    });
  });

  describe('Bad', () => {
    it.each(['appleId', 'teamId', 'appPassword'])('Notary refuses an account without %s', (name) => {
      expect(() => new Notary({ ...ACCOUNT, [name]: '' })).toThrow(new TypeError(`${name} must not be empty`));
    });

    it('Notary.notarize refuses with the log of the notary what that does not accept', async () => {
      const tools = notaryTools();
      const notary = new Notary(ACCOUNT, mac(tools, { NOTARY: '{ "status": "Invalid" }' }));
      await expect(notary.notarize(new MemoryMedium({ hello: '' }), 'hello')).rejects.toMatchObject({
        code: 'ERR_BUILD_NOTARIZATION_REFUSED',
        message: 'Cannot notarize "hello": Apple\'s notary says "Invalid"',
        output: expect.stringMatching(/"not signed"/),
      });
      expect(calls(tools).at(-1)?.slice(0, 4)).toEqual(['xcrun', 'notarytool', 'log', '2efe2717']);
    });

    it('Notary.notarize refuses an answer that is no JSON', async () => {
      const notary = new Notary(ACCOUNT, mac(notaryTools(), { NOTARY: '{ "says": "{ half" }' }));
      await expect(notary.notarize(new MemoryMedium({ hello: '' }), 'hello')).rejects.toMatchObject({
        code: 'ERR_BUILD_NOTARIZATION_REFUSED',
        output: expect.stringMatching(/\{ half/),
      });
    });

    it('Notary.notarize refuses a wrong password, a failing tool, another system and a missing program', async () => {
      const medium = new MemoryMedium({ hello: '' });
      const wrong = new Notary(ACCOUNT, mac(notaryTools('another')));
      await expect(wrong.notarize(medium, 'hello')).rejects.toMatchObject({
        code: 'ERR_BUILD_SIGN_PASSWORD_WRONG',
        key: 'sign.macos.app_password',
      });
      const broken = new Notary(ACCOUNT, mac(apple({ ditto: 'process.exit(1)' })));
      await expect(broken.notarize(medium, 'hello')).rejects.toMatchObject({
        code: 'ERR_BUILD_SIGN_FAILED',
        tool: 'ditto',
      });
      const elsewhere = new Notary(ACCOUNT, { platform: 'linux' });
      await expect(elsewhere.notarize(medium, 'hello')).rejects.toMatchObject({ code: 'ERR_BUILD_SIGNER_UNAVAILABLE' });
      await expect(elsewhere.notarize(medium, 'no')).rejects.toMatchObject({ code: 'ERR_BUILD_ARTIFACT_NOT_FOUND' });
    });
  });

  describe('Ugly', () => {
    it('Notary shows the password to nobody: no command line, environment, event, error or file', async () => {
      const path = bundleOnDisk();
      const events: BuildEvent[] = [];
      const onEvent = (event: BuildEvent) => events.push(event);
      const env = { APPLE_APP_PASSWORD: PASSWORD, SOME_COPY: `a${PASSWORD}b` };
      const [right, wrong] = [notaryTools(), notaryTools('another')];
      await new Notary(ACCOUNT, mac(right, env)).notarize(localMedium(), path, { onEvent });
      const error: unknown = await new Notary(ACCOUNT, mac(wrong, env))
        .notarize(localMedium(), path, { onEvent })
        .catch((e: unknown) => e);
      for (const text of [
        ...[right, wrong].map((tools) => JSON.stringify(tools.calls())),
        JSON.stringify(events),
        everythingIn(error),
      ]) {
        expect(text).toContain('notarytool');
        expect(text).not.toContain(PASSWORD);
      }
      expect(everythingIn(await snapshot(localMedium(), path))).not.toContain(PASSWORD);
      expect([right, wrong].map(foldersLeft)).toEqual([[], []]);
    });

    it('Notary.notarize ends notarytool where it is aborted', async () => {
      const tools = apple({ xcrun: `if (args[0] === 'notarytool') { ${WAIT_FOR_EVER} }` });
      const reason = new Error('enough');
      const abort = abortWhenReady(reason);
      const medium = new MemoryMedium({ hello: '' });
      await expect(new Notary(ACCOUNT, mac(tools)).notarize(medium, 'hello', abort)).rejects.toBe(reason);
      expect(abort.isAlive()).toBe(false);
      expect(foldersLeft(tools)).toEqual([]);
    });
  });
});
