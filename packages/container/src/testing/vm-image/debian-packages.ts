import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { ContainerError } from '../../errors.ts';
import { makeFile, withUnfinished } from './cache.ts';
import { runTool } from './run-tool.ts';

const LISTS = '/var/lib/apt/lists';

/** Which packages are wanted, and where they are kept. */
export interface PackageRequest {
  readonly cacheDir: string;
  readonly names: readonly string[];
  /** Of these, the package that they need first is wanted: they only name the newest one of its kind. */
  readonly newestOf?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The file names of the packages, their versions in them, in the order of `newestOf` and `names`. Asking apt takes
 * seconds, so its answer is kept until its lists change.
 */
export async function packageFiles(request: PackageRequest): Promise<readonly string[]> {
  const { mtimeMs } = await stat(LISTS).catch(() => ({ mtimeMs: 0 })); // where it is not there, apt will say so
  const key = createHash('sha256').update(JSON.stringify([request.newestOf, request.names, mtimeMs]));
  const known = join(request.cacheDir, 'packages', `${key.digest('hex').slice(0, 16)}.json`);
  const text = await readFile(known, 'utf8').catch(() => undefined);
  if (text !== undefined) return JSON.parse(text) as string[];
  const files = await askApt(request);
  await makeFile(known, (path) => writeFile(path, JSON.stringify(files)));
  return files;
}

/** Downloads those packages that are not there yet; their directory. */
export async function downloadPackages(
  cacheDir: string,
  files: readonly string[],
  signal: AbortSignal | undefined,
): Promise<string> {
  const dir = join(cacheDir, 'packages');
  await mkdir(dir, { recursive: true });
  const there = new Set(await readdir(dir));
  const wanted = files.filter((file) => !there.has(file));
  if (wanted.length > 0) {
    await withUnfinished(dir, async (unfinished) => {
      await runTool(['apt-get', '--quiet', 'download', ...wanted.map(withVersion)], { dir: unfinished, signal });
      for (const file of wanted) await rename(join(unfinished, file), join(dir, file));
    });
  }
  return dir;
}

/** Takes the files that match out of a package, of each pattern at least one; nothing of it is installed. */
export async function extractFiles(
  deb: string,
  patterns: readonly string[],
  { into, signal }: { readonly into: string; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  await mkdir(into, { recursive: true });
  const script = 'deb=$1 into=$2; shift 2; dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$into" --wildcards -- "$@"';
  await runTool(['sh', '-c', script, 'sh', deb, into, ...patterns], { signal });
}

async function askApt({ newestOf, names, signal }: PackageRequest): Promise<string[]> {
  const newest = newestOf === undefined ? [] : [await neededBy(newestOf, signal)];
  const wanted = [...newest, ...names];
  const uris = await runTool(['apt-get', 'download', '--print-uris', ...wanted], { signal });
  const files = [...uris.matchAll(/^'[^']+' (\S+\.deb) /gm)].map((match) => match[1] ?? '');
  return wanted.map((name) => files.find((file) => file.startsWith(`${name}_`)) ?? raise(notKnown(name)));
}

async function neededBy(name: string, signal: AbortSignal | undefined): Promise<string> {
  const depends = await runTool(['apt-cache', 'depends', name], { signal });
  return /Depends: (\S+)/.exec(depends)?.[1] ?? raise(notKnown(name));
}

/** `name_version_arch.deb` as apt wants to be asked for exactly that one. */
function withVersion(file: string): string {
  const [name = '', version = ''] = file.split('_');
  return `${name}=${decodeURIComponent(version)}`;
}

function notKnown(name: string): ContainerError {
  return new ContainerError(`Cannot make the test image: apt does not know the package ${name}`, {
    code: 'ERR_CONTAINER_TOOL_MISSING',
    op: 'container.testImage',
    hint: 'Run apt-get update, on Debian 12 or later for amd64.',
  });
}

function raise(error: Error): never {
  throw error;
}
