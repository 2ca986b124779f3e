/**
 * A duration as people read it, in at most seven characters below a hundred hours.
 *
 * @example
 * ```ts
 * import { formatDuration } from '@core/process/reporters';
 *
 * assert.deepEqual([350, 1200, 125_000, 3_720_000].map(formatDuration), ['350ms', '1.2s', '2m 05s', '1h 02m']);
 * ```
 */
export function formatDuration(ms: number): string {
  if (ms < 999.5) return `${String(Math.round(ms))}ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)}s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${String(Math.floor(seconds / 60))}m ${twoDigits(seconds % 60)}s`;
  const minutes = Math.round(ms / 60_000);
  return `${String(Math.floor(minutes / 60))}h ${twoDigits(minutes % 60)}m`;
}

function twoDigits(count: number): string {
  return String(count).padStart(2, '0');
}
