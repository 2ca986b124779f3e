import type { Medium } from '@core/io';

import type { Artifact } from '../artifact.ts';
import { BuildError } from '../errors.ts';
import { sideBySide } from '../side-by-side.ts';
import { type ArchiveEncoder } from './encoder.ts';
import { type ArchiveFormat, encoderFor } from './format.ts';
import { type ArchiveOptions, type ArchiveSettings, archiveSettings } from './options.ts';
import { type ArchivePlan, planArchive } from './plan.ts';
import { defaultWorkers } from './reproducible.ts';
import { writeArchive } from './write-archive.ts';

/**
 * Packs every artifact as `.tar.gz`, those for Windows as `.zip`: {@link archiveAllWithFormat} with `gz`.
 *
 * @example
 * ```ts
 * import { archiveAll } from '@core/build';
 * import { MemoryMedium } from '@core/io';
 *
 * const medium = new MemoryMedium({ 'dist/linux_amd64/app': 'for Linux', 'dist/windows_amd64/app.exe': 'for Windows' });
 * const archives = await archiveAll(medium, [
 *   { path: 'dist/linux_amd64/app', os: 'linux', arch: 'amd64' },
 *   { path: 'dist/windows_amd64/app.exe', os: 'windows', arch: 'amd64' },
 * ]);
 * assert.deepEqual(
 *   archives.map(({ path }) => path),
 *   ['dist/app_linux_amd64.tar.gz', 'dist/app_windows_amd64.zip'],
 * );
 * ```
 */
export function archiveAll(
  medium: Medium,
  artifacts: readonly Artifact[],
  options: ArchiveOptions = {},
): Promise<Artifact[]> {
  return archiveAllWithFormat(medium, artifacts, 'gz', options);
}

/**
 * Packs every artifact as `.tar.xz`, those for Windows as `.zip`: {@link archiveAllWithFormat} with `xz`.
 *
 * @example
 * ```ts
 * import { archiveAllXz } from '@core/build';
 * import { MemoryMedium } from '@core/io';
 *
 * const medium = new MemoryMedium({ 'dist/linux_amd64/app': 'for Linux', 'dist/linux_arm64/app': 'for another' });
 * const archives = await archiveAllXz(medium, [
 *   { path: 'dist/linux_amd64/app', os: 'linux', arch: 'amd64' },
 *   { path: 'dist/linux_arm64/app', os: 'linux', arch: 'arm64' },
 * ]);
 * assert.deepEqual(
 *   archives.map(({ path }) => path),
 *   ['dist/app_linux_amd64.tar.xz', 'dist/app_linux_arm64.tar.xz'],
 * );
 * ```
 */
export function archiveAllXz(
  medium: Medium,
  artifacts: readonly Artifact[],
  options: ArchiveOptions = {},
): Promise<Artifact[]> {
  return archiveAllWithFormat(medium, artifacts, 'xz', options);
}

/**
 * Packs every artifact as `archiveWithFormat` does, up to `workers` at a time; the archives come in the order of the
 * artifacts. All of them are looked at before the first is written.
 *
 * Where one fails no other begins, those under way are finished, and the error's `completed` lists what was finished
 * and is kept. Where several fail, the error is that of the first in the list.
 *
 * @throws `ERR_BUILD_DUPLICATE_ARCHIVE` where two artifacts would get the same archive, and what `archiveWithFormat`
 * throws.
 *
 * @example
 * ```ts
 * import { archiveAllWithFormat } from '@core/build';
 * import { MemoryMedium } from '@core/io';
 *
 * const medium = new MemoryMedium({ 'out/app': 'the program' });
 * const artifact = { path: 'out/app', os: 'linux', arch: 'amd64' };
 * const [packed] = await archiveAllWithFormat(medium, [artifact], 'zip', { name: 'app-1.0.0' });
 * assert.equal(packed?.path, 'out/app-1.0.0.zip');
 * await assert.rejects(archiveAllWithFormat(medium, [artifact, artifact], 'zip'), {
 *   code: 'ERR_BUILD_DUPLICATE_ARCHIVE',
 * });
 * ```
 */
export async function archiveAllWithFormat(
  medium: Medium,
  artifacts: readonly Artifact[],
  format: ArchiveFormat,
  options: ArchiveOptions = {},
): Promise<Artifact[]> {
  const settings = archiveSettings(options, defaultWorkers());
  const lanes = Math.min(settings.workers, artifacts.length);
  const shared = { ...settings, workers: Math.max(1, Math.floor(settings.workers / lanes)) };
  settings.signal?.throwIfAborted();
  const jobs = await planAll(medium, artifacts, { ...shared, format });
  const { results, failure } = await sideBySide(jobs, lanes, ({ plan, encoder }) =>
    writeArchive(medium, plan, { ...shared, encoder }),
  );
  const completed = results.filter((result) => result !== undefined);
  if (failure === undefined) return completed;
  throw withCompleted(failure.error, completed, settings.signal);
}

interface Job {
  readonly plan: ArchivePlan;
  readonly encoder: ArchiveEncoder;
}

async function planAll(
  medium: Medium,
  artifacts: readonly Artifact[],
  settings: ArchiveSettings & { readonly format: ArchiveFormat },
): Promise<Job[]> {
  const jobs: Job[] = [];
  const sources = new Map<string, string>();
  for (const artifact of artifacts) {
    const encoder = encoderFor(artifact, settings.format);
    const plan = await planArchive(medium, artifact, { ...settings, extension: encoder.extension });
    const other = sources.get(plan.path);
    if (other !== undefined) throw duplicate(plan.path, [other, artifact.path]);
    sources.set(plan.path, artifact.path);
    jobs.push({ plan, encoder });
  }
  return jobs;
}

function duplicate(path: string, sources: readonly string[]): BuildError {
  const both = sources.map((source) => JSON.stringify(source)).join(' and ');
  return new BuildError(`Cannot archive ${both}: both would become ${JSON.stringify(path)}`, {
    code: 'ERR_BUILD_DUPLICATE_ARCHIVE',
    op: 'build.archive',
    path,
    hint: 'Give them names of their own.',
  });
}

/** The error as it is, and what is kept; the reason of a cancellation is the caller's own and is left alone. */
function withCompleted(error: unknown, completed: readonly Artifact[], signal: AbortSignal | undefined): unknown {
  const own = signal?.aborted === true && error === signal.reason;
  if (!own && typeof error === 'object' && error !== null) {
    Reflect.defineProperty(error, 'completed', { value: completed, enumerable: true, configurable: true });
  }
  return error;
}
