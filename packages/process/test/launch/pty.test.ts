import { spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import { describe, expect, it, jest } from '@jest/globals';
import { needs } from '@core/tooling/needs';

import type { StartOptions } from '../../src/options.ts';
import type { LaunchPlan } from '../../src/launch/launcher.ts';
import { PtyLauncher, type PtyLibrary } from '../../src/launch/pty.ts';
import { PtyChild, type Terminal } from '../../src/launch/pty-child.ts';
import type { Process } from '../../src/process.ts';
import { Service } from '../../src/service.ts';
import { scriptedCommand } from '../../src/testing/index.ts';

jest.setTimeout(60_000); // many programs are started, on a machine that may be busy

const PARENT = fileURLToPath(new URL('fixtures/pty-parent.mjs', import.meta.url));

/** Resolves with the next line that begins so. */
async function line(child: Process, start: string): Promise<string> {
  for await (const { line: text } of child.lines()) if (text.startsWith(start)) return text;
  throw new Error(`it ended without ${start}`);
}

/** A terminal that does what the test says. */
function terminal(): { terminal: Terminal; data: (text: string) => void; exit: () => void; calls: string[] } {
  const calls: string[] = [];
  let data: (bytes: Uint8Array) => void = () => undefined;
  let exit: (how: { exitCode: number; signal?: number }) => void = () => undefined;
  return {
    calls,
    data: (text) => {
      data(Buffer.from(text));
    },
    exit: () => {
      exit({ exitCode: 0, signal: 0 });
    },
    terminal: {
      pid: 2_000_000_000,
      onData: (listener) => (data = listener),
      onExit: (listener) => (exit = listener),
      write: (text) => calls.push(`write ${JSON.stringify(Buffer.from(text).toString())}`),
      resize: (columns, rows) => calls.push(`resize ${String(columns)} ${String(rows)}`),
      pause: () => calls.push('pause'),
      resume: () => calls.push('resume'),
    },
  };
}

describe('Good', () => {
  needs('linux')('Service.run with pty gives a process a terminal of its own', async () => {
    await using service = new Service();
    const script = 'test -t 0 && test -t 1 && test -t 2 && stty size && echo "$TERM" && echo error >&2';
    const usual = await service.run('sh', ['-c', script], { pty: true });
    expect([usual.stdout, usual.stderr]).toEqual(['24 80\r\nxterm-256color\r\nerror\r\n', '']);
    const asked = await service.run('sh', ['-c', script], { pty: { columns: 100, rows: 30, name: 'dumb' } });
    expect(asked.stdout).toBe('30 100\r\ndumb\r\nerror\r\n');
  });

  needs('linux')('Process.sendInput is what is typed in a terminal: also Control-C', async () => {
    await using service = new Service();
    const child = await service.start('sh', ['-c', 'read name; echo "hello $name"; exec sleep 300'], { pty: true });
    await child.sendInput('world\n');
    expect(await line(child, 'hello')).toBe('hello world');
    await child.sendInput('\u0003');
    expect((await child.done).killSignal).toBe('SIGINT');
  });

  needs('linux')('Process.closeStdin is the end of the input in a terminal, also in the middle of a line', async () => {
    await using service = new Service();
    expect((await service.run('cat', [], { pty: true, input: 'half a line' })).stdout).toBe('half a linehalf a line');
    expect((await service.run('cat', [], { pty: true, input: 'x\n' })).stdout).toBe('x\r\nx\r\n');
  });

  needs('linux')('Process.resize is told to the process', async () => {
    await using service = new Service();
    const script = 'trap "stty size; exit 5" WINCH; echo ready; while :; do sleep 0.01; done';
    const child = await service.start('sh', ['-c', script], { pty: true });
    await line(child, 'ready');
    child.resize(120, 40);
    const { stdout, exitCode } = await child.done;
    expect([stdout, exitCode]).toEqual(['ready\r\n40 120\r\n', 5]);
  });

  needs('linux')('Process.kill ends the whole tree of a terminal', async () => {
    await using command = await scriptedCommand();
    await using service = new Service();
    const child = await service.start(command.command, command.args, { pty: true });
    const run = await command.next();
    const others = [await run.spawn(), await run.spawn({ session: true, orphan: true })];
    await child.kill();
    await Promise.all([run.gone, ...others.map(({ gone }) => gone)]);
    expect((await child.done).outcome).toMatchObject({ kind: 'signaled', by: 'stop' });
  });
});

describe('Bad', () => {
  it('Service.start without the library says what to do', async () => {
    const cause = new Error('no such package');
    const launcher = new PtyLauncher(() => Promise.reject(cause));
    await expect(launcher.library()).rejects.toMatchObject({
      ...{ code: 'ERR_PROCESS_PTY_UNAVAILABLE', op: 'process.start', cause },
      hint: 'Install it: npm install @lydell/node-pty',
    });
  });

  needs('linux')('Service.start in a terminal tells the same obstacles as without one', async () => {
    await using service = new Service();
    const outcome = async (command: string, options: StartOptions, args: string[] = []): Promise<unknown> =>
      (await service.run(command, args, { pty: true, reject: false, ...options })).outcome;
    const failed = { kind: 'spawnFailed' };
    expect(await outcome('no-such-program', {})).toEqual({ ...failed, code: 'ENOENT', what: 'command' });
    expect(await outcome('true', { dir: '/no/such' })).toEqual({ ...failed, code: 'ENOENT', what: 'dir' });
    expect(await outcome('/etc/passwd', {})).toEqual({ ...failed, code: 'EACCES', what: 'command' });
    expect(await outcome('true', {}, ['x'.repeat(200_000)])).toEqual({ ...failed, code: 'E2BIG', what: 'arguments' });
  });

  it('Service.start refuses a terminal that cannot be', async () => {
    await using service = new Service();
    const refused = (options: StartOptions): Promise<unknown> => service.start('true', [], options);
    await expect(refused({ pty: 7 as unknown as true })).rejects.toThrow('pty must be true, false or { columns');
    await expect(refused({ pty: { columns: 0 } })).rejects.toThrow(RangeError);
    await expect(refused({ pty: { name: '' } })).rejects.toThrow('pty.name must be the name of a terminal');
    await expect(refused({ pty: true, stdio: 'inherit' })).rejects.toThrow('pty takes all three streams');
    await expect(refused({ pty: true, stdio: { stderr: 'ignore' } })).rejects.toThrow(TypeError);
    await expect(refused({ pty: true, detached: true })).rejects.toThrow('pty needs detached to be false');
    expect(service.list()).toEqual([]);
  });

  needs('linux')('Process.resize is refused where there is no terminal, or no process any more', async () => {
    await using command = await scriptedCommand();
    await using service = new Service();
    const child = await service.start(command.command, command.args);
    const resize = (columns: number): (() => void) => {
      return () => {
        child.resize(columns, 24);
      };
    };
    expect(resize(80)).toThrow(expect.objectContaining({ code: 'ERR_PROCESS_PTY_UNAVAILABLE' }));
    expect(resize(0.5)).toThrow(RangeError);
    await child.kill();
    expect(resize(80)).toThrow(expect.objectContaining({ code: 'ERR_PROCESS_NOT_RUNNING' }));
  });
});

describe('Ugly', () => {
  needs('linux')('Service.run in a terminal loses no byte, however much it is and however it ends', async () => {
    await using service = new Service({ bufferSizeBytes: 8_388_608 });
    const { stdout } = await service.run('seq', ['200000'], { pty: true });
    const whole = Array.from({ length: 200_000 }, (_, i) => `${String(i + 1)}\r\n`).join('');
    expect([stdout.length, stdout === whole]).toEqual([whole.length, true]);
    // one that closes its terminal before it exits is not hit by SIGHUP
    const half = await Promise.all(Array.from({ length: 20 }, () => service.run('cat', [], { pty: true, input: 'x' })));
    expect(new Set(half.map(({ stdout: text }) => text))).toEqual(new Set(['xx']));
    const last = await Promise.all(
      Array.from({ length: 20 }, () =>
        service.run('sh', ['-c', 'echo last; kill -9 $$'], { pty: true, reject: false }),
      ),
    );
    expect(new Set(last.map(({ stdout: text, killSignal }) => `${text}${String(killSignal)}`))).toEqual(
      new Set(['last\r\nSIGKILL']),
    );
  });

  needs('linux')('Process.lines of a terminal that are read slowly lose nothing at the end', async () => {
    await using service = new Service();
    const child = await service.start('seq', ['30000'], { pty: true, capture: false });
    let count = 0;
    for await (const { line: text } of child.lines()) {
      count += 1;
      if (text !== String(count)) throw new Error(`${text} came in place of ${String(count)}`);
      if (count % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    expect(count).toBe(30_000);
  });

  needs('linux')('Service leaves nothing behind of a terminal when the program is killed', async () => {
    await using command = await scriptedCommand();
    const parent = spawn(process.execPath, [PARENT, command.command, ...command.args], {
      stdio: ['pipe', 'ignore', 'inherit'],
    });
    const run = await command.next();
    const others = [await run.spawn(), await run.spawn({ session: true, orphan: true })];
    await Promise.all([run, ...others].map((one) => one.trap('SIGHUP')));
    parent.stdin.write('die\n');
    await Promise.all([run.gone, ...others.map(({ gone }) => gone)]);
  });

  it('PtyChild does not read on while nobody takes what it has read, until the process is gone', async () => {
    const { terminal: fake, data, exit, calls } = terminal();
    const child = new PtyChild(fake);
    data('x'.repeat(1_000_000));
    expect(calls).toEqual(['pause']);
    while (!calls.includes('resume')) await new Promise((resolve) => setImmediate(resolve));
    data('last'); // nobody takes it, but there is an end to it
    const exited = new Promise((resolve) => {
      child.once('exit', (...how) => {
        resolve(how);
      });
    });
    exit();
    expect(await exited).toEqual([0, null]);
    expect(await child.stdout.pipe(new PassThrough()).toArray()).toHaveLength(2);
    child.resize(1, 1);
    expect(calls).toEqual(['pause', 'resume']);
  });

  it('PtyChild reads what is left as soon as the process is gone, before the library throws it away', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'core-pty-'));
    try {
      writeFileSync(join(dir, 'left'), 'last');
      const fd = openSync(join(dir, 'left'), 'r');
      const { pid } = spawnSync('true');
      const { terminal: fake, data, exit } = terminal();
      const child = new PtyChild({ ...fake, pid, fd, ptsName: devNull });
      const output = text(child.stdout);
      data('first ');
      // as the library does when it was kept waiting: its timer is due, and nobody has come to read
      setTimeout(() => {
        closeSync(fd);
        exit();
      }, 200);
      expect(await output).toBe('first last');
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  it('PtyLauncher hands on what the terminal is to be', async () => {
    const { terminal: fake } = terminal();
    const asked: unknown[] = [];
    const library: PtyLibrary = { spawn: (...all) => (asked.push(...all), fake) };
    const launcher = new PtyLauncher(() => Promise.resolve({ default: library }));
    const plan = {
      file: '/bin/sh',
      args: ['-c', ':'],
      dir: '/',
      env: { A: '1' },
      pty: { columns: 1, rows: 2, name: 'n' },
    };
    await launcher.launch(plan as unknown as LaunchPlan, () => undefined);
    await launcher.close();
    const options = { name: 'n', cols: 1, rows: 2, cwd: '/', env: { A: '1' }, encoding: null };
    expect(JSON.parse(JSON.stringify(asked))).toEqual(['/bin/sh', ['-c', ':'], options]);
  });
});
