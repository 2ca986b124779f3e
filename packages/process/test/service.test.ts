import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { DiskMedium, MemoryMedium } from '@core/io';

import { ProcessError } from '../src/errors.ts';
import type { ProcessEvents } from '../src/events.ts';
import { Service } from '../src/service.ts';
import { isZombie } from '../src/terminate/proc-table.ts';
import { sendSignalTo } from '../src/terminate/send-signal.ts';
import { scriptedCommand } from '../src/testing/index.ts';

jest.setTimeout(60_000); // many programs are started, on a machine that may be busy

let dir = '';
beforeAll(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'core-process-')));
});
afterAll(() => {
  rmSync(dir, { recursive: true });
});

/** The error that a promise rejects with. */
const failure = (promise: Promise<unknown>): Promise<ProcessError> =>
  promise.then(
    () => {
      throw new Error('expected a rejection');
    },
    (error: unknown) => error as ProcessError,
  );

describe('Good', () => {
  it('Service.run gives the result of a command', async () => {
    await using service = new Service();
    const result = await service.run('sh', ['-c', 'echo out; echo err >&2; pwd'], { dir });
    expect(result).toMatchObject({ id: 'proc-1', command: 'sh', dir, ok: true, exitCode: 0, truncated: false });
    expect(result.outcome).toEqual({ kind: 'exited', code: 0 });
    expect([result.stdout, result.stderr]).toEqual([`out\n${dir}\n`, 'err\n']);
    expect([result.stderrBytes, result.outputBytes.length]).toEqual([Buffer.from('err\n'), result.output.length]);
    expect(result.output).toHaveLength(result.stdout.length + result.stderr.length);
    expect(result.unwrap()).toBe(result);
  });

  it('Service.run closes stdin unless it is asked for', async () => {
    await using service = new Service();
    expect((await service.run('cat')).stdout).toBe('');
  });

  it('Service.run gives the process its input', async () => {
    await using service = new Service();
    async function* chunks(): AsyncGenerator<string> {
      for (const word of ['a', 'b']) yield await Promise.resolve(word);
    }
    expect((await service.run('cat', [], { input: 'text €' })).stdout).toBe('text €');
    expect((await service.run('cat', [], { input: Uint8Array.of(0, 255) })).stdoutBytes).toEqual(Buffer.from([0, 255]));
    expect((await service.run('cat', [], { input: chunks() })).stdout).toBe('ab');
  });

  it('Service.run adds to the environment, or starts with an empty one', async () => {
    await using service = new Service({ defaults: { env: { A: '1', B: '2' } } });
    const print = 'echo "$A $B $C ${PATH:+path}"';
    expect((await service.run('sh', ['-c', print], { env: { B: undefined, C: '3' } })).stdout).toBe('1  3 path\n');
    const bare = await service.run('/bin/sh', ['-c', 'echo "$A $HOME"'], { inheritEnv: false });
    expect(bare.stdout).toBe('1 \n');
  });

  it('Service.run takes a line for a shell where it is told so, and nowhere else', async () => {
    await using service = new Service();
    expect((await service.run('echo $((6 * 7)) &&', ['echo', '$HOME; *'], { shell: true })).stdout).toBe(
      '42\n$HOME; *\n',
    );
    expect((await service.run('echo', ['$HOME', '&&', '*'])).stdout).toBe('$HOME && *\n');
  });

  it('Service.start gives ids in order, and lists what it knows', async () => {
    await using command = await scriptedCommand();
    await using service = new Service();
    const first = await service.start(command.command, command.args);
    const run = await command.next();
    await service.run('true');
    expect(service.list().map(({ id, status }) => `${id} ${status}`)).toEqual(['proc-1 running', 'proc-2 exited']);
    expect(service.running()).toEqual([first]);
    expect([service.get('proc-1'), service.get('proc-9')]).toEqual([first, undefined]);
    await run.print('stdout', 'hello');
    await run.exit();
    await first.done;
    expect(service.output('proc-1')).toBe('hello');
    service.remove('proc-1');
    service.clear();
    expect(service.list()).toEqual([]);
  });

  it('Service.run in a directory of a medium, whose root is the default', async () => {
    await using medium = new DiskMedium({ root: dir });
    await medium.ensureDir('sub');
    await using service = new Service({ medium });
    expect((await service.run('pwd')).stdout).toBe(`${dir}\n`);
    const inside = await service.run('pwd', [], { dir: 'sub' });
    expect([inside.stdout, inside.dir]).toEqual([`${join(dir, 'sub')}\n`, join(dir, 'sub')]);
  });

  it('Service tells its observer of start, lines and end, in this order', async () => {
    const told: string[] = [];
    const events: ProcessEvents = {
      started: ({ id, command, dir: where }) => told.push(`started ${id} ${command} ${where}`),
      lines: ({ stream, lines }) => told.push(`${stream} ${lines.join()}`),
      exited: ({ id, exitCode, error }) => told.push(`exited ${id} ${String(exitCode)} ${String(error)}`),
    };
    await using service = new Service({ events });
    await service.run('printf', ['a\\nb\\nc'], { dir });
    expect(told).toEqual([`started proc-1 printf ${dir}`, 'stdout a,b', 'stdout c', 'exited proc-1 0 undefined']);
  });

  it('Service.run lets a process write into a descriptor of this program', async () => {
    await using service = new Service();
    const file = join(dir, 'log');
    const descriptor = openSync(file, 'w');
    const result = await service.run('echo', ['through'], { stdio: { stdout: descriptor } });
    closeSync(descriptor);
    expect([result.stdout, readFileSync(file, 'utf8')]).toEqual(['', 'through\n']);
  });
});

describe('Bad', () => {
  it('Service.run rejects a failing command with all that one wants to know', async () => {
    await using service = new Service();
    const error = await failure(service.run('sh', ['-c', 'echo begin; echo "bad news" >&2; exit 3'], { dir }));
    expect(error).toBeInstanceOf(ProcessError);
    expect(error).toMatchObject({
      ...{ code: 'ERR_PROCESS_EXIT_NON_ZERO', op: 'process.run', id: 'proc-1', dir, exitCode: 3 },
      ...{ outcome: { kind: 'exited', code: 3 }, commandLine: `sh -c 'echo begin; echo "bad news" >&2; exit 3'` },
    });
    expect(error.message).toMatch(
      /^Cannot run sh -c '.*' in \S+: it exited with code 3 after \d+ ms\nstderr ended with:\nbad news$/,
    );
    expect(error.result?.stdout).toBe('begin\n');
    expect(Object.keys(error)).not.toContain('result');
  });

  it('Service.run with reject: false gives a result however it ended', async () => {
    await using service = new Service();
    const failed = await service.run('sh', ['-c', 'exit 3'], { reject: false });
    expect([failed.ok, failed.exitCode]).toEqual([false, 3]);
    expect(() => failed.unwrap()).toThrow('it exited with code 3');
    const missing = await service.run('no-such-program', [], { reject: false });
    expect(missing.outcome).toEqual({ kind: 'spawnFailed', code: 'ENOENT', what: 'command' });
    const late = await service.run('sleep', ['300'], { reject: false, timeoutMs: 1 });
    expect(late.outcome).toEqual({ kind: 'timedOut', timeoutMs: 1, idle: false, escalated: false });
    expect([late.ok, late.killSignal, service.get('proc-3')?.status]).toEqual([false, 'SIGTERM', 'killed']);
  });

  it('Service.start tells a missing program from a missing directory', async () => {
    await using service = new Service();
    const program = await failure(service.start('no-such-program', ['x'], { dir }));
    expect(program).toMatchObject({ code: 'ERR_PROCESS_SPAWN_FAILED', outcome: { what: 'command', code: 'ENOENT' } });
    expect(program.message).toBe(`Cannot start no-such-program x in ${dir}: there is no such program on the PATH`);
    expect(program.cause).toMatchObject({ code: 'ENOENT' });

    const missing = join(dir, 'missing');
    const directory = await failure(service.start('true', [], { dir: missing }));
    expect(directory).toMatchObject({ code: 'ERR_PROCESS_SPAWN_FAILED', outcome: { what: 'dir', code: 'ENOENT' } });
    expect(directory.message).toBe(`Cannot start true in ${missing}: the directory does not exist`);
    expect(service.list().map(({ status }) => status)).toEqual(['failed', 'failed']);
  });

  it('Service.start names every other obstacle', async () => {
    await using service = new Service();
    const file = join(dir, 'file');
    writeFileSync(file, '');
    writeFileSync(join(dir, 'script'), '#!/no/such/interpreter\n', { mode: 0o755 });
    const outcome = async (...start: Parameters<Service['start']>): Promise<unknown> =>
      (await failure(service.start(...start))).outcome;
    expect(await outcome(file)).toEqual({ kind: 'spawnFailed', code: 'EACCES', what: 'command' });
    expect(await outcome(join(dir, 'script'))).toEqual({ kind: 'spawnFailed', code: 'ENOENT', what: 'command' });
    expect(await outcome('true', [], { dir: file })).toEqual({ kind: 'spawnFailed', code: 'ENOTDIR', what: 'dir' });
    expect(await outcome('true', ['x'.repeat(200_000)])).toEqual({
      kind: 'spawnFailed',
      code: 'E2BIG',
      what: 'arguments',
    });
  });

  it('Service.start refuses a directory of a medium that is on no disk', async () => {
    await using service = new Service({ medium: new MemoryMedium() });
    const error = await failure(service.start('true', [], { dir: 'sub' }));
    expect(error).toMatchObject({ code: 'ERR_PROCESS_SPAWN_FAILED', outcome: { what: 'dir' } });
    expect(error.message).toBe('Cannot start true in sub: the directory is in a medium that is on no disk');
  });

  it('Service.start refuses what leads out of its medium', async () => {
    await using medium = new DiskMedium({ root: dir });
    symlinkSync('/', join(dir, 'out'));
    await using service = new Service({ medium });
    const error = await failure(service.start('true', [], { dir: 'out' }));
    expect(error).toMatchObject({ code: 'ERR_PROCESS_SPAWN_FAILED', outcome: { what: 'dir' } });
    expect(error.cause).toMatchObject({ code: 'ERR_PATH_ESCAPES_ROOT' });
  });

  it('Service.start refuses more than the system gives', async () => {
    await using service = new Service();
    const script = 'ulimit -n 40; exec "$NODE" --input-type=module -e "$SCRIPT"';
    const code = `import { Service } from '@core/process';
      const service = new Service();
      const starts = await Promise.all(Array.from({ length: 30 }, () => service.start('sleep', ['300']).catch((e) => e)));
      await service.close();
      console.log(JSON.stringify(starts.map((one) => one.outcome?.what ?? one.status)));`;
    const env = { NODE: process.execPath, SCRIPT: code };
    const { stdout } = await service.run(script, [], {
      shell: true,
      env,
      dir: fileURLToPath(new URL('.', import.meta.url)),
    });
    expect(new Set(JSON.parse(stdout) as string[])).toEqual(new Set(['killed', 'resources']));
  });

  it('Service.start with a signal that is already aborted starts nothing', async () => {
    const told: string[] = [];
    await using service = new Service({
      events: { started: () => told.push('started'), exited: () => told.push('exited') },
    });
    const reason = new Error('not wanted any more');
    await expect(service.start('true', [], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    await expect(service.run('true', [], { signal: AbortSignal.abort(reason), reject: false })).rejects.toBe(reason);
    expect([told, service.list()]).toEqual([[], []]);
  });

  it('Service refuses misuse before anything happens', async () => {
    await using service = new Service();
    await expect(service.start('')).rejects.toThrow(TypeError);
    await expect(service.run('true', [], { timeoutMs: -1 })).rejects.toThrow(RangeError);
    expect(() => new Service({ bufferSizeBytes: 0 })).toThrow(RangeError);
    expect(() => new Service({ defaults: { gracePeriodMs: -1 } })).toThrow(RangeError);
    expect(service.list()).toEqual([]);
  });

  it('Service refuses ids that it does not know, and to forget what runs', async () => {
    await using command = await scriptedCommand();
    await using service = new Service();
    await service.start(command.command, command.args);
    expect(() => {
      service.remove('proc-1');
    }).toThrow(expect.objectContaining({ code: 'ERR_PROCESS_STILL_RUNNING', id: 'proc-1' }));
    expect(() => service.output('proc-2')).toThrow('Cannot find the process "proc-2": there is none of this id');
    await expect(service.kill('proc-2')).rejects.toMatchObject({ code: 'ERR_PROCESS_NOT_FOUND' });
    await service.kill('proc-1');
    expect(service.get('proc-1')?.status).toBe('killed');
  });

  it('Service.start after close is refused', async () => {
    const service = new Service();
    await service.close();
    const error = await failure(service.start('true', ['x']));
    expect(error).toMatchObject({ code: 'ERR_PROCESS_CLOSED', message: 'Cannot start true x: the service is closed' });
  });
});

describe('Ugly', () => {
  it('Service.start that is aborted before its turn rejects at once, and starts nothing later', async () => {
    const started: string[] = [];
    await using service = new Service({ events: { started: ({ id }) => started.push(id) } });
    const others = Array.from({ length: 20 }, () => service.run('true'));
    const controller = new AbortController();
    const reason = new Error('changed my mind');
    const late = service.start('true', [], { signal: controller.signal });
    controller.abort(reason);
    await expect(late).rejects.toBe(reason);
    expect(started.length).toBeLessThan(20);
    await Promise.all(others);
    expect(started).toHaveLength(20);
    expect(service.get('proc-21')?.status).toBe('killed');
  });

  it('Service.start that is aborted while its medium looks for the directory rejects at once', async () => {
    const medium = new MemoryMedium();
    let foundIt: (path: string) => void = () => undefined;
    medium.realPath = () => new Promise<string>((resolve) => (foundIt = resolve));
    await using service = new Service({ medium });
    const controller = new AbortController();
    const late = service.start('true', [], { signal: controller.signal });
    controller.abort('too slow');
    await expect(late).rejects.toBe('too slow');
    foundIt(dir);
    expect(service.running()).toEqual([]);
  });

  it('Service.run that is aborted rejects with the reason itself, when the whole tree is gone', async () => {
    await using command = await scriptedCommand();
    await using service = new Service();
    const controller = new AbortController();
    const reason = { not: 'even an error' };
    const running = service.run(command.command, command.args, { signal: controller.signal, reject: false });
    const run = await command.next();
    const tree = [run, await run.spawn(), await run.spawn({ session: true, orphan: true })];
    const pids = tree.map(({ pid }) => pid);
    controller.abort(reason);
    await expect(running).rejects.toBe(reason);
    for (const pid of pids) expect([pid, sendSignalTo(pid, 0) === 'gone' || isZombie(pid)]).toEqual([pid, true]);
    expect(service.get('proc-1')).toMatchObject({ status: 'killed', isRunning: false });
  });

  it('Service.run that takes too long is ended politely, then forcefully, and says so', async () => {
    await using service = new Service();
    // a signal that every program ignores, unless it asks for it
    const polite = { timeoutMs: 1, gracePeriodMs: 1, killSignal: 'SIGWINCH' } as const;
    const error = await failure(service.run('sleep', ['300'], polite));
    expect(error.outcome).toEqual({ kind: 'timedOut', timeoutMs: 1, idle: false, escalated: true });
    expect(error.killSignal).toBe('SIGKILL');
    expect(error.message).toContain(
      'it did not end within 1 ms and was killed, because the polite signal did not end it',
    );
  });

  it('Service.run never shows a secret of the environment', async () => {
    await using service = new Service();
    const env = { DEPLOY_TOKEN: 's3cr3t-value', PLAIN: 'plain-value' };
    const script = 'echo "refused: $DEPLOY_TOKEN ($PLAIN)" >&2; exit 1';
    const error = await failure(service.run('sh', ['-c', script, 'sh', '--token=s3cr3t-value'], { env }));
    expect(`${error.message} ${JSON.stringify(error)}`).not.toContain('s3cr3t');
    expect(error.message).toContain('refused: *** (plain-value)');
    expect(error.commandLine).toContain('--token=***');
  });

  it('Service.run shows no control characters of what a process wrote', async () => {
    await using service = new Service();
    const error = await failure(
      service.run('sh', ['-c', String.raw`printf '\033[31mred\033[0m\r\nbell\007\n'; exit 1`]),
    );
    expect(error.message).toMatch(/\nstdout ended with:\nred\nbell$/);
  });

  it('Service.run shows the end of much output', async () => {
    await using service = new Service();
    const error = await failure(service.run('sh', ['-c', 'seq 100000 >&2; exit 1']));
    expect(error.message.split('\n').slice(2)).toEqual(Array.from({ length: 20 }, (_, i) => String(99_981 + i)));
    expect(error.result?.stderr).toHaveLength(588_895);
  });

  it('Service.run rejects with the failure of its input, and leaves nothing running', async () => {
    await using command = await scriptedCommand();
    await using service = new Service();
    const reason = new Error('the source failed');
    async function* input(): AsyncGenerator<string> {
      yield await Promise.resolve('a');
      await command.next();
      throw reason;
    }
    await expect(service.run(command.command, command.args, { input: input() })).rejects.toBe(reason);
    expect(service.running()).toEqual([]);
  });

  it('Service.run does not mind a process that does not read its input', async () => {
    await using service = new Service();
    expect((await service.run('true', [], { input: 'x'.repeat(10_000_000) })).ok).toBe(true);
  });

  it('Service.start sixty times in one turn, each with its own result and all of one signal', async () => {
    const { signal } = new AbortController();
    await using service = new Service({ maxFinished: 50 });
    const runs = Array.from({ length: 60 }, (_, i) => service.run('echo', [String(i)], { signal }));
    const results = await Promise.all(runs);
    expect(results.map(({ stdout }) => stdout)).toEqual(Array.from({ length: 60 }, (_, i) => `${String(i)}\n`));
    expect(service.list()).toHaveLength(50);
    expect(results.map(({ id }) => id)).toEqual(Array.from({ length: 60 }, (_, i) => `proc-${String(i + 1)}`));
  });

  it('Service.close ends what runs, what starts, and what was left behind by those that are over', async () => {
    await using command = await scriptedCommand();
    const service = new Service();
    const over = service.run(command.command, command.args);
    const leader = await command.next();
    const left = [await leader.spawn(), await leader.spawn({ session: true, orphan: true })];
    await leader.exit();
    await over;
    const running = await service.start(command.command, command.args);
    const run = await command.next();
    const starting = failure(service.start('sleep', ['300']));

    await Promise.all([service.close(), service.close(), ...left.map(({ gone }) => gone), run.gone]);
    expect((await running.done).outcome).toEqual({
      kind: 'signaled',
      killSignal: 'SIGTERM',
      by: 'stop',
      escalated: false,
    });
    expect((await starting).code).toBe('ERR_PROCESS_CLOSED');
  });

  it('Service.kill of a process that is about to start keeps it from starting', async () => {
    const told: string[] = [];
    await using service = new Service({
      events: { started: () => told.push('started'), exited: () => told.push('exited') },
    });
    const starting = failure(service.start('sleep', ['300']));
    expect(service.list().map(({ status }) => status)).toEqual(['pending']);
    await service.kill('proc-1');
    expect((await starting).outcome).toMatchObject({ kind: 'signaled', by: 'stop' });
    expect([told, service.get('proc-1')?.status, service.get('proc-1')?.pid]).toEqual([
      ['exited'],
      'killed',
      undefined,
    ]);
  });

  it('Service has exactly one end for each start, and a failed start has one, too, whatever its observer throws', async () => {
    const told: string[] = [];
    const tell =
      (what: string) =>
      ({ id }: { readonly id: string }): never => {
        told.push(`${id} ${what}`);
        throw new Error('harm');
      };
    const events = { started: tell('started'), lines: tell('lines'), killed: tell('killed'), exited: tell('exited') };
    await using service = new Service({ events });
    await service.run('echo');
    await failure(service.run('false'));
    await failure(service.run('no-such-program'));
    await failure(service.run('sleep', ['300'], { timeoutMs: 1 }));
    expect(told).toEqual([
      ...['proc-1 started', 'proc-1 lines', 'proc-1 exited', 'proc-2 started', 'proc-2 exited', 'proc-3 exited'],
      ...['proc-4 started', 'proc-4 killed', 'proc-4 exited'],
    ]);
  });

  it('Service.run takes 256 MiB that nobody wants without keeping them', async () => {
    await using service = new Service();
    const before = process.memoryUsage();
    const result = await service.run('head', ['-c', '268435456', '/dev/zero'], { capture: false });
    const after = process.memoryUsage();
    expect([result.ok, result.output]).toEqual([true, '']);
    expect(after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers).toBeLessThan(128 * 1_048_576);
  });

  it('Service.run keeps the end of more than its buffer', async () => {
    await using service = new Service({ bufferSizeBytes: 10 });
    const result = await service.run('seq', ['100000'], { capture: { stderrBytes: 0 } });
    expect([result.stdout, result.truncated]).toEqual(['99\n100000\n', true]);
  });
});
