import { PassThrough } from 'node:stream';

import { describe, expect, it } from '@jest/globals';

import { Courier } from '../../src/output/courier.ts';
import { OutputEncoding } from '../../src/output/encoding.ts';
import type { LineListener } from '../../src/output/line-events.ts';
import type { OutputLine } from '../../src/output/lines.ts';
import type { OutputChunk } from '../../src/output/output-chunk.ts';
import { ProcessOutput } from '../../src/output/output.ts';

interface Rig {
  readonly output: ProcessOutput;
  readonly stdout: PassThrough;
  readonly stderr: PassThrough;
}

const rig = (size = 1024, listener?: LineListener): Rig => {
  const output = new ProcessOutput({
    sizes: { stdout: size, stderr: size },
    format: { encoding: OutputEncoding.UTF8, maxLineBytes: 1024 },
    courier: new Courier(),
    listener,
  });
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
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
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
    expect(await all(output.lines({ stream: 'stderr' }))).toEqual(['stderr E']);
  });

  it('ProcessOutput tells lines as they come, and the last one at the end', async () => {
    const told: string[] = [];
    const { output, stdout } = rig(0, {
      hear: ({ stream, lines }) => {
        for (const line of lines) told.push(`${stream} ${line}`);
      },
      wants: () => true,
    });
    await flushed(stdout, 'a\nb\nc');
    while (told.length < 2) await turn();
    expect(told).toEqual(['stdout a', 'stdout b']);
    await output.drain();
    await new Promise<void>((resolve) => {
      output.whenTold(resolve);
    });
    expect(told).toEqual(['stdout a', 'stdout b', 'stdout c']);
  });

  it('ProcessOutput.batches has the lines together that one chunk completes', async () => {
    const { output, stdout, stderr } = rig();
    await flushed(stdout, 'a\nb\nc');
    const batches = output.batches();
    await flushed(stderr, 'E\n');
    await flushed(stdout, 'c\n');
    await output.drain();
    const all: string[] = [];
    for await (const { stream, lines } of batches) all.push(`${stream} ${lines.join()}`);
    expect(all).toEqual(['stdout a,b', 'stderr E', 'stdout cc']);
  });

  it('ProcessOutput.chunks has the bytes from the beginning, whatever they are', async () => {
    const { output, stdout, stderr } = rig();
    await flushed(stdout, 'a\n$ ');
    const chunks = output.chunks();
    const bytesOf = ({ value }: IteratorResult<OutputChunk, undefined>): string =>
      value === undefined ? 'over' : `${value.stream} ${Buffer.from(value.bytes).toString('latin1')}`;
    expect(bytesOf(await chunks.next())).toBe('stdout a\n$ ');
    await flushed(stderr, '\u00ff');
    expect(bytesOf(await chunks.next())).toBe('stderr \u00c3\u00bf');
    await output.drain();
    expect(bytesOf(await chunks.next())).toBe('over');
    expect(bytesOf(await output.chunks({ stream: 'stderr' }).next())).toBe('stderr \u00c3\u00bf');
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
    const lines = output.lines({ signal: controller.signal });
    const next = lines.next();
    controller.abort(reason);
    await expect(next).rejects.toBe(reason);
    expect(await lines.next()).toEqual({ done: true, value: undefined });
  });

  it('ProcessOutput.lines rejects with the reason of a signal that came between two lines', async () => {
    const { output, stdout } = rig();
    const controller = new AbortController();
    const reason = new Error('enough');
    const lines = output.lines({ signal: controller.signal });
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
    const lines = output.lines({ stream: 'stdout' });
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
