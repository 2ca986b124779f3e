import { describe, expect, it } from '@jest/globals';

import { sideBySide } from '../src/side-by-side.ts';

describe('sideBySide', () => {
  describe('Good', () => {
    it('sideBySide keeps the order and runs as many as allowed', async () => {
      let running = 0;
      let most = 0;
      const { results, failure } = await sideBySide([3, 1, 2, 5, 4], 2, async (item) => {
        most = Math.max(most, (running += 1));
        for (let turn = 0; turn < item; turn += 1) await Promise.resolve();
        running -= 1;
        return item * 10;
      });
      expect(results).toEqual([30, 10, 20, 50, 40]);
      expect(failure).toBeUndefined();
      expect(most).toBe(2);
    });

    it('sideBySide of nothing is nothing', async () => {
      expect(await sideBySide([], 4, () => Promise.reject(new Error('never')))).toEqual({ results: [] });
    });
  });

  describe('Bad', () => {
    it('sideBySide begins nothing new after a failure, waits for what runs, and tells the first of the list', async () => {
      const begun: number[] = [];
      let failLater = (): void => undefined;
      const later = new Promise<never>((_, reject) => {
        failLater = () => {
          reject(new Error('zero'));
        };
      });
      const { results, failure } = await sideBySide([0, 1, 2, 3], 3, async (item) => {
        begun.push(item);
        if (item === 0) return await later;
        if (item === 1) {
          setImmediate(failLater);
          throw new Error('one');
        }
        return item;
      });
      expect(begun).toEqual([0, 1, 2]);
      expect(results).toEqual([undefined, undefined, 2, undefined]);
      expect(failure?.error).toEqual(new Error('zero'));
    });
  });
});
