import type { CancelOptions } from '@core/io';

import type { BuilderConfig, BuilderOptions } from '../../../../builder.ts';
import { formatTarget, type Target } from '../../../../target.ts';
import { chooseRuntime, fetchRuntime, type Runtime } from './runtime.ts';
import { newestFirst } from './version.ts';

/**
 * Chooses and fetches the Node of every target, all at once. The first failure ends the others.
 *
 * @throws `ERR_BUILD_RUNTIME_UNAVAILABLE` where there is none for a target, or it cannot be fetched.
 */
export async function obtainRuntimes(
  config: BuilderConfig,
  targets: readonly Target[],
  { signal, onEvent }: BuilderOptions,
): Promise<Runtime[]> {
  const runtimes = await together(targets, { signal }, (target, one) =>
    chooseRuntime(config, target, { signal: one, onEvent }),
  );
  const difference = differenceOf(runtimes);
  if (difference !== undefined) onEvent?.({ type: 'warning', message: difference });
  await together(runtimes, { signal }, (runtime, one) => fetchRuntime(config, runtime, { signal: one, onEvent }));
  return runtimes;
}

/** Where not all have the same version: which have which, and one that all could have. */
function differenceOf(runtimes: readonly Runtime[]): string | undefined {
  const targets = new Map<string, string[]>();
  for (const { target, version } of runtimes) {
    targets.set(version, [...(targets.get(version) ?? []), formatTarget(target)]);
  }
  if (targets.size < 2) return undefined;
  const taken = [...targets].map(([version, names]) => `${version} for ${names.join(', ')}`).join('; ');
  const common = newestFirst(runtimes[0]?.versions ?? []).find((version) =>
    runtimes.every(({ versions }) => versions.includes(version)),
  );
  const remedy = common === undefined ? '' : ` All could have the same with node.version: ${common}.`;
  return `Not every system has the same newest Node: ${taken}.${remedy}`;
}

/** Does work for all items at once; the first failure ends the others, and is thrown when all have ended. */
async function together<I, T>(
  items: readonly I[],
  { signal }: CancelOptions,
  work: (item: I, signal: AbortSignal) => Promise<T>,
): Promise<T[]> {
  const stop = new AbortController();
  const either = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  let failure: { readonly error: unknown } | undefined;
  const works = items.map(async (item) => {
    try {
      return await work(item, either);
    } catch (error) {
      failure ??= { error };
      stop.abort(error);
      throw error;
    }
  });
  await Promise.allSettled(works);
  signal?.throwIfAborted();
  if (failure !== undefined) throw failure.error;
  return Promise.all(works);
}
