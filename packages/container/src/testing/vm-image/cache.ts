import { randomBytes } from 'node:crypto';
import { link, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';

const UNFINISHED = '.unfinished-';
const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

/** The directory for what can be made again. */
export function defaultCacheDir(): string {
  const base = process.platform === 'darwin' ? join(homedir(), 'Library', 'Caches') : join(homedir(), '.cache');
  return join(process.env['XDG_CACHE_HOME'] ?? base, 'core-container');
}

/**
 * Makes a directory whole or not at all: `fill` writes into another one beside it, which then takes the name. Where
 * somebody else was quicker, theirs stays.
 */
export async function makeDirectory(path: string, fill: (dir: string) => Promise<void>): Promise<void> {
  await withUnfinished(dirname(path), async (dir) => {
    await fill(dir);
    await rename(dir, path).catch(unlessThere);
  });
}

/** Makes a file whole or not at all, as {@link makeDirectory} does. */
export async function makeFile(path: string, write: (path: string) => Promise<void>): Promise<void> {
  await withUnfinished(dirname(path), async (dir) => {
    const file = join(dir, basename(path));
    await write(file);
    await link(file, path).catch(unlessThere);
  });
}

/** Works in a new directory in `parent`, which is removed afterwards. */
export async function withUnfinished<T>(parent: string, work: (dir: string) => Promise<T>): Promise<T> {
  const dir = await unfinishedIn(parent);
  try {
    return await work(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Removes the directories that nobody has used for a week. */
export async function removeUnused(parent: string): Promise<void> {
  for (const name of await readdir(parent).catch(() => [])) {
    const path = join(parent, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Infinity }));
    if (Date.now() - mtimeMs > WEEK_MS) await rm(path, { recursive: true, force: true });
  }
}

/** A new directory whose name tells who works in it; those of programs that are gone are removed. */
async function unfinishedIn(dir: string): Promise<string> {
  await mkdir(dir, { recursive: true });
  for (const name of await readdir(dir)) {
    if (isAbandoned(name)) await rm(join(dir, name), { recursive: true, force: true });
  }
  return mkdtemp(join(dir, `${UNFINISHED}${String(process.pid)}-${randomBytes(2).toString('hex')}-`));
}

function isAbandoned(name: string): boolean {
  if (!name.startsWith(UNFINISHED)) return false;
  try {
    process.kill(Number.parseInt(name.slice(UNFINISHED.length), 10), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

function unlessThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST' && error.code !== 'ENOTEMPTY') throw error;
}
