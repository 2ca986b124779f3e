/** A time as REST and GraphQL write it: `2026-02-05T12:00:00Z`. */
export function time(date: Date): string {
  return date.toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/** The same for what has perhaps not happened. */
export function timeOrNull(date: Date | undefined): string | null {
  return date === undefined ? null : time(date);
}
