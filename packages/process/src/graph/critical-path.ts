/** When a task of a run that is over was done, and what let it start. */
export interface TaskTimes {
  /** `undefined` where it was not done. */
  readonly doneMs: number | undefined;
  /** The task whose end was what it still waited for: a dependency, or the holder of its slot or of a resource. */
  readonly startedBy: number | undefined;
}

/** The tasks that decided how long a run took, in order: from the last to be done back, each time to what let it start. */
export function criticalPath(times: readonly TaskTimes[]): number[] {
  let last: number | undefined;
  let latest = -Infinity;
  for (const [task, { doneMs = -Infinity }] of times.entries()) {
    if (doneMs > latest) [last, latest] = [task, doneMs];
  }
  const path: number[] = [];
  for (let task = last; task !== undefined; task = times[task]?.startedBy) path.push(task);
  return path.reverse();
}
