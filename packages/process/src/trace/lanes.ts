import type { RunAllResult, RunResult } from '../runner/run-result.ts';

/** What of a run can be drawn. */
export type TracedRun = Pick<RunAllResult, 'results' | 'startedAt' | 'durationMs'>;

/** A task that ran, placed on the time axis of its run. */
export interface Span {
  readonly result: RunResult;
  /** Milliseconds since the run began. */
  readonly startMs: number;
  readonly endMs: number;
  /** Counted from 0; spans of one lane follow each other. */
  readonly lane: number;
}

/** Starts are dates, known to the millisecond: two tasks that follow each other may seem to overlap by less than one. */
const RESOLUTION_MS = 1;

/**
 * Every task that ran, in order of start, in the lowest lane that is free then: as many lanes as ever ran at once.
 *
 * What seems to overlap only because dates are coarse begins where the one before it ends.
 */
export function spansOf(run: TracedRun): Span[] {
  const laneEnds: number[] = [];
  return timesOf(run).map(({ result, startMs, endMs }) => {
    const free = laneEnds.findIndex((laneEnd) => laneEnd < startMs + RESOLUTION_MS);
    const lane = free < 0 ? laneEnds.length : free;
    const from = Math.max(startMs, laneEnds[lane] ?? 0);
    const to = Math.max(from, endMs);
    laneEnds[lane] = to;
    return { result, startMs: from, endMs: to, lane };
  });
}

function timesOf({ results, startedAt }: TracedRun): Omit<Span, 'lane'>[] {
  return results
    .flatMap((result) => {
      if (result.startedAt === undefined) return [];
      const startMs = Math.max(0, result.startedAt.getTime() - startedAt.getTime());
      return [{ result, startMs, endMs: startMs + result.durationMs }];
    })
    .sort((a, b) => a.startMs - b.startMs || a.endMs - b.endMs);
}
