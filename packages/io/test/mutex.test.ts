import { describe, expect, it } from '@jest/globals';

import { KeyedMutex } from '../src/mutex.ts';

/** Lets everything that is ready run. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('KeyedMutex', () => {
  describe('Good', () => {
    it('lets in one after the other, first come first served', async () => {
      const mutex = new KeyedMutex();
      const order: string[] = [];
      const release = await mutex.acquire('k');
      const waiting = ['a', 'b', 'c'].map((name) =>
        mutex.run('k', async () => {
          order.push(`${name} in`);
          await settled();
          order.push(`${name} out`);
        }),
      );
      await settled();
      expect(order).toEqual([]);
      release();
      await Promise.all(waiting);
      expect(order).toEqual(['a in', 'a out', 'b in', 'b out', 'c in', 'c out']);
    });

    it('keeps keys apart', async () => {
      const mutex = new KeyedMutex();
      await mutex.acquire('a');
      await expect(mutex.acquire('b')).resolves.toBeInstanceOf(Function);
    });

    it('run() gives what the work gives, and goes on after work that fails', async () => {
      const mutex = new KeyedMutex();
      await expect(mutex.run('k', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
      await expect(mutex.run('k', () => Promise.resolve(5))).resolves.toBe(5);
    });
  });

  describe('Bad', () => {
    it('refuses with ERR_LOCK_TIMEOUT when it is not free in time, and then lets in whoever is next', async () => {
      const mutex = new KeyedMutex();
      const release = await mutex.acquire('k');
      const late = mutex.acquire('k', { timeoutMs: 1 });
      const next = mutex.acquire('k');
      await expect(late).rejects.toMatchObject({ code: 'ERR_LOCK_TIMEOUT' });
      release();
      await expect(next).resolves.toBeInstanceOf(Function);
    });

    it('rejects with the reason of the signal, before and while it waits, and holds nothing then', async () => {
      const mutex = new KeyedMutex();
      const release = await mutex.acquire('k');
      const controller = new AbortController();
      const waiting = mutex.acquire('k', { signal: controller.signal });
      controller.abort('enough');
      await expect(waiting).rejects.toBe('enough');
      await expect(mutex.acquire('free', { signal: controller.signal })).rejects.toBe('enough');
      release();
      await expect(mutex.acquire('k')).resolves.toBeInstanceOf(Function);
      await expect(mutex.acquire('free')).resolves.toBeInstanceOf(Function);
    });
  });

  describe('Ugly', () => {
    it('lets only one in when it is released twice', async () => {
      const mutex = new KeyedMutex();
      const release = await mutex.acquire('k');
      const second = mutex.acquire('k');
      let third = false;
      void mutex.acquire('k').then(() => (third = true));
      release();
      release();
      await second;
      await settled();
      expect(third).toBe(false);
    });

    it('waits as long as it takes for times that no timer can count', async () => {
      const warnings: Error[] = [];
      const listen = (warning: Error): void => void warnings.push(warning);
      process.on('warning', listen);
      const mutex = new KeyedMutex();
      for (const timeoutMs of [Infinity, 2 ** 31, Number.MAX_SAFE_INTEGER]) {
        const release = await mutex.acquire('k');
        const waiting = mutex.acquire('k', { timeoutMs });
        await settled();
        release();
        (await waiting)();
      }
      await settled();
      process.off('warning', listen);
      expect(warnings).toEqual([]);
    });

    it('gives up a waiter in the middle of a queue without disturbing the others', async () => {
      const mutex = new KeyedMutex();
      const release = await mutex.acquire('k');
      const controller = new AbortController();
      const order: number[] = [];
      const waiting = [1, 2, 3].map(async (n) => {
        const leave = await mutex.acquire('k', n === 2 ? { signal: controller.signal, timeoutMs: 60_000 } : {});
        order.push(n);
        leave();
      });
      controller.abort(new Error('left'));
      await expect(waiting[1]).rejects.toThrow('left');
      release();
      await Promise.all([waiting[0], waiting[2]]);
      expect(order).toEqual([1, 3]);
    });
  });
});
