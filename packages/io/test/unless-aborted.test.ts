import { getEventListeners } from 'node:events';

import { describe, expect, it } from '@jest/globals';

import { unlessAborted } from '../src/unless-aborted.ts';

/** Work that never ends. */
const endless = (): Promise<never> => new Promise(() => undefined);

describe('unlessAborted()', () => {
  describe('Good', () => {
    it('is what the work comes to, and holds the signal no longer', async () => {
      const { signal } = new AbortController();
      expect(await unlessAborted(Promise.resolve(7), signal)).toBe(7);
      expect(await unlessAborted(Promise.resolve(8), undefined)).toBe(8);
      await expect(unlessAborted(Promise.reject(new Error('theirs')), signal)).rejects.toThrow('theirs');
      expect(getEventListeners(signal, 'abort')).toHaveLength(0);
    });
  });

  describe('Bad', () => {
    it('rejects with the reason itself, whatever that is', async () => {
      const controller = new AbortController();
      const waiting = unlessAborted(endless(), controller.signal);
      controller.abort('enough');
      await expect(waiting).rejects.toBe('enough');
    });

    it('rejects at once where the signal is aborted already', async () => {
      await expect(unlessAborted(endless(), AbortSignal.abort('before'))).rejects.toBe('before');
    });
  });

  describe('Ugly', () => {
    it('hears of no failure after the abort', async () => {
      let fail: (error: Error) => void = () => undefined;
      const work = new Promise<never>((_resolve, reject) => (fail = reject));
      await expect(unlessAborted(work, AbortSignal.abort('enough'))).rejects.toBe('enough');
      fail(new Error('too late')); // a rejection that nobody handles would end the test
      await new Promise((resolve) => setImmediate(resolve));
    });
  });
});
