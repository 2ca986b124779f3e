import { getEventListeners, once } from 'node:events';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';

import { defineMedium, type DriverSink, ErrnoSignal, type Medium, MemoryMedium } from '@core/io';
import { describe, expect, it } from '@jest/globals';

import { bareDriver } from '../support/bare-driver.ts';

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A medium whose sink tells what is asked of it, and does one step each time that the test says so. */
function held(): { medium: Medium; calls: string[]; step: (error?: Error) => Promise<void> } {
  const calls: string[] = [];
  let go: (error?: Error) => void = () => undefined;
  const wait = (call: string): Promise<void> => {
    calls.push(call);
    return new Promise((resolve, reject) => {
      go = (error) => {
        calls.push(`${call} done`);
        if (error === undefined) resolve();
        else reject(error);
      };
    });
  };
  const sink: DriverSink = {
    write: (bytes) => wait(`write ${Buffer.from(bytes).toString()}`),
    commit: () => wait('commit'),
    abort: () => void calls.push('abort'),
  };
  const create = async (): Promise<DriverSink> => {
    await wait('open');
    return sink;
  };
  const step = async (error?: Error): Promise<void> => {
    await settled();
    go(error);
    await settled();
  };
  return { medium: defineMedium({ ...bareDriver(), create }), calls, step };
}

function failure(stream: Writable): Promise<unknown> {
  return finished(stream).then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('writeStream()', () => {
  describe('Good', () => {
    it.each([
      ['a medium with sinks', (): Medium => new MemoryMedium({ f: 'old' })],
      ['a medium that can only write whole files', (): Medium => defineMedium(bareDriver({ f: 'old' }))],
    ])('shows the new content of %s when it has finished, not before', async (_what, create) => {
      const medium = create();
      const stream = medium.writeStream('f');
      stream.write('one ');
      stream.write(Buffer.from('two'));
      await settled();
      expect(await medium.read('f')).toBe('old');
      stream.end(' three');
      await finished(stream);
      expect(await medium.read('f')).toBe('one two three');
    });

    it('makes an empty file of nothing, and missing parents', async () => {
      for (const medium of [new MemoryMedium(), defineMedium(bareDriver())]) {
        await finished(medium.writeStream('a/b/f').end());
        expect((await medium.stat('a/b/f')).size).toBe(0);
      }
    });

    it('writes waiting chunks together, up to 256 KiB at a time', async () => {
      const sizes: number[] = [];
      const create = (): DriverSink => ({
        write: (bytes) => void sizes.push(bytes.length),
        commit: () => undefined,
        abort: () => undefined,
      });
      const stream = defineMedium({ ...bareDriver(), create }).writeStream('f');
      for (let i = 0; i < 300; i += 1) stream.write(Buffer.alloc(1_000));
      stream.write(Buffer.alloc(500_000));
      await finished(stream.end());
      expect(sizes).toEqual([262_000, 38_000, 500_000]);
    });

    it('does not hold on to chunks once they are written', async () => {
      const medium = defineMedium(bareDriver());
      const stream = medium.writeStream('f');
      const chunk = Buffer.from('abc');
      await new Promise((resolve) => stream.write(chunk, resolve));
      chunk.fill(0);
      await finished(stream.end());
      expect(await medium.read('f')).toBe('abc');
    });

    it('keeps, sets and excludes as write() does', async () => {
      const medium = new MemoryMedium({ f: 'x' });
      await medium.chmod('f', 0o600);
      await finished(medium.writeStream('f').end('y'));
      expect((await medium.stat('f')).mode).toBe(0o600);
      await finished(medium.writeStream('f', { mode: 0o640 }).end('z'));
      expect((await medium.stat('f')).mode).toBe(0o640);
      expect(await failure(medium.writeStream('f', { exclusive: true }).end('w'))).toMatchObject({ code: 'EEXIST' });
      expect(await medium.read('f')).toBe('z');
    });

    it('lets go of the signal at the end', async () => {
      const { signal } = new AbortController();
      await finished(new MemoryMedium().writeStream('f', { signal }).end('x'));
      expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    });
  });

  describe('Bad', () => {
    it('tells an error of opening as its own', async () => {
      const medium = new MemoryMedium({ d: { f: 'x' } });
      expect(await failure(medium.writeStream('d'))).toMatchObject({ code: 'EISDIR', op: 'io.writeStream', path: 'd' });
      expect(await failure(medium.writeStream('d/f/g'))).toMatchObject({ code: 'ENOTDIR' });
      expect(await failure(medium.writeStream(''))).toMatchObject({ code: 'EISDIR' });
    });

    it('aborts when a write fails', async () => {
      const { medium, calls, step } = held();
      const stream = medium.writeStream('f');
      const failed = failure(stream);
      stream.write('x');
      await step();
      await step(new ErrnoSignal('ENOSPC'));
      expect(await failed).toMatchObject({ code: 'ENOSPC', op: 'io.writeStream', path: 'f' });
      expect(calls).toEqual(['open', 'open done', 'write x', 'write x done', 'abort']);
    });

    it('leaves to a commit that fails to clean up after itself', async () => {
      const { medium, calls, step } = held();
      const failed = failure(medium.writeStream('f').end());
      await step();
      await step(new ErrnoSignal('EIO'));
      expect(await failed).toMatchObject({ code: 'EIO' });
      expect(calls).toEqual(['open', 'open done', 'commit', 'commit done']);
    });
  });

  describe('Ugly', () => {
    it('leaves the old file when it is destroyed at any point before the end', async () => {
      const medium = new MemoryMedium({ f: 'old' });
      for (const turns of [0, 1, 2, 3]) {
        const stream = medium.writeStream('f');
        stream.write('new');
        for (let turn = 0; turn < turns; turn += 1) await settled();
        stream.destroy();
        await once(stream, 'close');
      }
      expect(medium.toJSON()).toEqual({ f: 'old' });
    });

    it('opens nothing when it is destroyed before it begins, or its signal is aborted', async () => {
      const { medium, calls } = held();
      const stream = medium.writeStream('a/f');
      const closed = once(stream, 'close');
      stream.destroy();
      stream.destroy();
      await closed;
      const reason = new Error('enough');
      expect(await failure(medium.writeStream('a/f', { signal: AbortSignal.abort(reason) }))).toBe(reason);
      expect(calls).toEqual([]);
    });

    it('waits for the opening under way, then aborts, when it is destroyed meanwhile', async () => {
      const { medium, calls, step } = held();
      const stream = medium.writeStream('f');
      await settled();
      stream.destroy();
      await step();
      expect(calls).toEqual(['open', 'open done', 'abort']);
      expect(stream.closed).toBe(true);
    });

    it('tells nothing of an error of opening once it is destroyed', async () => {
      const { medium, calls, step } = held();
      const quiet = medium.writeStream('f');
      await settled();
      quiet.destroy(); // nobody listens for errors
      await step(new ErrnoSignal('EACCES'));
      expect(quiet.closed).toBe(true);
      expect(calls.slice(0, 2)).toEqual(['open', 'open done']);
    });

    it('waits for the write under way, then aborts, when the signal is aborted meanwhile', async () => {
      const { medium, calls, step } = held();
      const controller = new AbortController();
      const stream = medium.writeStream('f', { signal: controller.signal });
      const failed = failure(stream);
      stream.write('x');
      await step();
      const reason = new Error('enough');
      controller.abort(reason);
      await settled();
      expect([calls.at(-1), stream.closed]).toEqual(['write x', false]);
      await step();
      expect(await failed).toBe(reason);
      expect(calls.slice(-2)).toEqual(['write x done', 'abort']);
      expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
    });

    it('waits for the commit under way when it is destroyed meanwhile, and does not abort it', async () => {
      const { medium, calls, step } = held();
      const stream = medium.writeStream('f').end();
      await step();
      await settled();
      stream.destroy();
      await settled();
      expect([calls.at(-1), stream.closed]).toEqual(['commit', false]);
      await step();
      expect([calls.at(-1), stream.closed]).toEqual(['commit done', true]);
    });

    it('replaces the file also where others write it meanwhile: the last to finish stays', async () => {
      const medium = new MemoryMedium();
      const first = medium.writeStream('f');
      const second = medium.writeStream('f');
      first.write('first');
      await finished(second.end('second'));
      await finished(first.end());
      expect(await medium.read('f')).toBe('first');
    });

    it('prints no warning where many share one signal', async () => {
      const warnings: Error[] = [];
      const listen = (warning: Error): void => void warnings.push(warning);
      process.on('warning', listen);
      const { signal } = new AbortController();
      const medium = new MemoryMedium();
      const streams = Array.from({ length: 30 }, (_, i) => medium.writeStream(String(i), { signal }));
      await Promise.all(streams.map((stream) => finished(stream.end('x'))));
      await settled();
      process.off('warning', listen);
      expect(warnings).toEqual([]);
    });
  });
});
