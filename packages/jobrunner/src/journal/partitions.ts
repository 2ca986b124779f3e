import { type CancelOptions, isCoreError, type Medium } from '@core/io';

import type { EntriesOptions, ReplayOptions } from './options.ts';
import { checkRepo, type Partition, partitionAt, STARTED } from './partition.ts';

/** All files of a journal: those with the lines of what has begun behind the others. */
export async function allPartitionsIn(medium: Medium, baseDir: string, options: ReplayOptions): Promise<Partition[]> {
  const started = await partitionsIn(medium, `${baseDir}/${STARTED}`, options);
  const others = await partitionsIn(medium, baseDir, options);
  return [...others, ...started.map((partition) => ({ ...partition, path: `${STARTED}/${partition.path}` }))];
}

/** The files of a journal that may hold what is wanted, by day and then by repository. Other files are passed over. */
export async function partitionsIn(
  medium: Medium,
  baseDir: string,
  { repo, from, to, signal }: Omit<EntriesOptions, 'where'>,
): Promise<Partition[]> {
  if (repo !== undefined) checkRepo(repo);
  const repos = repo === undefined ? await reposIn(medium, baseDir, { signal }) : [repo];
  const first = from?.toISOString().slice(0, 10) ?? '';
  const last = to?.toISOString().slice(0, 10) ?? '9999-99-99';
  const found: Partition[] = [];
  for (const at of repos) {
    for (const file of await names(medium, `${baseDir}/${at}`, { kind: 'file', signal })) {
      const partition = partitionAt(`${at}/${file}`);
      if (partition !== undefined && partition.date >= first && partition.date <= last) found.push(partition);
    }
  }
  return found.sort((a, b) => order(a.date, b.date) || order(a.repo, b.repo));
}

async function reposIn(medium: Medium, baseDir: string, { signal }: CancelOptions): Promise<string[]> {
  const repos: string[] = [];
  for (const owner of await names(medium, baseDir, { kind: 'dir', signal })) {
    for (const name of await names(medium, `${baseDir}/${owner}`, { kind: 'dir', signal }))
      repos.push(`${owner}/${name}`);
  }
  return repos;
}

async function names(
  medium: Medium,
  path: string,
  { kind, signal }: CancelOptions & { readonly kind: 'dir' | 'file' },
): Promise<string[]> {
  try {
    return (await medium.list(path, { signal })).filter((entry) => entry.kind === kind).map(({ name }) => name);
  } catch (error) {
    if (isCoreError(error) && error.code === 'ENOENT') return [];
    throw error;
  }
}

function order(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
