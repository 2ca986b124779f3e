import { fileURLToPath } from 'node:url';

import { describe, expect, it, jest } from '@jest/globals';
import { needs } from '@core/tooling/needs';

import type { StartOptions } from '../src/options.ts';
import type { OutputLine } from '../src/output/lines.ts';
import type { Process } from '../src/process.ts';
import { Service } from '../src/service.ts';
import { scriptedCommand, type ScriptedCommand, type ScriptedRun } from '../src/testing/index.ts';

jest.setTimeout(60_000); // many programs are started, on a machine that may be busy

interface Started extends AsyncDisposable {
  readonly service: Service;
  readonly command: ScriptedCommand;
  readonly child: Process;
  readonly run: ScriptedRun;
}

const start = async (options: StartOptions = {}): Promise<Started> => {
  const command = await scriptedCommand();
  const service = new Service();
  const child = await service.start(command.command, command.args, options);
  const run = await command.next();
  return {
    ...{ service, command, child, run },
    [Symbol.asyncDispose]: async () => {
      await command.close();
      await service.close();
    },
  };
};
const texts = async (lines: AsyncIterable<OutputLine>): Promise<string[]> => {
  const all: string[] = [];
  for await (const { stream, line } of lines) all.push(`${stream} ${line}`);
  return all;
};
const EXHAUSTED = fileURLToPath(new URL('fixtures/exhausted.mjs', import.meta.url));
const PIPED: StartOptions = { stdio: { stdin: 'pipe' } };

describe('Good', () => {
  it('Process tells where it stands', async () => {
    await using started = await start({ dir: '/' });
    const { child, run } = started;
    expect(child.info()).toMatchObject({ id: 'proc-1', pid: run.pid, dir: '/', status: 'running' });
    expect([child.isRunning, child.exitCode, child.dir]).toEqual([true, undefined, run.dir]);
    await run.exit(7);
    const result = await child.wait();
    expect(result.outcome).toEqual({ kind: 'exited', code: 7 });
    expect([child.isRunning, child.status, child.exitCode, child.killSignal]).toEqual([false, 'exited', 7, undefined]);
    expect(child.durationMs).toBe(result.durationMs);
    expect(child.info()).toEqual(JSON.parse(JSON.stringify(child.info())));
    expect(child.info().startedAt).toBe(child.startedAt.toISOString());
  });

  it('Process.lines begins at the beginning, and tells what is printed while it is printed', async () => {
    await using started = await start();
    const { child, run } = started;
    await run.print('stdout', 'a\nb');
    const lines = child.lines();
    expect((await lines.next()).value).toEqual({ stream: 'stdout', line: 'a' });
    await run.print('stderr', 'E\r\n');
    expect((await lines.next()).value).toEqual({ stream: 'stderr', line: 'E' });
    await run.print('stdout', '2\nlast');
    await run.exit();
    expect(await texts(lines)).toEqual(['stdout b2', 'stdout last']);
    expect(await texts(child.lines({ stream: 'stderr' }))).toEqual(['stderr E']);
  });

  it('Process.output has both streams, and each is there by itself', async () => {
    await using started = await start();
    const { child, run } = started;
    const lines = child.lines();
    await run.print('stdout', 'one\n');
    await lines.next();
    await run.print('stderr', 'two\n');
    await lines.next();
    await run.print('stdout', 'three');
    await run.exit();
    await child.done;
    expect([child.output(), child.stdout, child.stderr]).toEqual(['one\ntwo\nthree', 'one\nthree', 'two\n']);
    expect(child.outputBytes()).toEqual(Buffer.from('one\ntwo\nthree'));
  });

  it('Process.sendInput and closeStdin are read on the other side', async () => {
    await using started = await start(PIPED);
    const { child, run } = started;
    await child.sendInput('text €');
    expect(await run.read()).toBe('text €');
    await child.sendInput(Buffer.from('bytes'));
    expect(await run.read()).toBe('bytes');
    await child.closeStdin();
    await child.closeStdin();
    expect(await run.read()).toBeUndefined();
  });

  it('Process.kill ends the tree politely', async () => {
    await using started = await start();
    const { child, run } = started;
    const other = await run.spawn();
    await child.kill();
    await Promise.all([run.gone, other.gone]);
    expect((await child.done).outcome).toEqual({
      kind: 'signaled',
      killSignal: 'SIGTERM',
      by: 'stop',
      escalated: false,
    });
    expect([child.status, child.killSignal]).toEqual(['killed', 'SIGTERM']);
  });

  it('Process.sendSignal sends just that', async () => {
    await using started = await start();
    const { child, run } = started;
    await run.trap('SIGHUP');
    child.sendSignal('SIGHUP');
    await run.received('SIGHUP');
    expect(child.isRunning).toBe(true);
  });

  it('Process is disposed of by ending it', async () => {
    await using started = await start();
    await started.child[Symbol.asyncDispose]();
    expect(started.child.status).toBe('killed');
  });

  it('Process that is detached can be waited for, and is ended only by kill()', async () => {
    await using started = await start({ detached: true });
    const { service, child, run } = started;
    await service.close();
    await run.print('stdout', 'alive');
    await child.kill();
    await run.gone;
    expect((await child.done).stdout).toBe('alive');
  });
});

describe('Bad', () => {
  it('Process.sendInput is refused where stdin is no pipe, is closed, or is given', async () => {
    await using closed = await start();
    await expect(closed.child.sendInput('x')).rejects.toMatchObject({
      code: 'ERR_PROCESS_STDIN_UNAVAILABLE',
      hint: 'Ask for it with `stdio: { stdin: "pipe" }`.',
    });
    await expect(closed.child.closeStdin()).rejects.toMatchObject({ code: 'ERR_PROCESS_STDIN_UNAVAILABLE' });
    await expect(closed.child.sendInput(7 as unknown as string)).rejects.toThrow(TypeError);

    await using given = await start({ input: 'all' });
    await expect(given.child.sendInput('x')).rejects.toThrow(
      /^Cannot write to proc-1 \(.*\): its stdin is given by `input`$/,
    );

    await using piped = await start(PIPED);
    await piped.child.closeStdin();
    await expect(piped.child.sendInput('x')).rejects.toMatchObject({ code: 'ERR_PROCESS_STDIN_UNAVAILABLE' });
  });

  it('Process.sendInput and sendSignal are refused where it is over; kill and closeStdin are fine', async () => {
    await using started = await start(PIPED);
    const { child, run } = started;
    await run.exit();
    await child.done;
    await expect(child.sendInput('x')).rejects.toMatchObject({ code: 'ERR_PROCESS_NOT_RUNNING', id: 'proc-1' });
    expect(() => {
      child.sendSignal('SIGTERM');
    }).toThrow(expect.objectContaining({ code: 'ERR_PROCESS_NOT_RUNNING' }));
    await child.closeStdin();
    await child.kill();
    expect((await child.done).outcome).toEqual({ kind: 'exited', code: 0 });
    expect(child.status).toBe('exited');
  });

  it('Process refuses signals and streams that there are not', async () => {
    await using started = await start();
    expect(() => {
      started.child.sendSignal('SIGNOTHING' as NodeJS.Signals);
    }).toThrow(TypeError);
    expect(() => started.child.lines({ stream: 'both' as 'stdout' })).toThrow(
      new TypeError('stream must be "stdout" or "stderr", not "both"'),
    );
  });

  it('Process.wait rejects with the reason of its own signal, and the process runs on', async () => {
    await using started = await start();
    const { child, run } = started;
    const controller = new AbortController();
    const reason = new Error('no time');
    const waiting = child.wait({ signal: controller.signal });
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await expect(child.wait({ signal: controller.signal })).rejects.toBe(reason);
    expect(() => child.lines({ signal: controller.signal })).toThrow(reason);
    await run.exit(3);
    expect((await child.wait({ signal: new AbortController().signal })).exitCode).toBe(3);
  });

  it('Process tells who was behind a signal', async () => {
    await using service = new Service();
    await using command = await scriptedCommand();
    const end = async (how: (child: Process, run: ScriptedRun) => unknown): Promise<unknown> => {
      const child = await service.start(command.command, command.args);
      await how(child, await command.next());
      return (await child.done).outcome;
    };
    const signaled = { kind: 'signaled', escalated: false };
    expect(await end((_, run) => run.raise('SIGSEGV'))).toEqual({ ...signaled, killSignal: 'SIGSEGV', by: 'self' });
    expect(await end((_, run) => process.kill(run.pid, 'SIGKILL'))).toEqual({
      ...signaled,
      ...{ killSignal: 'SIGKILL', by: 'outside' },
    });
    expect(
      await end((child) => {
        child.sendSignal('SIGINT');
      }),
    ).toEqual({ ...signaled, killSignal: 'SIGINT', by: 'stop' });
  });

  it('Process is no promise', async () => {
    await using started = await start();
    expect(await Promise.resolve(started.child)).toBe(started.child);
  });
});

describe('Ugly', () => {
  it('Process.kill kills those that ignore the polite signal, and says so', async () => {
    await using started = await start({ gracePeriodMs: 10 });
    const { child, run } = started;
    const other = await run.spawn();
    await Promise.all([run.trap('SIGTERM'), other.trap('SIGTERM')]);
    await child.kill();
    await Promise.all([run.gone, other.gone]);
    expect((await child.done).outcome).toEqual({
      kind: 'signaled',
      killSignal: 'SIGKILL',
      by: 'stop',
      escalated: true,
    });
  });

  needs('linux')('Process.kill ends the tree of one in the foreground, and nobody else of its group', async () => {
    await using started = await start({ stdio: { stdin: 'inherit' } });
    const { child, run } = started;
    const others = [await run.spawn(), await run.spawn({ session: true, orphan: true })];
    await child.kill();
    await Promise.all([run.gone, ...others.map(({ gone }) => gone)]);
    expect((await child.done).outcome).toMatchObject({ kind: 'signaled', by: 'stop', escalated: false });
  });

  it('Process.kill a second time does not shorten the first', async () => {
    await using started = await start({ gracePeriodMs: 60_000 });
    const { child, run } = started;
    await run.trap('SIGTERM');
    const kills = [child.kill(), child.kill()];
    await run.received('SIGTERM');
    kills.push(child.kill());
    await run.print('stdout', 'goodbye');
    await run.exit(5);
    await Promise.all(kills);
    const result = await child.done;
    expect(result.outcome).toEqual({ kind: 'signaled', killSignal: 'SIGTERM', by: 'stop', escalated: false });
    expect([result.stdout, result.exitCode, result.ok, child.status]).toEqual(['goodbye', 5, false, 'killed']);
  });

  needs('linux')('Process.kill works while this program can open no file', async () => {
    await using service = new Service();
    const { stdout } = await service.run('ulimit -n 64; exec "$NODE"', [EXHAUSTED], {
      shell: true,
      env: { NODE: process.execPath },
    });
    expect(JSON.parse(stdout)).toEqual({ kind: 'signaled', killSignal: 'SIGKILL', by: 'stop', escalated: true });
  });

  needs('linux')('Process.kill ends what a process that is over has left behind', async () => {
    await using started = await start();
    const { child, run } = started;
    const left = [
      await run.spawn(),
      await run.spawn({ session: true }),
      await run.spawn({ session: true, orphan: true }),
    ];
    await run.exit();
    await child.done;
    await child.kill();
    await Promise.all(left.map(({ gone }) => gone));
    expect(child.status).toBe('exited');
  });

  it('Process.done does not wait for a grandchild that holds the pipes, and nothing is lost', async () => {
    await using started = await start({ capture: { stdoutBytes: 4_194_304 } });
    const { child, run } = started;
    const other = await run.spawn({ session: true });
    const line = `${'x'.repeat(99)}\n`;
    await run.print('stdout', line, 10_000);
    await run.exit();
    expect((await child.done).stdout).toBe(line.repeat(10_000));
    expect(await other.env('PATH')).toBe(process.env['PATH']);
  });

  it('Process.done does not wait for a grandchild that writes for ever', async () => {
    await using service = new Service();
    const result = await service.run('sh', ['-c', 'yes & echo mine >&2'], { capture: { stdoutBytes: 10 } });
    expect(result.stderr).toBe('mine\n');
  });

  it('Process.kill works on one that floods while nobody reads its lines', async () => {
    await using service = new Service();
    const child = await service.start('yes');
    const lines = child.lines();
    expect((await lines.next()).value?.line).toBe('y');
    await child.kill();
    expect((await child.done).outcome).toMatchObject({ kind: 'signaled', by: 'stop', escalated: false });
    expect((await lines.next()).value?.line).toBe('y');
  });

  it('Process.lines that are not read slow the process down', async () => {
    await using service = new Service();
    const child = await service.start('seq', ['1000000'], { capture: false });
    const lines = child.lines();
    let last = '';
    for await (const { line } of lines) {
      last = line;
      if (line === '3') break;
    }
    expect(last).toBe('3');
    expect((await child.done).ok).toBe(true);
  });

  it('Process.lines gives 200,000 lines in order', async () => {
    await using service = new Service();
    const child = await service.start('seq', ['200000'], { capture: false });
    let count = 0;
    for await (const { line } of child.lines()) {
      count += 1;
      if (line !== String(count)) throw new Error(`${line} came in place of ${String(count)}`);
    }
    expect(count).toBe(200_000);
  });

  it('Process.lines gives a long line in pieces', async () => {
    await using service = new Service();
    const child = await service.start('printf', ['%s', 'abcdefghij'], { maxLineBytes: 4 });
    const pieces: OutputLine[] = [];
    for await (const piece of child.lines()) pieces.push(piece);
    expect(pieces).toEqual([
      { stream: 'stdout', line: 'abcd', partial: true },
      { stream: 'stdout', line: 'efgh', partial: true },
      { stream: 'stdout', line: 'ij' },
    ]);
  });

  it('Process.kill works at once on one that never reads, and its sendInput is told', async () => {
    await using started = await start(PIPED);
    const { child } = started;
    const sending = child.sendInput(Buffer.alloc(100_000_000));
    const told = expect(sending).rejects.toMatchObject({ code: 'ERR_PROCESS_NOT_RUNNING' });
    await child.kill();
    await told;
  });

  it('Process.sendInput is told where the process closes its stdin', async () => {
    await using service = new Service();
    const child = await service.start('sh', ['-c', 'exec <&-; echo closed; exec sleep 300'], PIPED);
    for await (const { line } of child.lines()) {
      expect(line).toBe('closed');
      break;
    }
    const sent = child.sendInput('x'.repeat(10_000_000));
    await expect(sent).rejects.toMatchObject({ code: 'ERR_PROCESS_STDIN_UNAVAILABLE', cause: { code: 'EPIPE' } });
  });

  it('Process has the bytes that it wrote, whatever they are', async () => {
    await using service = new Service();
    const all = Buffer.from(Array.from({ length: 700_000 }, (_, i) => (i * 7919) % 256));
    const result = await service.run('cat', [], { input: all });
    expect(Buffer.from(result.stdoutBytes).equals(all)).toBe(true);
  });
});
