import { createHash } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';
import { needs } from '@core/tooling/needs';

import type { ProcessEvents } from '../../src/events.ts';
import type { StartOptions } from '../../src/options.ts';
import { Service } from '../../src/service.ts';
import { scriptedCommand } from '../../src/testing/index.ts';

const node = (script: string): [string, string[]] => [process.execPath, ['-e', script]];
const sha256 = (bytes: Iterable<Uint8Array> | Uint8Array): string => {
  const hash = createHash('sha256');
  for (const part of bytes instanceof Uint8Array ? [bytes] : bytes) hash.update(part);
  return hash.digest('hex');
};
/** A program that writes 64 MiB of random bytes to stdout, and their hash to stderr. */
const RANDOM = node(`
  const { createHash, randomFillSync } = require('node:crypto');
  const { writeSync } = require('node:fs');
  const hash = createHash('sha256');
  const bytes = Buffer.alloc(1048577);
  for (let left = 67108864; left > 0;) {
    const chunk = randomFillSync(bytes).subarray(0, Math.min(left, bytes.length));
    hash.update(chunk);
    for (let from = 0; from < chunk.length;) from += writeSync(1, chunk, from);
    left -= chunk.length;
  }
  console.error(hash.digest('hex'));
`);
/** Ten lines to each stream in turn. */
const BOTH = ['-c', 'for i in 0 1 2 3 4 5 6 7 8 9; do echo o$i; echo e$i >&2; done'];
const IN_ORDER = Array.from({ length: 10 }, (_, i) => `o${String(i)}\ne${String(i)}\n`).join('');

describe('Good', () => {
  it('Process.chunks shows a prompt without a line end at once', async () => {
    await using command = await scriptedCommand();
    await using service = new Service();
    const child = await service.start(command.command, command.args);
    const run = await command.next();
    const chunks = child.chunks();
    await run.print('stdout', 'Password: ');
    const { value } = await chunks.next();
    expect([value?.stream, Buffer.from(value?.bytes ?? []).toString()]).toEqual(['stdout', 'Password: ']);
    await run.exit();
    expect(await chunks.next()).toEqual({ done: true, value: undefined });
  });

  it('Process.chunks has the bytes that a capture of all has, and one of nothing loses none', async () => {
    await using service = new Service();
    for (const capture of [{ stdoutBytes: 67_108_864 }, false] as const) {
      const child = await service.start(...RANDOM, { capture: capture === false ? { stdoutBytes: 0 } : capture });
      const hash = createHash('sha256');
      for await (const { bytes } of child.chunks({ stream: 'stdout' })) hash.update(bytes);
      const { stderr, stdoutBytes, truncated } = await child.done;
      expect(hash.digest('hex')).toBe(stderr.trim());
      expect([stdoutBytes.length, truncated]).toEqual([capture === false ? 0 : 67_108_864, false]);
      if (capture !== false) expect(sha256(stdoutBytes)).toBe(stderr.trim());
    }
  });

  it('Process.lineBatches has 1,000,000 lines, each as it was written', async () => {
    await using service = new Service();
    const child = await service.start('seq', ['1000000'], { capture: false });
    let count = 0;
    for await (const { lines } of child.lineBatches()) {
      for (const line of lines) {
        count += 1;
        if (line !== String(count)) throw new Error(`${line} came in place of ${String(count)}`);
      }
    }
    expect(count).toBe(1_000_000);
  });

  needs('linux')(
    'Process.output is in the exact order where stdout and stderr are merged, 40 of 40 times',
    async () => {
      await using service = new Service({ defaults: { output: 'merged' } });
      for (let i = 0; i < 40; i += 1) {
        const result = await service.run('sh', BOTH);
        expect([result.stdout, result.stderr]).toEqual([IN_ORDER, '']);
        expect(result.output).toBe(IN_ORDER);
      }
    },
  );

  it('Process.lines are decoded as the encoding says', async () => {
    await using service = new Service();
    const lines = async (encoding: string, bytes: Uint8Array): Promise<string[]> => {
      const child = await service.start('cat', [], { encoding, input: bytes });
      const all: string[] = [];
      for await (const { line } of child.lines()) all.push(line);
      const { stdout, stdoutBytes } = await child.done;
      expect(stdout.split(/\r?\n/)).toEqual([...all, '']);
      expect(Buffer.from(stdoutBytes).equals(bytes)).toBe(true);
      return all;
    };
    expect(await lines('shift_jis', Buffer.of(0x93, 0xfa, 0x96, 0x7b, 0x0a))).toEqual(['日本']);
    expect(await lines('windows-1252', Buffer.of(0x80, 0x92, 0x0d, 0x0a))).toEqual(['€’']);
    expect(await lines('latin1', Buffer.of(0xe9, 0x80, 0x0a))).toEqual(['é\u0080']);
    expect(await lines('utf16le', Buffer.from('a€\r\n😀\n', 'utf16le'))).toEqual(['a€', '😀']);
  });
});

describe('Bad', () => {
  it('Service.start refuses an encoding and an output that there are not, before anything happens', async () => {
    const started: string[] = [];
    await using service = new Service({ events: { started: ({ id }) => started.push(id) } });
    await expect(service.start('true', [], { encoding: 'klingon' })).rejects.toThrow(
      new RangeError(
        'encoding must be "utf8", "latin1", "utf16le" or a label of the Encoding Standard such as "shift_jis", not "klingon"',
      ),
    );
    await expect(service.start('true', [], { encoding: 7 as unknown as string })).rejects.toThrow(TypeError);
    await expect(service.start('true', [], { output: 'both' as 'split' })).rejects.toThrow(
      new TypeError('output must be "split" or "merged", not "both"'),
    );
    await expect(service.start('true', [], { output: 'merged', stdio: { stderr: 'inherit' } })).rejects.toThrow(
      new TypeError('output "merged" needs stdout and stderr to be pipes, and stdio makes one "inherit"'),
    );
    expect([started, service.list()]).toEqual([[], []]);
  });

  it('Service.start that fails with merged output says why, and leaves nothing', async () => {
    await using service = new Service();
    await expect(service.start('no-such-program', [], { output: 'merged' })).rejects.toMatchObject({
      code: 'ERR_PROCESS_SPAWN_FAILED',
      outcome: { kind: 'spawnFailed', code: 'ENOENT', what: 'command' },
    });
  });

  it('Process.chunks rejects with the reason of its signal, and the process runs on', async () => {
    await using service = new Service();
    const child = await service.start('cat', [], { stdio: { stdin: 'pipe' } });
    const controller = new AbortController();
    const reason = new Error('enough');
    const next = child.chunks({ signal: controller.signal }).next();
    controller.abort(reason);
    await expect(next).rejects.toBe(reason);
    expect(() => child.lineBatches({ signal: controller.signal })).toThrow(reason);
    await child.closeStdin();
    expect((await child.done).ok).toBe(true);
  });
});

describe('Ugly', () => {
  it('Process.lines tears none of 700,000 characters of three bytes', async () => {
    await using service = new Service();
    const child = await service.start(
      ...node(`
        const { writeSync } = require('node:fs');
        const bytes = Buffer.from(('€'.repeat(999) + '\\n').repeat(700) + '€'.repeat(700));
        for (let from = 0; from < bytes.length;) from += writeSync(1, bytes, from, Math.min(997, bytes.length - from));
      `),
    );
    let text = '';
    for await (const { line } of child.lines()) text += line;
    expect(text === '€'.repeat(700_000)).toBe(true);
  });

  it('Process.lines has a line of 64 MiB in pieces, of which few are in memory', async () => {
    await using service = new Service();
    const child = await service.start('sh', ['-c', 'head -c 67108864 /dev/zero'], { capture: false });
    let length = 0;
    for await (const { line } of child.lines()) {
      expect(line.length).toBeLessThanOrEqual(1_048_576);
      length += line.length;
    }
    expect(length).toBe(67_108_864);
  });

  const ways: Record<string, StartOptions> = {
    split: {},
    merged: { output: 'merged' },
    'without capture': { capture: false },
  };
  for (const [way, options] of Object.entries(ways)) {
    it(`Process.done does not wait for a grandchild that holds the pipes, nor for a slow reader (${way})`, async () => {
      await using command = await scriptedCommand();
      await using service = new Service();
      const child = await service.start(command.command, command.args, options);
      const run = await command.next();
      const other = await run.spawn({ session: true });
      const lines = child.lines();
      // 22 of 16 KiB are left when it exits: 19 may wait here, and it is held up from the 30th on, however they come
      const line = 'x'.repeat(16_383);
      void run.print('stdout', `${line}\n`, 52).then(() => run.exit());
      let read = 0;
      for (; read < 30; read += 1) expect((await lines.next()).value?.line === line).toBe(true);
      await child.done;
      for await (const { line: text } of lines) {
        expect(text === line).toBe(true);
        read += 1;
      }
      expect(read).toBe(52);
      expect(await other.env('PATH')).toBe(process.env['PATH']); // it lives
    });
  }

  it('Process.kill works at once while lines are told to a slow listener, who hears all of them before the end', async () => {
    const heard: string[] = [];
    let last = '';
    let isOver = (): void => undefined;
    const over = new Promise<void>((resolve) => (isOver = resolve));
    const slow: ProcessEvents = {
      lines: ({ id, lines }) => {
        for (const line of lines) {
          for (const until = performance.now() + 1; performance.now() < until;);
          heard.push(line);
        }
        last = `lines ${id}`;
      },
      exited: ({ id }) => {
        last = `exited ${id}`;
        if (id === 'proc-1') isOver();
      },
    };
    await using service = new Service({ events: slow });
    const child = await service.start('sh', ['-c', 'seq 300; exec sleep 300']);
    const other = await service.run('true');
    expect(other.ok).toBe(true);
    for await (const { line } of child.lines()) if (line === '300') break;
    const told = heard.length;
    await child.kill();
    expect(told).toBeLessThan(300);
    await over;
    expect(heard).toEqual(Array.from({ length: 300 }, (_, i) => String(i + 1)));
    expect(last).toBe('exited proc-1');
  });

  it('Process is slowed down by a listener that is slow, not the memory of this program', async () => {
    let isWanted = true;
    let bytes = 0;
    const events: ProcessEvents = {
      lines: ({ lines }) => {
        for (const until = performance.now() + 5; performance.now() < until;);
        for (const line of lines) bytes += line.length + 1;
      },
      wantsLines: () => isWanted,
    };
    await using service = new Service({ events });
    const child = await service.start('sh', ['-c', 'yes | head -c 4000000; echo; echo end >&2; exec sleep 300']);
    for (let i = 0; i < 20; i += 1) await new Promise((resolve) => setImmediate(resolve));
    expect(child.stderr).toBe(''); // it is still at its stdout
    expect(bytes).toBeLessThan(2_000_000);
    isWanted = false;
    for await (const { line } of child.lines({ stream: 'stderr' })) {
      expect(line).toBe('end');
      break;
    }
  });

  it('Process.output of a process that floods while nobody reads is the end of it', async () => {
    await using service = new Service({ bufferSizeBytes: 1000 });
    const { stdout, truncated } = await service.run('sh', ['-c', 'yes | head -c 20000000; echo end']);
    expect([stdout.length, stdout.endsWith('y\nend\n'), truncated]).toEqual([1000, true, true]);
  });
});
