import { type CancelOptions, isCoreError, type Medium } from '@core/io';

import { recordOf } from './record.ts';
import { readSealed } from './sealed.ts';
import type { ResultStore } from './result-store.ts';

/** What is to stay. */
export interface PruneOptions extends CancelOptions {
  /** So much at most, the results that were used last first; no limit unless it is given. */
  readonly maxBytes?: number | undefined;
  /** Results that were of use within this time, which is kept track of by the day; no limit unless it is given. */
  readonly maxAgeMs?: number | undefined;
}

/** What was removed. */
export interface PruneReport {
  readonly results: number;
  /** Of all files that were removed, contents that several results shared once. */
  readonly freedBytes: number;
  /** Of what is left. */
  readonly keptBytes: number;
}

/** A file of the store. */
interface Kept {
  readonly path: string;
  /** The path below its folder without slashes: a key or a hash. */
  readonly name: string;
  readonly size: number;
  readonly usedAtMs: number;
}

interface Result extends Kept {
  readonly blobs: readonly string[];
}

/** A blob without a record may belong to one that is about to be written. */
const ORPHAN_MS = 3_600_000;

/** Removes what is too old or too much, and contents that no result has. A program that uses the store meanwhile misses results, at worst. */
export async function pruneStore(store: ResultStore, options: PruneOptions, nowMs: number): Promise<PruneReport> {
  const { medium, root } = store;
  const blobs = await filesIn(medium, `${root}/blobs`, options);
  const results = await resultsOf(store, options);
  const kept = keep(results, { blobs, options, nowMs });
  const dropped = results.filter((result) => !kept.results.has(result));
  const loose = new Set(dropped.flatMap((result) => result.blobs));
  const gone = [...blobs.values()].filter(
    ({ name, usedAtMs }) => !kept.blobs.has(name) && (loose.has(name) || nowMs - usedAtMs > ORPHAN_MS),
  );
  for (const { path } of [...dropped, ...gone]) await medium.deleteAll(path, options);
  const freedBytes = total([...dropped, ...gone]);
  return { results: dropped.length, freedBytes, keptBytes: total([...results, ...blobs.values()]) - freedBytes };
}

interface Limits {
  readonly blobs: ReadonlyMap<string, Kept>;
  readonly options: PruneOptions;
  readonly nowMs: number;
}

/** The results that stay, and their blobs: the youngest that fit together. */
function keep(
  results: readonly Result[],
  { blobs, options, nowMs }: Limits,
): { results: ReadonlySet<Result>; blobs: ReadonlySet<string> } {
  const { maxBytes = Infinity, maxAgeMs = Infinity } = options;
  const kept = { results: new Set<Result>(), blobs: new Set<string>() };
  let bytes = 0;
  for (const result of [...results].sort((a, b) => b.usedAtMs - a.usedAtMs)) {
    const more = result.blobs.filter((name) => !kept.blobs.has(name));
    const size = result.size + total(more.flatMap((name) => blobs.get(name) ?? []));
    if (nowMs - result.usedAtMs > maxAgeMs || bytes + size > maxBytes) break;
    bytes += size;
    kept.results.add(result);
    for (const name of more) kept.blobs.add(name);
  }
  return kept;
}

/** All records that can be read; one that is damaged is a result without blobs that was never used. */
async function resultsOf({ medium, root }: ResultStore, options: CancelOptions): Promise<Result[]> {
  const results: Result[] = [];
  for (const file of (await filesIn(medium, `${root}/records`, options)).values()) {
    const record = recordOf(await readSealed(medium, file.path, options), file.name);
    const blobs = (record?.outputs ?? []).flatMap((entry) => (entry.kind === 'file' ? [entry.sha256] : []));
    results.push({ ...file, usedAtMs: record === undefined ? -Infinity : file.usedAtMs, blobs: [...new Set(blobs)] });
  }
  return results;
}

async function filesIn(medium: Medium, folder: string, { signal }: CancelOptions): Promise<Map<string, Kept>> {
  const files = new Map<string, Kept>();
  if (!(await medium.isDir(folder, { signal }))) return files;
  const { path: base } = await medium.stat(folder, { signal });
  for await (const { path, kind } of medium.walk(folder, { signal })) {
    const info = kind === 'file' ? await statOf(medium, path) : undefined;
    if (info === undefined) continue;
    const name = path.slice(base.length).replaceAll('/', '');
    files.set(name, { path, name, size: info.size, usedAtMs: info.mtime.getTime() });
  }
  return files;
}

/** `undefined` where somebody else removed it meanwhile. */
async function statOf(medium: Medium, path: string): Promise<{ size: number; mtime: Date } | undefined> {
  try {
    return await medium.stat(path);
  } catch (error) {
    if (isCoreError(error) && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function total(files: readonly Pick<Kept, 'size'>[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}
