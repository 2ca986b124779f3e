import { getEventListeners } from 'node:events';

import { describe, expect, it } from '@jest/globals';

import { onAbort } from '../src/abort.ts';

describe('onAbort()', () => {
  describe('Good', () => {
    it('calls every listener once, when the signal is aborted', () => {
      const controller = new AbortController();
      const called: number[] = [];
      for (const n of [1, 2, 3]) onAbort(controller.signal, () => called.push(n));
      expect(called).toEqual([]);
      controller.abort();
      controller.abort();
      expect(called).toEqual([1, 2, 3]);
    });

    it('calls nobody who took it back', () => {
      const controller = new AbortController();
      const called: number[] = [];
      const forget = onAbort(controller.signal, () => called.push(1));
      onAbort(controller.signal, () => called.push(2));
      forget();
      forget();
      controller.abort();
      expect(called).toEqual([2]);
    });

    it('does nothing without a signal', () => {
      expect(() => {
        onAbort(undefined, () => undefined)();
      }).not.toThrow();
    });
  });

  describe('Ugly', () => {
    it('holds one listener on the signal, however many wait, and none when nobody does', async () => {
      const warnings: Error[] = [];
      const listen = (warning: Error): void => void warnings.push(warning);
      process.on('warning', listen);
      const { signal } = new AbortController();
      const all = Array.from({ length: 100 }, () => onAbort(signal, () => undefined));
      expect(getEventListeners(signal, 'abort')).toHaveLength(1);
      for (const forget of all) forget();
      expect(getEventListeners(signal, 'abort')).toHaveLength(0);
      const forget = onAbort(signal, () => undefined);
      expect(getEventListeners(signal, 'abort')).toHaveLength(1);
      forget();
      await new Promise((resolve) => setImmediate(resolve));
      process.off('warning', listen);
      expect(warnings).toEqual([]);
    });

    it('bears with listeners that take themselves or others back while it calls', () => {
      const controller = new AbortController();
      const called: number[] = [];
      const forgets: (() => void)[] = [];
      for (const n of [1, 2, 3]) {
        forgets.push(
          onAbort(controller.signal, () => {
            called.push(n);
            forgets[0]?.();
            forgets[1]?.();
          }),
        );
      }
      controller.abort();
      expect(called).toEqual([1, 3]);
    });
  });
});
