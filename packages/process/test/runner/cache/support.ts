import { type Medium, MemoryMedium, type MemoryTree } from '@core/io';

import type { CacheProblem, TaskCacheOptions } from '../../../src/runner/cache/cache-options.ts';
import type { TaskEffect } from '../../../src/runner/cache/fingerprint.ts';
import { TaskCache } from '../../../src/runner/cache/task-cache.ts';
import type { RunSpec } from '../../../src/runner/run-spec.ts';

/** What became of a task, as a runner does it: from the cache, or by running it. */
export interface Done {
  readonly status: 'cached' | 'passed';
  readonly output: string;
  readonly effect: TaskEffect;
}

/** A workspace, and runs of one task after the other in it; each run has a cache of its own over the same medium. */
export class Rig {
  readonly workspace: Medium;
  readonly problems: CacheProblem[] = [];
  readonly #options: TaskCacheOptions;

  constructor(workspace: Medium | MemoryTree, options: TaskCacheOptions = {}) {
    this.workspace = 'capabilities' in workspace ? (workspace as Medium) : new MemoryMedium(workspace);
    this.#options = options;
  }

  /** A cache as a run has it. */
  cache(options: TaskCacheOptions = {}): TaskCache {
    const onProblem = (problem: CacheProblem): void => void this.problems.push(problem);
    return new TaskCache({ workspace: this.workspace, onProblem, ...this.#options, ...options });
  }

  /** One task: from the cache, else `work` is done, which then has passed. */
  async run(
    spec: RunSpec,
    work: () => Promise<unknown>,
    { cache = this.cache(), dependencies = [] }: { cache?: TaskCache; dependencies?: readonly TaskEffect[] } = {},
  ): Promise<Done> {
    const fingerprint = await cache.fingerprint(spec, { dependencies });
    const hit = await cache.restore(spec, fingerprint);
    if (hit !== undefined) return { status: 'cached', output: hit.output, effect: hit.effect };
    const made = await work();
    const output = typeof made === 'string' ? made : '';
    const effect = await cache.store(spec, fingerprint, { output, durationMs: 5, dependencies });
    return { status: 'passed', output, effect };
  }
}

/** The paths below a folder with what they are, and when they were last written. */
export async function timesOf(medium: Medium, folder: string): Promise<Record<string, number>> {
  const times: Record<string, number> = {};
  for await (const { path, kind } of medium.walk(folder)) {
    if (kind !== 'dir') times[path] = (await medium.stat(path, { follow: false })).mtime.getTime();
  }
  return times;
}
