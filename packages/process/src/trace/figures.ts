import type { RunResult } from '../runner/run-result.ts';

/** The time of all tasks together; a service runs as long as it is needed, which is no work. */
export function workMs(results: readonly RunResult[]): number {
  return sum(results.filter(({ spec }) => spec.readyWhen === undefined).map(({ durationMs }) => durationMs));
}

/** The time along a path: each of its tasks counts until the next one begins, which a service outlives. */
export function pathMs(results: readonly RunResult[], path: readonly string[]): number {
  const byName = new Map(results.map((result) => [result.name, result]));
  const tasks = path.flatMap((name) => byName.get(name) ?? []);
  return sum(
    tasks.map(({ startedAt, durationMs }, index) => {
      const next = tasks[index + 1]?.startedAt;
      if (startedAt === undefined || next === undefined) return durationMs;
      return Math.min(durationMs, Math.max(0, next.getTime() - startedAt.getTime()));
    }),
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
