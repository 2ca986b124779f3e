import { type CancelOptions, isCoreError, type Medium } from '@core/io';

import { folderOf, pathBelow } from '../paths.ts';
import type { SourceRevision } from './release-facts.ts';

const COMMIT = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

/**
 * The commit that a project stands at, read from the files of its Git repository
 * (https://git-scm.com/docs/gitrepository-layout); `undefined` where it is in none. Changes that are not committed
 * cannot be seen in it.
 */
export async function gitSource(
  medium: Medium,
  dir: string,
  options: CancelOptions,
): Promise<SourceRevision | undefined> {
  const git = await gitFolder(medium, dir, options);
  if (git === undefined) return undefined;
  const common = pathFrom(git, (await textOf(medium, pathBelow(git, 'commondir'), options)) ?? '');
  const commit = await headOf(medium, { git, common, ...options });
  if (commit === undefined) return undefined;
  const config = (await textOf(medium, pathBelow(common, 'config'), options)) ?? '';
  return { commit, url: originOf(config) };
}

/** The folder `.git`, or the one that a file of this name leads to, here or above. */
async function gitFolder(medium: Medium, dir: string, options: CancelOptions): Promise<string | undefined> {
  for (let at = dir; ; at = folderOf(at)) {
    const path = pathBelow(at, '.git');
    if (await medium.isDir(path, options)) return path;
    const link = /^gitdir: (.+)/.exec((await textOf(medium, path, options)) ?? '')?.[1];
    if (link !== undefined) return pathFrom(at, link);
    if (at === '' || at === '/' || at === folderOf(at)) return undefined;
  }
}

function pathFrom(dir: string, path: string): string {
  if (path === '' || path.startsWith('/')) return path === '' ? dir : path;
  return path.split('/').reduce((at, name) => (name === '..' ? folderOf(at) : pathBelow(at, name)), dir);
}

interface Repository extends CancelOptions {
  readonly git: string;
  /** Where a further work tree has what is the same for all of them. */
  readonly common: string;
}

async function headOf(medium: Medium, { git, common, signal }: Repository): Promise<string | undefined> {
  const head = await textOf(medium, pathBelow(git, 'HEAD'), { signal });
  const ref = /^ref: (.+)/.exec(head ?? '')?.[1];
  if (ref === undefined || ref.includes('..')) return head !== undefined && COMMIT.test(head) ? head : undefined;
  const loose = await textOf(medium, pathBelow(common, ref), { signal });
  if (loose !== undefined && COMMIT.test(loose)) return loose;
  const packed = (await textOf(medium, pathBelow(common, 'packed-refs'), { signal })) ?? '';
  const line = packed.split('\n').find((one) => one.endsWith(` ${ref}`));
  return line?.slice(0, line.indexOf(' '));
}

/** The address of the remote `origin`. */
function originOf(config: string): string | undefined {
  const section = /^\[remote "origin"\]\n((?:(?!\[).*\n?)*)/m.exec(config)?.[1];
  const url = /^\s*url\s*=\s*(.+?)\s*$/m.exec(section ?? '')?.[1];
  return url === undefined ? undefined : withoutSecrets(url);
}

/** `git@host:path` is an address too; a folder of this machine is nobody else's business. */
function withoutSecrets(url: string): string | undefined {
  const scp = /^(?:[^@/]+@)?([^:/]+):(?!\/)(.+)$/.exec(url);
  if (scp !== null) return `ssh://${scp[1] ?? ''}/${scp[2] ?? ''}`;
  if (!URL.canParse(url)) return undefined;
  const { protocol, host, pathname } = new URL(url);
  return protocol === 'file:' ? undefined : `${protocol}//${host}${pathname}`;
}

async function textOf(medium: Medium, path: string, options: CancelOptions): Promise<string | undefined> {
  try {
    return (await medium.read(path, options)).trim();
  } catch (error) {
    if (isCoreError(error)) return undefined;
    throw error;
  }
}
