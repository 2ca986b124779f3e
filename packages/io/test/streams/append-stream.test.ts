import { once } from 'node:events';
import { finished } from 'node:stream/promises';

import { defineMedium, ErrnoSignal, MemoryMedium } from '@core/io';
import { describe, expect, it } from '@jest/globals';

import { bareDriver } from '../support/bare-driver.ts';

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('appendStream()', () => {
  describe('Good', () => {
    it('adds to the end, chunk by chunk', async () => {
      const medium = new MemoryMedium({ log: 'a' });
      const stream = medium.appendStream('log');
      await new Promise((resolve) => stream.write('b', resolve));
      expect(await medium.read('log')).toBe('ab');
      await finished(stream.end('c'));
      expect(await medium.read('log')).toBe('abc');
    });

    it('makes the file and its parents before anything is written, for nothing, too', async () => {
      const medium = new MemoryMedium();
      await finished(medium.appendStream('a/b/log').end());
      expect(await medium.read('a/b/log')).toBe('');
    });

    it('adds waiting chunks in one append, so that nothing comes between them', async () => {
      const { driver } = new MemoryMedium();
      const seen: string[] = [];
      const medium = defineMedium({
        ...driver,
        append(path, bytes, signal) {
          seen.push(Buffer.from(bytes).toString());
          return driver.append?.(path, bytes, signal);
        },
      });
      const stream = medium.appendStream('log');
      for (const line of ['a', 'b', 'c']) stream.write(line);
      await finished(stream.end());
      expect(seen).toEqual(['', 'abc']);
    });
  });

  describe('Bad', () => {
    it('tells an error of opening before anything is written', async () => {
      const stream = new MemoryMedium({ d: {} }).appendStream('d');
      await expect(finished(stream)).rejects.toMatchObject({ code: 'EISDIR', op: 'io.appendStream', path: 'd' });
    });

    it('tells an error of appending', async () => {
      const stream = new MemoryMedium({ log: 'abc' }, { maxBytes: 4 }).appendStream('log');
      await expect(finished(stream.end('de'))).rejects.toMatchObject({ code: 'ENOSPC', path: 'log' });
    });
  });

  describe('Ugly', () => {
    it('makes nothing when it is destroyed before it begins, or its signal is aborted', async () => {
      const medium = new MemoryMedium();
      const stream = medium.appendStream('log');
      stream.destroy();
      await once(stream, 'close');
      const reason = new Error('enough');
      await expect(finished(medium.appendStream('log', { signal: AbortSignal.abort(reason) }))).rejects.toBe(reason);
      expect(medium.toJSON()).toEqual({});
    });

    it('is closed only after the append under way', async () => {
      let finish: () => void = () => undefined;
      const append = (_path: string, bytes: Uint8Array): Promise<void> | undefined =>
        bytes.length === 0 ? undefined : new Promise((resolve) => (finish = resolve));
      const controller = new AbortController();
      const stream = defineMedium({ ...bareDriver(), append }).appendStream('log', { signal: controller.signal });
      const failed = finished(stream).catch((error: unknown) => error);
      stream.write('x');
      for (let turn = 0; turn < 3; turn += 1) await settled();
      const reason = new Error('enough');
      controller.abort(reason);
      await settled();
      expect(stream.closed).toBe(false);
      finish();
      expect(await failed).toBe(reason);
      await settled();
      expect(stream.closed).toBe(true);
    });

    it('does not append the rest after an error', async () => {
      let appends = 0;
      const append = (): void => {
        appends += 1;
        if (appends === 2) throw new ErrnoSignal('EIO');
      };
      const stream = defineMedium({ ...bareDriver(), append }).appendStream('log');
      const failed = finished(stream).catch((error: unknown) => error);
      stream.write('a');
      await settled();
      stream.write('b');
      expect(await failed).toMatchObject({ code: 'EIO' });
      expect(appends).toBe(2);
    });
  });
});
