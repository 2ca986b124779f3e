import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';

import { ticksOf } from '../../src/trace/axis.ts';

const labels = (durationMs: number, most = 10): string[] => ticksOf(durationMs, most).map(({ label }) => label);

jest.setTimeout(60_000); // for a machine that is busy with other things

describe('Good', () => {
  it('ticksOf takes steps that people count in', () => {
    expect(labels(7, 5)).toEqual(['0', '2ms', '4ms', '6ms']);
    expect(labels(1800, 5)).toEqual(['0', '500ms', '1s', '1.5s']);
    expect(labels(14_450)).toEqual(['0', '2s', '4s', '6s', '8s', '10s', '12s', '14s']);
    expect(labels(100_000, 5)).toEqual(['0', '30s', '1m 00s', '1m 30s']);
    expect(labels(600_000, 5)).toEqual(['0', '2m', '4m', '6m', '8m', '10m']);
    expect(labels(3_600_000 * 5, 5)).toEqual(['0', '1h 00m', '2h 00m', '3h 00m', '4h 00m', '5h 00m']);
  });
});

describe('Bad', () => {
  it('ticksOf nothing is the beginning', () => {
    expect(labels(0)).toEqual(['0']);
  });
});

describe('Ugly', () => {
  it('ticksOf never gives more than it may, for runs of a millisecond and of a year', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 3e10, noNaN: true }),
        fc.integer({ min: 1, max: 200 }),
        (durationMs, most) => {
          const ticks = ticksOf(durationMs, most);
          expect(ticks.length).toBeLessThanOrEqual(most + 1);
          expect(ticks.every(({ atMs }) => atMs <= durationMs)).toBe(true);
          expect(new Set(ticks.map(({ atMs }) => atMs)).size).toBe(ticks.length);
        },
      ),
    );
  });
});
