import { chmodSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { needs } from '@core/tooling/needs';

import type { ProcessError } from '../src/errors.ts';
import type { RunOptions } from '../src/options.ts';
import { Service } from '../src/service.ts';

jest.setTimeout(60_000); // many programs are started, on a machine that may be busy

/** Runs with the library as another user and with other limits, and says how it went. */
const LIMITED = fileURLToPath(new URL('fixtures/limited.mjs', import.meta.url));
/** Nobody's number, and not that of another run beside this one: processes are limited by user. */
const UID = 10_000 + (process.pid % 50_000);

let dir = '';
let told: string[] = [];
let service = new Service();
beforeAll(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'core-process-')));
  chmodSync(dir, 0o755);
  writeFileSync(join(dir, 'file'), '');
  writeFileSync(join(dir, 'script'), '#!/no/such/interpreter\n', { mode: 0o755 });
  symlinkSync('loop', join(dir, 'loop'));
});
afterAll(() => {
  rmSync(dir, { recursive: true });
});
afterEach(async () => {
  await service.close();
});
const open = (): void => {
  told = [];
  service = new Service({
    defaults: { dir },
    events: {
      started: () => told.push('started'),
      killed: ({ killSignal }) => told.push(killSignal),
      exited: ({ error }) => told.push(error === undefined ? 'exited' : 'exited with an error'),
    },
  });
};

/** The error that a command fails with. */
const failure = (command: string, args: string[], options: RunOptions = {}): Promise<ProcessError> => {
  open();
  return failureOfRun(service.run(command, args, options), options);
};
const failureOfRun = async (run: Promise<unknown>, options: RunOptions = {}): Promise<ProcessError> => {
  const error = (await run.then(
    () => {
      throw new Error('expected a rejection');
    },
    (reason: unknown) => reason,
  )) as ProcessError;
  expect(error).toMatchObject({
    name: 'ProcessError',
    id: 'proc-1',
    dir: options.dir ?? dir,
    result: { id: 'proc-1' },
  });
  expect(error.outcome).toEqual(error.result?.outcome);
  expect(error.durationMs).toBe(error.result?.durationMs);
  return error;
};
/** The error of a script whose time is over as soon as it has said something. */
const timeout = async (script: string, options: RunOptions & { readonly timeoutMs: number }): Promise<ProcessError> => {
  open();
  const setTimeout = jest.spyOn(globalThis, 'setTimeout');
  const failed = failureOfRun(service.run('sh', ['-c', script], options));
  await service.get('proc-1')?.lines().next();
  const [timeUp] = setTimeout.mock.calls.find(([, ms]) => ms === options.timeoutMs) ?? [];
  setTimeout.mockRestore();
  timeUp?.();
  return failed;
};
/** A message without what is different in every run. */
const shown = ({ message }: Error): string => message.replaceAll(dir, 'DIR').replace(/after \d+ ms/, 'after N ms');
const sh = (script: string, options?: RunOptions): Promise<ProcessError> => failure('sh', ['-c', script], options);

describe('Good', () => {
  it('failureOf an exit code has command, directory, duration and the end of stderr', async () => {
    const error = await sh('echo out; echo "no paper" >&2; exit 3');
    expect(shown(error)).toBe(
      `Cannot run sh -c 'echo out; echo "no paper" >&2; exit 3' in DIR: it exited with code 3 after N ms\n` +
        'stderr ended with:\nno paper',
    );
    expect(error).toMatchObject({ code: 'ERR_PROCESS_EXIT_NON_ZERO', exitCode: 3 });
    expect(told).toEqual(['started', 'exited with an error']);
  });

  it('failureOf a signal says which, and who sent it', async () => {
    expect(shown(await sh('echo oops >&2; kill -KILL $$'))).toBe(
      "Cannot run sh -c 'echo oops >&2; kill -KILL $$' in DIR: it was ended by SIGKILL from outside after N ms\n" +
        'stderr ended with:\noops',
    );
    const crash = await sh('kill -SEGV $$');
    expect(shown(crash)).toBe("Cannot run sh -c 'kill -SEGV $$' in DIR: it crashed with SIGSEGV after N ms");
    expect(crash).toMatchObject({ killSignal: 'SIGSEGV', outcome: { kind: 'signaled', by: 'self' } });
    expect(told).toEqual(['started', 'SIGSEGV', 'exited with an error']);
  });

  it('failureOf a timeout says that the polite signal was enough', async () => {
    const error = await timeout('echo begin >&2; exec sleep 300', { timeoutMs: 60_000 });
    expect(shown(error)).toBe(
      "Cannot run sh -c 'echo begin >&2; exec sleep 300' in DIR: " +
        'it did not end within 60000 ms and was stopped after N ms\nstderr ended with:\nbegin',
    );
    expect(error.outcome).toEqual({ kind: 'timedOut', timeoutMs: 60_000, idle: false, escalated: false });
    expect(told).toEqual(['started', 'SIGTERM', 'exited with an error']);
  });

  it('failureOf silence says for how long', async () => {
    const error = await failure('sleep', ['300'], { idleTimeoutMs: 20, timeoutMs: 60_000 });
    expect(shown(error)).toBe('Cannot run sleep 300 in DIR: it said nothing for 20 ms and was stopped after N ms');
    expect(error.outcome).toEqual({ kind: 'timedOut', timeoutMs: 20, idle: true, escalated: false });
  });
});

describe('Bad', () => {
  it.each<[string, string, string, string[], RunOptions]>([
    ['a program that is nowhere', 'there is no such program on the PATH', 'no-such-program', ['x y'], {}],
    ['a path that leads nowhere', 'there is no such program', './nothing', [], {}],
    ['a script without its interpreter', 'there is no such program', './script', [], {}],
    ['a file that is no program', 'the program may not be executed', './file', [], {}],
    ['a directory in place of a program', 'the program may not be executed', '/', [], {}],
    ['a directory that is missing', 'the directory does not exist', 'true', [], { dir: '/no/such' }],
    ['a file in place of a directory', 'the directory is not a directory', 'true', [], { dir: '/dev/null' }],
    ['a directory below a file', 'the directory is not a directory', 'true', [], { dir: '/dev/null/x' }],
    ['both missing, of which the directory counts', 'the directory does not exist', 'nothing', [], { dir: '/no/such' }],
  ])('failureOf %s', async (_, why, command, args, options) => {
    const error = await failure(command, args, options);
    const line = args.length === 0 ? command : `${command} 'x y'`;
    expect(shown(error)).toBe(`Cannot start ${line} in ${options.dir ?? 'DIR'}: ${why}`);
    expect(error).toMatchObject({ code: 'ERR_PROCESS_SPAWN_FAILED', op: 'process.start', cause: expect.any(Error) });
    expect(error.outcome).toMatchObject({ kind: 'spawnFailed', what: options.dir === undefined ? 'command' : 'dir' });
    expect([error.exitCode, error.killSignal, error.durationMs, told]).toEqual([
      undefined,
      undefined,
      0,
      ['exited with an error'],
    ]);
  });

  it('failureOf a loop of links', async () => {
    const error = await failure('true', [], { dir: join(dir, 'loop') });
    expect(shown(error)).toBe('Cannot start true in DIR/loop: the directory is a loop of symbolic links');
    expect(error.outcome).toEqual({ kind: 'spawnFailed', code: 'ELOOP', what: 'dir' });
  });

  it('failureOf too many arguments does not show all of them', async () => {
    const error = await failure('true', ['x'.repeat(200_000)]);
    expect(shown(error)).toBe(
      `Cannot start true '${'x'.repeat(300)}…' in DIR: its arguments and environment are too long for the system`,
    );
    expect(error.outcome).toEqual({ kind: 'spawnFailed', code: 'E2BIG', what: 'arguments' });
    expect(error.hint).toBe(
      'Hand the data over in a file or with `input`; one argument may have 131,071 bytes on Linux.',
    );
    expect(told).toEqual(['exited with an error']);
  });

  it('failureOf one that is aborted is the reason itself, before and during', async () => {
    open();
    const reason = { reason: 'not wanted' };
    await expect(service.run('true', [], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(told).toEqual([]);
    const controller = new AbortController();
    const run = service.run('sh', ['-c', 'echo ready; exec sleep 300'], { signal: controller.signal, reject: false });
    const ended = expect(run).rejects.toBe(reason);
    await service.get('proc-1')?.lines().next();
    controller.abort(reason);
    await ended;
    const result = await service.get('proc-1')?.done;
    expect(result).toMatchObject({ ok: false, stdout: 'ready\n', killSignal: 'SIGTERM', dir });
    expect(result?.outcome).toEqual({ kind: 'aborted', reason, escalated: false });
    expect(told).toEqual(['started', 'SIGTERM', 'exited with an error']);
  });
});

/** What the library says in a program that has been limited by a shell, and is run as another user. */
const limited = async (limit: string, order: object): Promise<unknown> => {
  open();
  const script = `${limit} exec "$NODE" "$LIMITED" "$ORDER"`;
  const env = { NODE: process.execPath, LIMITED, ORDER: JSON.stringify(order) };
  const { stdout } = await service.run('sh', ['-c', script], { env });
  return JSON.parse(stdout);
};

describe('Ugly', () => {
  it('failureOf a timeout says that the polite signal was not enough', async () => {
    const deaf = 'trap "" TERM; echo deaf >&2; while :; do sleep 300; done';
    const error = await timeout(deaf, { timeoutMs: 60_000, gracePeriodMs: 20 });
    expect(shown(error)).toBe(
      `Cannot run sh -c '${deaf}' in DIR: it did not end within 60000 ms and was killed, ` +
        'because the polite signal did not end it after N ms\nstderr ended with:\ndeaf',
    );
    expect(error).toMatchObject({ killSignal: 'SIGKILL', outcome: { kind: 'timedOut', escalated: true } });
    expect(told).toEqual(['started', 'SIGKILL', 'exited with an error']);
  });

  it('failureOf a secret that is quoted, cut or split does not show it', async () => {
    const secret = `it's a secret of ${'x'.repeat(100)}`;
    const script = 'printf "%3000s\\n" "$API_TOKEN" >&2; exit 1';
    const args = ['-c', script, `${'y'.repeat(290)}${secret}`, secret];
    const error = await failure('sh', args, { env: { API_TOKEN: secret } });
    // without the folder: its random name may well have an "xx" in it
    expect(`${shown(error)} ${error.commandLine ?? ''}`).not.toMatch(/secret|xx/);
    expect(error.message).toContain("'***' in ");
    expect((await failure('exit 1', [secret], { env: { API_TOKEN: secret }, shell: true })).message).not.toMatch(
      'secret',
    );
  });

  needs('root')('failureOf a program and a directory that another user may not touch', async () => {
    chmodSync(join(dir, 'script'), 0o700);
    const closed = mkdtempSync(join(dir, 'closed-'));
    const start = { uid: UID, starts: [{ command: './script' }, { command: 'true', options: { dir: closed } }] };
    expect(await limited('', start)).toEqual([
      { message: `Cannot start ./script in ${dir}: the program may not be executed`, what: 'command', code: 'EACCES' },
      { message: `Cannot start true in ${closed}: the directory may not be entered`, what: 'dir', code: 'EACCES' },
    ]);
  });

  needs('linux')('failureOf a start with too many open files', async () => {
    const starts = Array<object>(30).fill({ command: 'sleep', args: ['300'] });
    const ends = (await limited('ulimit -n 40;', { starts })) as { code: string }[];
    expect(new Set(ends.map(({ code }) => code))).toEqual(new Set(['running', 'EMFILE']));
    expect(ends.find(({ code }) => code === 'EMFILE')).toEqual({
      message: `Cannot start sleep 300 in ${dir}: this program has too many open files`,
      what: 'resources',
      code: 'EMFILE',
    });
  });

  needs('linux', 'root')('failureOf a start with too many processes', async () => {
    const starts = Array<object>(60).fill({ command: 'sleep', args: ['300'] });
    // what bash calls -u is -p in other shells
    const ends = (await limited('ulimit -u 50 2>/dev/null || ulimit -p 50;', { uid: UID, starts })) as {
      code: string;
    }[];
    expect(new Set(ends.map(({ code }) => code))).toEqual(new Set(['running', 'EAGAIN']));
    expect(ends.find(({ code }) => code === 'EAGAIN')).toEqual({
      message: `Cannot start sleep 300 in ${dir}: there are too many processes`,
      what: 'resources',
      code: 'EAGAIN',
    });
  });
});
