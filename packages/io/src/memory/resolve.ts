import { ErrnoSignal } from '../errno.ts';
import type { DirInode, Inode } from './inode.ts';

/** How many links one path may lead through, as on Linux. */
const MAX_LINKS = 40;

/** Where a path leads: a name in a directory, and what stands there. The root is `''` in itself. */
export interface Spot {
  readonly parent: DirInode;
  readonly name: string;
  readonly inode: Inode | undefined;
}

/**
 * Walks from `root` along `path` as the kernel does: through links, `..` by where a directory really stands, each name
 * on the way a directory. The last name need not exist; a link there is followed if `follow` says so.
 *
 * Refuses with `ENOENT`, `ENOTDIR`, `ELOOP`, and with `ERR_PATH_ESCAPES_ROOT` where a link climbs over the root.
 */
export function resolve(root: DirInode, path: string, follow: boolean): Spot {
  let directory = root;
  let rest = path;
  let links = 0;
  for (let start = 0; ;) {
    const slash = rest.indexOf('/', start);
    const isLast = slash < 0;
    const name = rest.slice(start, isLast ? rest.length : slash);
    start = slash + 1;
    if (name === '' || name === '.' || name === '..') {
      if (name === '..') directory = parentOf(directory);
      if (isLast) return standing(directory);
      continue;
    }
    const inode = directory.entries.get(name);
    if (inode?.kind === 'symlink' && (follow || !isLast)) {
      links += 1;
      if (links > MAX_LINKS) throw ErrnoSignal.of('ELOOP');
      if (inode.target.startsWith('/')) directory = root;
      rest = isLast ? inode.target : `${inode.target}/${rest.slice(start)}`;
      start = 0;
    } else if (isLast) {
      return { parent: directory, name, inode };
    } else {
      directory = entered(inode);
    }
  }
}

function entered(inode: Inode | undefined): DirInode {
  if (inode === undefined) throw ErrnoSignal.of('ENOENT');
  if (inode.kind !== 'dir') throw ErrnoSignal.of('ENOTDIR');
  return inode;
}

/** The directory itself as a spot: where a path ends in `.`, `..` or a slash. */
function standing(directory: DirInode): Spot {
  return { parent: directory.parent ?? directory, name: directory.name, inode: directory };
}

function parentOf(directory: DirInode): DirInode {
  if (directory.parent === undefined) throw new ErrnoSignal('ERR_PATH_ESCAPES_ROOT');
  return directory.parent;
}
