import { copy, DiskMedium, isCoreError, type Medium, pump } from '@core/io';

import { readFromGuest } from '../exec/guest-stream.ts';
import { copyFailed, type CopyJob } from './copy-job.ts';
import type { TarEntry } from './tar-entry.ts';
import { readTar, safeName } from './tar-reader.ts';

/**
 * Whoever copies owns what comes, and a program of a guest must not run as him: setuid and setgid stay there. The sticky
 * bit guards what everybody may write into.
 */
const FILE_BITS = 0o777;
const DIR_BITS = 0o1777;

/** `file 6755`: a guest may be hostile. */
const LONGEST_ANSWER = 64;
const LOOK = `if [ -d "$1" ]; then echo "dir $(stat -L -c %a "$1")"
elif [ -f "$1" ]; then echo "file $(stat -L -c %a "$1")"
elif [ -e "$1" ]; then echo other
else echo none; fi`;

/** Copies a file or a directory of a guest to this system. */
export async function copyOut(job: CopyJob): Promise<void> {
  const { runner, guestPath, machine: id, signal } = job;
  let answer = '';
  for await (const piece of readFromGuest(runner, ['sh', '-c', LOOK, 'sh', guestPath], { id, signal })) {
    answer += Buffer.from(piece).toString('utf8');
    if (answer.length > LONGEST_ANSWER) throw copyFailed(job, 'the guest says more than what it is');
  }
  const [kind, mode] = answer.trim().split(' ');
  if (kind === 'dir') return takeTree(job, Number.parseInt(mode ?? '755', 8));
  if (kind === 'file') return takeFile(job, Number.parseInt(mode ?? '644', 8));
  throw copyFailed(
    job,
    kind === 'none' ? 'there is no such file or directory' : 'it is neither a file nor a directory',
  );
}

/** The file appears whole, or not at all. */
async function takeFile(
  { runner, medium, machine: id, path, guestPath, signal }: CopyJob,
  mode: number,
): Promise<void> {
  const source = readFromGuest(runner, ['cat', guestPath], { id, signal });
  await pump(source, medium.writeStream(path, { mode: mode & FILE_BITS, signal }));
}

/**
 * A guest may be hostile, and the directory may hold links that it has sent before: so nothing is written but inside of
 * it. Links are made at last, and directories get their modes at last.
 */
async function takeTree(job: CopyJob, mode: number): Promise<void> {
  const { runner, medium, machine: id, path, guestPath, signal } = job;
  const isNew = !(await medium.exists(path, { signal }));
  await medium.ensureDir(path, { signal });
  await using inside = new DiskMedium({ root: (await medium.realPath(path, { signal })) ?? path });
  if (isNew) await inside.chmod('.', dirMode(mode), { signal });
  const links: TarEntry[] = [];
  const dirs: TarEntry[] = [];
  const source = readFromGuest(runner, ['tar', '-cf', '-', '-C', guestPath, '.'], { id, signal });
  try {
    try {
      for await (const entry of readTar(source)) {
        await take(inside, entry, signal);
        if (entry.kind === 'symlink') links.push(entry);
        else if (entry.kind === 'dir') dirs.push(entry);
      }
    } finally {
      // also where the guest could not read everything: what has come is whole
      for (const link of links) await makeLink(inside, link, job);
      for (const { name, mode } of dirs.toReversed()) await inside.chmod(name, dirMode(mode), { signal });
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw isCoreError(error) ? error : copyFailed(job, (error as Error).message, error);
  }
}

/** Its owner can write into it, as the next copy does. */
function dirMode(mode: number): number {
  return (mode & DIR_BITS) | 0o700;
}

async function take(
  inside: Medium,
  { name, kind, mode, target, content }: TarEntry,
  signal?: AbortSignal,
): Promise<void> {
  if (kind === 'symlink') return;
  if (kind === 'dir') return inside.ensureDir(name, { signal });
  await clearLink(inside, name);
  if (kind === 'file') await pump(content, inside.writeStream(name, { mode: mode & FILE_BITS, signal }));
  else await copy(inside, safeName(target), inside, name, { signal });
}

/** It may say what it likes: nobody goes through it here. */
async function makeLink(inside: Medium, { name, target }: TarEntry, { medium, path, signal }: CopyJob): Promise<void> {
  await clearLink(inside, name); // which refuses a place outside
  await medium.symlink(target, `${path}/${name}`, { signal });
}

/** A link that stands in the way is replaced, not followed. */
async function clearLink(inside: Medium, name: string): Promise<void> {
  try {
    const { kind } = await inside.stat(name, { follow: false });
    if (kind === 'symlink') await inside.delete(name);
  } catch (error) {
    if (!isCoreError(error) || error.code !== 'ENOENT') throw error;
  }
}
