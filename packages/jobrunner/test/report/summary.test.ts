import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { Durations } from '../../src/report/durations.ts';
import { summarize } from '../../src/report/summary.ts';
import { busyWeeks, lineAt, linesOf } from './support/lines.ts';

describe('summarize', () => {
  describe('Good', () => {
    it('counts what was done, failed, given up and only shown, by repository, handler and day', async () => {
      const failed = { result: { success: false, error: 'no', duration_ms: 300 } };
      const summary = await summarize(
        linesOf(
          lineAt('2026-02-05T12:00:00.000Z', { handler: 'a' }),
          lineAt('2026-02-06T12:00:00.000Z', { handler: 'a', repo: 'host-uk/web', ...failed }),
          lineAt('2026-02-06T12:00:01.000Z', { handler: 'a', repo: 'host-uk/web', phase: 'dead_letter', ...failed }),
          lineAt('2026-02-04T12:00:00.000Z', { handler: 'b', dry_run: true }),
          lineAt('2026-02-01T12:00:00.000Z', { handler: 'b', phase: 'started' }),
        ),
      );
      expect(summary.total).toMatchObject({ succeeded: 1, failed: 1, deadLettered: 1, dryRuns: 1, mostMs: 300 });
      expect(summary.from).toBe('2026-02-04T12:00:00.000Z');
      expect(summary.to).toBe('2026-02-06T12:00:01.000Z');
      expect(summary.repos.map(({ name, succeeded, failed: bad }) => [name, succeeded, bad])).toEqual([
        ['host-uk/core', 1, 0],
        ['host-uk/web', 0, 1],
      ]);
      expect(summary.handlers.map(({ name }) => name)).toEqual(['a', 'b']);
      expect(summary.days.map(({ name }) => name)).toEqual(['2026-02-04', '2026-02-05', '2026-02-06']);
      expect(summary.failures.map(({ phase }) => phase)).toEqual(['dead_letter', undefined]);
    });

    it('of nothing is nothing', async () => {
      const summary = await summarize(linesOf());
      expect(summary).toMatchObject({ repos: [], handlers: [], days: [], failures: [] });
      expect(summary.from).toBeUndefined();
    });
  });

  describe('Ugly', () => {
    it('counts every line once, in whatever order they come', async () => {
      const lines = [];
      for await (const line of busyWeeks()) lines.push(line);
      const forwards = await summarize(linesOf(...lines));
      const backwards = await summarize(linesOf(...lines.toReversed()));
      expect({ ...backwards, failures: [] }).toEqual({ ...forwards, failures: [] });
      for (const rows of [forwards.repos, forwards.handlers, forwards.days]) {
        const sum = rows.reduce((all, { succeeded, failed, dryRuns }) => all + succeeded + failed + dryRuns, 0);
        expect(sum).toBe(lines.length);
      }
    });

    it('quantiles are within 1 % (and half a millisecond) of the exact ones', () => {
      fc.assert(
        fc.property(
          fc.array(fc.integer({ min: 0, max: 10_000_000 }), { minLength: 1 }),
          fc.double({ min: 0, max: 1, noNaN: true }),
          (all, share) => {
            const durations = new Durations();
            for (const ms of all) durations.add(ms);
            const exact = all.toSorted((a, b) => a - b)[Math.max(1, Math.ceil(share * all.length)) - 1] ?? 0;
            expect(Math.abs(durations.quantileMs(share) - exact)).toBeLessThanOrEqual(exact * 0.01 + 0.51);
          },
        ),
      );
    });
  });
});
