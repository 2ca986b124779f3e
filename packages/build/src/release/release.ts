import { isCoreError, type Lock, type Medium } from '@core/io';
import { Service } from '@core/process';

import type { BuildEventListener } from '../events.ts';
import { pathBelow } from '../paths.ts';
import { openWorkspace } from '../workspace/workspace.ts';
import type { BuildProjectOptions, BuildProjectResult } from './options.ts';
import { targetsFor } from './choose-targets.ts';
import { planRelease, type ReleasePlan } from './plan.ts';
import { recoverReleases } from './publish.ts';
import { ReleaseRun } from './release-run.ts';
import { readOwnManifest, Staging } from './staging.ts';

/** Makes a release of a project: the new one is there as a whole, or the old one is still there. */
export async function makeRelease(options: BuildProjectOptions, origin?: Medium): Promise<BuildProjectResult> {
  const plan = await planRelease(options);
  const lock = await lockProject(plan, options.onEvent);
  try {
    return await releaseAlone(plan, options, origin);
  } finally {
    await lock?.close();
  }
}

async function releaseAlone(
  plan: ReleasePlan,
  options: BuildProjectOptions,
  origin: Medium | undefined,
): Promise<BuildProjectResult> {
  const { medium, dir, outputDir, signal } = plan;
  await recoverReleases(medium, outputDir, { signal });
  await readOwnManifest(medium, outputDir, { signal }); // refuses a foreign one before anything is built
  const staging = await Staging.open(medium, outputDir, { signal });
  try {
    await using service = new Service();
    await using workspace = await openWorkspace(medium, dir, { origin, signal });
    const place = { staging, service, workspace };
    const targets = await targetsFor(plan, place, options.onEvent);
    const run = new ReleaseRun({ ...plan, targets }, { ...place, options });
    return await run.run();
  } catch (error) {
    // what cannot be removed any more does no harm, and the next release removes it
    await staging.discard().catch(() => undefined);
    throw error;
  }
}

/** Where files of a release cannot be locked, there is nobody to lock out. */
const NO_LOCK: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS', 'ERR_NOT_SUPPORTED']);

/** One build of a project at a time. */
async function lockProject(
  { medium, dir, signal }: ReleasePlan,
  onEvent?: BuildEventListener,
): Promise<Lock | undefined> {
  const path = pathBelow(dir, '.core-build');
  if (!medium.capabilities.lock) return undefined;
  try {
    return await medium.lock(path, { timeoutMs: 0, signal });
  } catch (error) {
    if (!isCoreError(error)) throw error;
    if (NO_LOCK.has(error.code)) return undefined;
    if (error.code !== 'ERR_LOCK_TIMEOUT') throw error;
  }
  onEvent?.({ type: 'warning', message: 'Another build of this project is running: waiting for it to end.' });
  return medium.lock(path, { signal });
}
