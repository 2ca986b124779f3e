import { IoError } from './errors.ts';
import { MediumLinks } from './links.ts';
import type { CancelOptions, DirEntry, FileKind, Medium } from './medium.ts';
import { normalizePath, parentPath } from './path.ts';
import { relativeTo } from './spelling.ts';

/** A file or directory to copy: where it is, and its path from the top of the copy (`''` for that itself). */
interface Planned {
  readonly from: string;
  readonly below: string;
}

export interface PlannedLink extends Planned {
  readonly says: string;
}

/**
 * Everything there is to do, made before anything is done: what a copy writes below its own source (which cannot always
 * be seen) is not copied again.
 */
export interface CopyPlan {
  /** Parents first. */
  readonly directories: readonly Planned[];
  readonly files: readonly Planned[];
  readonly links: readonly PlannedLink[];
  /** Known where it is asked for. */
  readonly totalBytes: number | undefined;
}

interface Source {
  readonly src: Medium;
  /** As `src` presents it. */
  readonly srcPath: string;
  readonly dst: Medium;
}

interface PlanOptions extends CancelOptions {
  readonly onProgress?: unknown;
}

/** Looks at what there is to copy. */
export async function planCopy({ src, srcPath, dst }: Source, options: PlanOptions): Promise<CopyPlan> {
  const directories: Planned[] = [];
  const files: Planned[] = [];
  const links: PlannedLink[] = [];
  const { signal } = options;
  const keepLinks = src.capabilities.symlink && dst.capabilities.symlink;
  const top = { from: srcPath, below: '' };
  if (await src.isFile(srcPath, { signal })) files.push(top);
  else {
    directories.push(top);
    const relative = relativeTo(srcPath);
    for await (const entry of src.walk(srcPath, { follow: !keepLinks, signal })) {
      const planned = { from: entry.path, below: relative(entry.path) };
      const kind = keepLinks ? entry.kind : await kindBehind(src, srcPath, entry);
      if (kind === 'dir') directories.push(planned);
      else if (kind === 'file') files.push(planned);
      else if (kind === 'symlink') links.push({ ...planned, says: await src.readLink(entry.path, { signal }) });
      else throw new IoError({ code: 'ERR_NOT_REGULAR_FILE', op: 'copy', path: entry.path });
    }
  }
  const totalBytes = options.onProgress === undefined ? undefined : await sizeOf(src, files, options);
  return { directories, files, links, totalBytes };
}

async function sizeOf(medium: Medium, files: readonly Planned[], { signal }: CancelOptions): Promise<number> {
  let sum = 0;
  for (const { from } of files) sum += (await medium.stat(from, { signal })).size;
  return sum;
}

/** What to copy in the place of a link; refuses one that leads to a directory that it stands in. */
async function kindBehind(medium: Medium, top: string, { path, kind }: DirEntry): Promise<FileKind> {
  if (kind !== 'symlink') return kind;
  const info = await medium.stat(path);
  if (info.kind === 'dir' && (await leadsUp(medium, top, path))) throw new IoError({ code: 'ELOOP', op: 'copy', path });
  return info.kind;
}

/** Whether a link leads to one of the directories that a walk from `top` came through to it. */
async function leadsUp(medium: Medium, top: string, path: string): Promise<boolean> {
  const links = new MediumLinks(medium);
  const first = normalizePath(top);
  const { path: place } = await links.resolve(normalizePath(path));
  let at = normalizePath(path);
  do {
    at = parentPath(at);
    if ((await links.resolve(at)).path === place) return true;
  } while (at !== first && at !== '');
  return false;
}
