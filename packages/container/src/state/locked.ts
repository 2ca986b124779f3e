import type { CancelOptions, Lock, Medium } from '@core/io';

import { isFull } from './state-error.ts';

/** Does one step at a time for a path: among all programs where the medium can. */
export async function locked<T>(
  medium: Medium,
  path: string,
  step: () => Promise<T>,
  { signal }: CancelOptions = {},
): Promise<T> {
  const lock = medium.capabilities.lock ? await medium.lock(path, { signal }) : undefined;
  return closing(lock, step);
}

/** As {@link locked}, for steps that only remove: a full disk, which has no room for a lock, must not keep them. */
export async function lockedIfRoom<T>(medium: Medium, path: string, step: () => Promise<T>): Promise<T> {
  let lock: Lock | undefined;
  try {
    lock = medium.capabilities.lock ? await medium.lock(path) : undefined;
  } catch (error) {
    if (!isFull(error)) throw error;
  }
  return closing(lock, step);
}

async function closing<T>(lock: Lock | undefined, step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } finally {
    await lock?.close();
  }
}
