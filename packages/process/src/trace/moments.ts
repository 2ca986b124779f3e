import type { RunResult } from '../runner/run-result.ts';
import type { Span } from './lanes.ts';

/** A task that did not run: it was cached, skipped or cancelled. */
export interface Moment {
  readonly result: RunResult;
  /** When all that it comes after was over, in milliseconds since the run began. */
  readonly atMs: number;
}

/** Every task that did not run, in the order of the specs, at the moment when it would have been due. */
export function momentsOf(results: readonly RunResult[], spans: readonly Span[]): Moment[] {
  const ends = new Map(spans.map(({ result, endMs }) => [result.name, endMs]));
  const after = new Map(results.map(({ name, spec }) => [name, spec.after ?? []]));
  return results
    .filter(({ name }) => !ends.has(name))
    .map((result) => ({ result, atMs: dueOf(result.name, after, ends) }));
}

/** Without recursion, as a chain may be longer than the stack; with an end in circles, as not every run obeys `after`. */
function dueOf(name: string, after: ReadonlyMap<string, readonly string[]>, ends: Map<string, number>): number {
  const stack = ends.has(name) ? [] : [name];
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const before = after.get(top) ?? [];
    if (!ends.has(top)) ends.set(top, 0);
    const open = before.find((other) => !ends.has(other));
    if (open === undefined) ends.set(top, Math.max(0, ...before.map((other) => ends.get(other) ?? 0)));
    if (open === undefined) stack.pop();
    else stack.push(open);
  }
  return ends.get(name) ?? 0;
}
