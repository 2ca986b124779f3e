import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { needs } from '@core/tooling/needs';

import { Service } from '../../src/service.ts';
import { isZombie } from '../../src/terminate/proc-table.ts';
import { sendSignalTo } from '../../src/terminate/send-signal.ts';
import { scriptedCommand } from '../../src/testing/index.ts';

jest.setTimeout(60_000); // many programs are started, on a machine that may be busy

const PARENT = fileURLToPath(new URL('fixtures/warden-parent.mjs', import.meta.url));

const usual = process.env['TMPDIR'];
let dir = '';
beforeAll(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'core-launch-')));
  process.env['TMPDIR'] = dir;
});
afterAll(() => {
  if (usual === undefined) Reflect.deleteProperty(process.env, 'TMPDIR');
  else process.env['TMPDIR'] = usual;
  rmSync(dir, { recursive: true });
});

const parentOf = (pid: number | undefined): number =>
  Number(
    readFileSync(`/proc/${String(pid)}/stat`, 'latin1')
      .split(') ')
      .pop()
      ?.split(' ')[1],
  );

/** A child that waits, and the warden that has started it. */
async function startedBy(service: Service): Promise<{ child: Awaited<ReturnType<Service['start']>>; warden: number }> {
  const child = await service.start('sleep', ['300']);
  return { child, warden: parentOf(child.pid) };
}

/** Resolves when nobody holds the other end of the third pipe of a program. */
async function endOfAll(death: string): Promise<string> {
  const parent = spawn(process.execPath, [PARENT, death], { stdio: ['pipe', 'pipe', 'ignore'] });
  const ended = once(parent.stdout, 'end');
  const exited = once(parent, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const said = new Set<string>();
  for await (const letters of parent.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    for (const letter of String(letters).trim()) said.add(letter);
    if (['c', 'g', 's', 'd'].every((letter) => said.has(letter))) break;
  }
  parent.stdin.write('die\n');
  const [code, killSignal] = await exited;
  parent.stdout.resume();
  await ended;
  return killSignal ?? String(code);
}

describe('Good', () => {
  needs('linux')(
    'Service with a warden starts processes from another one, of which nothing is in the file system',
    async () => {
      await using service = new Service({ launcher: 'warden' });
      const { child, warden } = await startedBy(service);
      expect(warden).not.toBe(process.pid);
      expect(readFileSync(`/proc/${String(warden)}/cmdline`, 'latin1')).toContain('core-process-warden');
      expect(readdirSync(dir)).toEqual([]);
      await child.kill();
      const again = await startedBy(service);
      expect(again.warden).toBe(warden);
    },
  );

  needs('linux')("Service with a warden has this program's own streams to inherit", async () => {
    await using service = new Service({ launcher: 'warden' });
    for (const target of ['inherit', 2] as const) {
      const result = await service.run('readlink', ['/proc/self/fd/2'], { stdio: { stderr: target } });
      expect(result.stdout).toBe(`${readlinkSync('/proc/self/fd/2')}\n`);
    }
  });

  needs('linux')('Service.close ends the warden', async () => {
    const service = new Service({ launcher: 'warden' });
    const { warden } = await startedBy(service);
    await service.close();
    expect(sendSignalTo(warden, 0)).toBe('gone');
  });

  needs('linux')('Service.close leaves the warden to a detached process, until that has ended', async () => {
    const service = new Service({ launcher: 'warden' });
    const child = await service.start('sh', ['-c', 'read line; exit 7'], {
      ...{ detached: true, stdio: { stdin: 'pipe' } },
    });
    const warden = parentOf(child.pid);
    await service.close();
    expect(sendSignalTo(warden, 0)).toBe('sent');
    await child.closeStdin();
    expect((await child.done).exitCode).toBe(7);
    while (sendSignalTo(warden, 0) !== 'gone') await new Promise((resolve) => setImmediate(resolve));
  });

  needs('linux')('Service with a warden does not hand the options of this Node on to it', async () => {
    process.env['NODE_OPTIONS'] = '--no-deprecation';
    try {
      await using service = new Service({ launcher: 'warden' });
      const { warden } = await startedBy(service);
      expect(readFileSync(`/proc/${String(warden)}/environ`, 'latin1')).not.toContain('NODE_OPTIONS');
      const { stdout } = await service.run('sh', ['-c', 'echo "$NODE_OPTIONS"']);
      expect(stdout).toBe('--no-deprecation\n');
    } finally {
      Reflect.deleteProperty(process.env, 'NODE_OPTIONS');
    }
  });

  it('Service with a warden has stdout and stderr in exact order where they are merged', async () => {
    await using service = new Service({ launcher: 'warden' });
    const script = 'for i in 0 1 2 3 4 5 6 7 8 9; do echo o$i; echo e$i >&2; done';
    const { stdout, stderr } = await service.run('sh', ['-c', script], { output: 'merged' });
    const digits = Array.from({ length: 10 }, (_, i) => `o${String(i)}\ne${String(i)}\n`);
    expect([stdout, stderr]).toEqual([digits.join(''), '']);
  });

  needs('linux')('Service with a warden lets a program end that has forgotten it', async () => {
    const parent = spawn(process.execPath, [PARENT, 'forget'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const exited = once(parent, 'exit') as Promise<[number]>;
    const [text, [code]] = await Promise.all([parent.stdout.toArray(), exited]);
    expect([Buffer.concat(text as Buffer[]).toString(), code]).toEqual(['forgotten\n', 0]);
  });
});

describe('Bad', () => {
  it('Service refuses a launcher that there is not', () => {
    expect(() => new Service({ launcher: 'wardrobe' as 'warden' })).toThrow(
      new TypeError('launcher must be "direct" or "warden", not "wardrobe"'),
    );
  });

  needs('linux')(
    'Service with a warden that is killed reports what it had started as killed, and begins another',
    async () => {
      await using service = new Service({ launcher: 'warden' });
      const { child, warden } = await startedBy(service);
      const detached = await service.start('sleep', ['300'], { detached: true, stdio: 'ignore' });
      process.kill(warden, 'SIGKILL');
      const { outcome } = await child.done;
      expect(outcome).toEqual({ kind: 'signaled', killSignal: 'SIGKILL', by: 'outside', escalated: false });
      const pid = child.pid ?? 0;
      expect(sendSignalTo(pid, 0) === 'gone' || isZombie(pid)).toBe(true);
      expect(detached.isRunning).toBe(true);
      const again = await startedBy(service);
      expect(again.warden).not.toBe(warden);
      await detached.kill();
    },
  );

  needs('linux')('Service with a warden refuses more than the system gives', async () => {
    await using service = new Service();
    const code = `import { Service } from '@core/process';
      const service = new Service({ launcher: 'warden' });
      const starts = await Promise.all(Array.from({ length: 30 }, () => service.start('sleep', ['300']).catch((e) => e)));
      await service.close();
      console.log(JSON.stringify(starts.map((one) => one.outcome?.what ?? one.status)));`;
    const { stdout } = await service.run('ulimit -n 48; exec "$NODE" --input-type=module -e "$SCRIPT"', [], {
      ...{ shell: true, env: { NODE: process.execPath, SCRIPT: code } },
      dir: fileURLToPath(new URL('.', import.meta.url)),
    });
    expect(new Set(JSON.parse(stdout) as string[])).toEqual(new Set(['killed', 'resources']));
  });
});

describe('Ugly', () => {
  needs('linux')(
    'Service with a warden leaves nothing behind when the program is killed, the warden neither',
    async () => {
      for (const death of ['SIGKILL', 'SIGTERM', 'exit', 'abort']) {
        expect([death, await endOfAll(death)]).toEqual([
          death,
          { SIGKILL: 'SIGKILL', SIGTERM: 'SIGTERM', exit: '0', abort: 'SIGABRT' }[death],
        ]);
      }
    },
  );

  needs('linux')('Service with a warden starts the next one though nobody has noticed that it was killed', async () => {
    await using service = new Service({ launcher: 'warden' });
    const { child, warden } = await startedBy(service);
    await child.kill();
    process.kill(warden, 'SIGKILL');
    // it is quite over, and this program has had no turn to hear of it
    while (!isZombie(warden) || readdirSync(`/proc/${String(warden)}/task`).length > 1);
    const results = await Promise.all([service.run('echo', ['1']), service.run('true', [], { stdio: 'ignore' })]);
    expect(results.map(({ stdout }) => stdout)).toEqual(['1\n', '']);
  });

  it('Service with a warden starts two hundred at once, each with its own output', async () => {
    await using service = new Service({ launcher: 'warden' });
    const results = await Promise.all(Array.from({ length: 200 }, (_, i) => service.run('echo', [String(i)])));
    expect(results.map(({ stdout }) => stdout)).toEqual(Array.from({ length: 200 }, (_, i) => `${String(i)}\n`));
  });

  it('Service.start that is aborted while the warden starts it leaves nothing running', async () => {
    await using command = await scriptedCommand();
    await using service = new Service({ launcher: 'warden' });
    await service.run('true');
    const controller = new AbortController();
    const reason = new Error('not wanted any more');
    const running = service.run(command.command, command.args, { signal: controller.signal });
    for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    controller.abort(reason);
    await expect(running).rejects.toBe(reason);
    expect(service.running()).toEqual([]);
  });

  it('Service.start with a warden lets whoever started a process hear its first word, though nothing is kept', async () => {
    await using service = new Service({ launcher: 'warden' });
    for (let i = 0; i < 40; i += 1) {
      const child = await service.start('echo', ['first'], { capture: false });
      const lines: string[] = [];
      for await (const { line } of child.lines()) lines.push(line);
      expect(lines).toEqual(['first']);
    }
  });

  it('Service with a warden loses no byte in either direction', async () => {
    await using service = new Service({ launcher: 'warden', bufferSizeBytes: 8_388_608 });
    const all = Buffer.from(Array.from({ length: 4_000_000 }, (_, i) => (i * 7919) % 256));
    const { stdoutBytes } = await service.run('cat', [], { input: all });
    expect(Buffer.from(stdoutBytes).equals(all)).toBe(true);
  });
});
