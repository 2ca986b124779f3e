import { describe, expect, it } from '@jest/globals';

import { LogOutput } from '../../src/runner/log-output.ts';
import { retryDelayMs } from '../../src/runner/retry.ts';
import { ServiceKeeper } from '../../src/runner/service-keeper.ts';
import { graphOf } from '../../src/graph/plan.ts';

const delays = (retries: Parameters<typeof retryDelayMs>[0]['retries'], count: number): (number | undefined)[] =>
  Array.from({ length: count }, (_, at) => retryDelayMs({ name: 'a', retries }, at + 1));

describe('retryDelayMs', () => {
  describe('Good', () => {
    it('retryDelayMs doubles the wait, up to half a minute', () => {
      expect(delays(7, 8)).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, undefined]);
    });

    it('retryDelayMs takes the numbers that it is given', () => {
      expect(delays({ retries: 3, minDelayMs: 10, maxDelayMs: 50, factor: 3 }, 4)).toEqual([10, 30, 50, undefined]);
    });
  });

  describe('Bad', () => {
    it('retryDelayMs knows no next try where none was asked for', () => {
      expect([...delays(undefined, 1), ...delays(0, 1)]).toEqual([undefined, undefined]);
    });
  });

  describe('Ugly', () => {
    it('retryDelayMs stays within its bounds however often it was tried', () => {
      expect(retryDelayMs({ name: 'a', retries: 10_000 }, 9999)).toBe(30_000);
      expect(delays({ retries: 1, minDelayMs: 100, maxDelayMs: 10 }, 1)).toEqual([10]);
    });
  });
});

describe('LogOutput', () => {
  describe('Good', () => {
    it('LogOutput keeps lines', () => {
      const output = new LogOutput();
      expect(output.toString()).toBe('');
      output.add('one');
      output.add('');
      expect(output.toString()).toBe('one\n\n');
    });
  });

  describe('Ugly', () => {
    it('LogOutput keeps the end of what is too much, and no half of a character', () => {
      const output = new LogOutput();
      for (let line = 0; line < 20_000; line += 1) output.add(`€€€€€€€€€€€€€€€€€€€€ ${String(line)}`);
      const text = output.toString();
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1_048_576);
      expect(text.endsWith('€ 19999\n')).toBe(true);
      expect(text).not.toContain('\ufffd');
    });
  });
});

describe('ServiceKeeper', () => {
  describe('Good', () => {
    it('ServiceKeeper lets go of a service with the last one that names it', () => {
      const graph = graphOf([{ name: 'db' }, { name: 'a', after: ['db'] }, { name: 'b', after: ['db'] }]);
      const keeper = new ServiceKeeper(graph, [true, false, false]);
      expect([keeper.isNeeded(0), keeper.over(1), keeper.isNeeded(0), keeper.over(2), keeper.isNeeded(0)]).toEqual([
        true,
        [],
        true,
        [0],
        false,
      ]);
    });

    it('ServiceKeeper lets go of one that nobody names with the last task', () => {
      const graph = graphOf([{ name: 'db' }, { name: 'api', after: ['db'] }, { name: 'a' }]);
      const keeper = new ServiceKeeper(graph, [true, true, false]);
      expect([keeper.isNeeded(1), keeper.over(2), keeper.isNeeded(1), keeper.over(1)]).toEqual([true, [1], false, [0]]);
    });
  });

  describe('Bad', () => {
    it('ServiceKeeper has nothing to let go of where there are only tasks, or only services', () => {
      const graph = graphOf([{ name: 'a' }, { name: 'b', after: ['a'] }]);
      expect(new ServiceKeeper(graph, [false, false]).over(1)).toEqual([]);
      expect(new ServiceKeeper(graph, [true, true]).isNeeded(1)).toBe(false);
    });
  });
});
