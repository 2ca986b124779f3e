import { PassThrough } from 'node:stream';

import { describe, expect, it } from '@jest/globals';

import type { OutputLine } from '../../src/output/lines.ts';
import { ProcessOutput } from '../../src/output/output.ts';
import type { StreamName } from '../../src/output/stream-name.ts';

interface Rig {
  readonly output: ProcessOutput;
  readonly stdout: PassThrough;
  readonly stderr: PassThrough;
}

const rig = (size = 1024, onLines?: (stream: StreamName, lines: readonly OutputLine[]) => void): Rig => {
  const output = new ProcessOutput({ sizes: { stdout: size, stderr: size }, maxLineBytes: 1024, onLines });
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  output.attach('stdout', stdout);
  output.attach('stderr', stderr);
  return { output, stdout, stderr };
};
const flushed = (stream: PassThrough, text: string): Promise<void> =>
  new Promise((resolve) => {
    stream.write(text, () => {
      setImmediate(resolve);
    });
  });
const all = async (lines: AsyncIterable<OutputLine>): Promise<string[]> => {
  const texts: string[] = [];
  for await (const { stream, line } of lines) texts.push(`${stream} ${line}`);
  return texts;
};

describe('Good', () => {
  it('ProcessOutput.lines begins at the beginning, however late it is asked for', async () => {
    const { output, stdout, stderr } = rig();
    await flushed(stdout, 'a\nb');
    await flushed(stderr, 'E\n');
    const lines = output.lines();
    await flushed(stdout, 'b\nc');
    await output.drain();
    expect(await all(lines)).toEqual(['stdout a', 'stderr E', 'stdout bb', 'stdout c']);
    expect(await all(output.lines('stderr'))).toEqual(['stderr E']);
  });

  it('ProcessOutput tells lines a chunk at a time, and the last one at the end', async () => {
    const told: string[] = [];
    const { output, stdout } = rig(0, (stream, lines) => {
      told.push(`${stream} ${lines.map(({ line }) => line).join()}`);
    });
    await flushed(stdout, 'a\nb\nc');
    expect(told).toEqual(['stdout a,b']);
    await output.drain();
    expect(told).toEqual(['stdout a,b', 'stdout c']);
  });

  it('ProcessOutput.lines can be read by several at their own pace', async () => {
    const { output, stdout } = rig();
    const first = output.lines();
    await flushed(stdout, 'a\n');
    const second = output.lines();
    expect((await first.next()).value?.line).toBe('a');
    await flushed(stdout, 'b\n');
    await output.drain();
    expect(await all(first)).toEqual(['stdout b']);
    expect(await all(second)).toEqual(['stdout a', 'stdout b']);
  });

  it('ProcessOutput.lines answers those who wait, in the order in which they asked', async () => {
    const { output, stdout } = rig();
    const lines = output.lines();
    const answers = Promise.all([lines.next(), lines.next(), lines.next()]);
    await flushed(stdout, 'a\nb\n');
    await output.drain();
    expect((await answers).map(({ value }) => value?.line)).toEqual(['a', 'b', undefined]);
  });
});

describe('Bad', () => {
  it('ProcessOutput.lines that were left are over, and the stream flows again', async () => {
    const { output, stdout } = rig(0);
    const lines = output.lines();
    await flushed(stdout, `${'x'.repeat(1000)}\n`.repeat(400));
    expect(stdout.isPaused()).toBe(true);
    await lines.return();
    expect(stdout.isPaused()).toBe(false);
    expect(await lines.next()).toEqual({ done: true, value: undefined });
  });

  it('ProcessOutput.lines rejects with the reason of its signal, once', async () => {
    const { output } = rig();
    const controller = new AbortController();
    const reason = new Error('enough');
    const lines = output.lines(undefined, controller.signal);
    const next = lines.next();
    controller.abort(reason);
    await expect(next).rejects.toBe(reason);
    expect(await lines.next()).toEqual({ done: true, value: undefined });
  });

  it('ProcessOutput.lines rejects with the reason of a signal that came between two lines', async () => {
    const { output, stdout } = rig();
    const controller = new AbortController();
    const reason = new Error('enough');
    const lines = output.lines(undefined, controller.signal);
    await flushed(stdout, 'a\nb\n');
    await lines.next();
    controller.abort(reason);
    await expect(lines.next()).rejects.toBe(reason);
    expect(await lines.next()).toEqual({ done: true, value: undefined });
  });
});

describe('Ugly', () => {
  it('ProcessOutput slows a stream whose lines are not read, and only that', async () => {
    const { output, stdout, stderr } = rig(0);
    const lines = output.lines('stdout');
    await flushed(stdout, `${'x'.repeat(999)}\n`.repeat(400));
    expect([stdout.isPaused(), stderr.isPaused()]).toEqual([true, false]);
    for (let i = 0; i < 400; i += 1) await lines.next();
    expect(stdout.isPaused()).toBe(false);
  });

  it('ProcessOutput.drain takes what is left though nobody reads', async () => {
    const { output, stdout } = rig(0);
    const lines = output.lines();
    const text = `${'x'.repeat(999)}\n`.repeat(1000);
    stdout.write(text);
    await output.drain();
    expect(await all(lines)).toHaveLength(1000);
  });

  it('ProcessOutput goes on after a stream was reset', async () => {
    const { output, stdout, stderr } = rig();
    await flushed(stdout, 'a\n');
    stdout.destroy(new Error('ECONNRESET'));
    await flushed(stderr, 'b\n');
    await output.drain();
    expect(output.allText()).toBe('a\nb\n');
  });

  it('ProcessOutput takes nothing more once it is over', async () => {
    const { output, stdout } = rig();
    await flushed(stdout, 'a');
    output.end();
    await flushed(stdout, 'b');
    expect([output.allText(), output.truncated]).toEqual(['a', false]);
  });

  it('ProcessOutput.lines begins with a whole character where the beginning is lost', async () => {
    const { output, stdout } = rig(5);
    await flushed(stdout, 'x€€');
    await flushed(stdout, '\n');
    await output.drain();
    expect(await all(output.lines())).toEqual(['stdout €']);
  });
});
