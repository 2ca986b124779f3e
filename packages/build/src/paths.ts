import { type CancelOptions, type DirEntry, isCoreError, type Medium } from '@core/io';

/** A path below a folder, in the spelling that the folder came in: an absolute one stays absolute. */
export function pathBelow(dir: string, below: string): string {
  if (below === '') return dir;
  if (dir === '' || dir === '.') return below;
  return dir.endsWith('/') ? `${dir}${below}` : `${dir}/${below}`;
}

/** The last name of a path; `''` for a root. */
export function nameOf(path: string): string {
  return path.replace(/\/+$/, '').replace(/^.*\//s, '');
}

/** The folder of a path; `''` for a name alone, `/` for a name in the root. */
export function folderOf(path: string): string {
  const slash = path.replace(/\/+$/, '').lastIndexOf('/');
  return slash > 0 ? path.slice(0, slash) : path.slice(0, slash + 1);
}

const NOT_THERE: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'ELOOP']);

/** The entries of a folder; none where there is no such folder, or a link that leads back to itself. */
export async function listIfThere(medium: Medium, dir: string, options: CancelOptions): Promise<DirEntry[]> {
  try {
    return await medium.list(dir, { signal: options.signal });
  } catch (error) {
    if (isCoreError(error) && NOT_THERE.has(error.code)) return [];
    throw error;
  }
}

/** Whether something has this name, be it a link that leads nowhere. */
export async function isThere(medium: Medium, path: string, options: CancelOptions): Promise<boolean> {
  try {
    await medium.stat(path, { ...options, follow: false });
    return true;
  } catch (error) {
    if (isCoreError(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return false;
    throw error;
  }
}
