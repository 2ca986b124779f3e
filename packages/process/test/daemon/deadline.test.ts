import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { Deadline } from '../../src/daemon/deadline.ts';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

/** A step that does not end. */
const never = (): Promise<void> => new Promise(() => undefined);

describe('Deadline', () => {
  describe('Good', () => {
    it('wait() passes on what a step rejects with, and waits for one after the other', async () => {
      const deadline = new Deadline(600_000);
      await deadline.wait('the first', Promise.resolve());
      await expect(deadline.wait('the second', Promise.reject(new Error('broken')))).rejects.toThrow('broken');
      expect(deadline.signal.aborted).toBe(false);
      deadline.close();
    });
  });

  describe('Ugly', () => {
    it('wait() names the step that did not end in time, and every one after it', async () => {
      const deadline = new Deadline(50);
      const waiting = deadline.wait('the first', never());
      jest.advanceTimersByTime(50);
      await expect(waiting).rejects.toThrow('the first did not end within 50 ms');
      await expect(deadline.wait('the second', never())).rejects.toThrow('the second did not end within 50 ms');
      expect(deadline.signal.reason).toMatchObject({ message: 'The 50 ms are over' });
      deadline.close();
    });

    it('close() ends it before its time, and nothing holds the program up', async () => {
      const deadline = new Deadline(50);
      deadline.close();
      expect(jest.getTimerCount()).toBe(0);
      jest.advanceTimersByTime(50);
      expect(deadline.signal.aborted).toBe(false);
      await deadline.wait('a step', Promise.resolve());
    });
  });
});
