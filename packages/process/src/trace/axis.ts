import { formatDuration } from '../reporters/text/duration.ts';

/** A mark of the time axis. */
export interface Tick {
  readonly atMs: number;
  readonly label: string;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** Steps above a second that people count in. */
const LONG_STEPS = [1, 2, 5, 10, 15, 30].flatMap((count) => [count * SECOND, count * MINUTE]);
const HOUR_STEPS = [1, 2, 6, 12, 24].map((count) => count * HOUR);
const STEPS = [...[1, 2, 5, 10, 20, 50, 100, 200, 500], ...LONG_STEPS, ...HOUR_STEPS].sort((a, b) => a - b);

/** Round moments from 0 on, at most `most` and one. */
export function ticksOf(durationMs: number, most: number): Tick[] {
  const rough = Math.max(1, durationMs / most);
  const day = 24 * HOUR;
  const step = STEPS.find((candidate) => candidate >= rough) ?? Math.ceil(rough / day) * day;
  return Array.from({ length: Math.floor(durationMs / step) + 1 }, (_, index) => {
    return { atMs: index * step, label: labelOf(index * step, step) };
  });
}

function labelOf(ms: number, step: number): string {
  if (ms === 0) return '0';
  if (step >= SECOND && ms < MINUTE) return `${String(ms / SECOND)}s`;
  if (step >= MINUTE && ms < HOUR) return `${String(ms / MINUTE)}m`;
  return step < SECOND && ms >= SECOND ? `${String(ms / SECOND)}s` : formatDuration(ms);
}
