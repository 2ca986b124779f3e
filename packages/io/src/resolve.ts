import type { Awaitable } from './driver.ts';
import { ErrnoSignal } from './errno.ts';
import type { FileKind } from './medium.ts';
import { joinPath } from './path.ts';

/** How many links one path may lead through, as on Linux. */
const MAX_LINKS = 40;

/** What a resolver must know of a tree: one name at a time, nothing followed. */
export interface LinkTree<E extends { readonly kind: FileKind }> {
  readonly root: E;
  /** What stands at `path`, whose directory is `directory`; `undefined` where nothing does. */
  look(path: string, directory: E): Awaitable<E | undefined>;
  readLink(path: string, link: E): Awaitable<string>;
  /** The path inside the tree that the absolute target of the link at `path` means; refuses one that leads outside. */
  absolute(target: string, path: string): Awaitable<string>;
}

/** Where a path leads. */
export interface Spot<E> {
  /** Normalized and through no link: the one spelling of the place. */
  readonly path: string;
  readonly entry: E | undefined;
  /** The directory that it stands in; of the root, the root. */
  readonly directory: Standing<E>;
}

/** Something that stands somewhere. */
export interface Standing<E> {
  readonly path: string;
  readonly entry: E;
}

/**
 * Walks along `path` name by name as a kernel does: through links, `..` by where a directory really stands, each name
 * on the way a directory. The last name need not exist; a link there is followed if `follow` says so.
 *
 * Refuses with `ENOENT`, `ENOTDIR`, `ELOOP`, and with `ERR_PATH_ESCAPES_ROOT` where a link leads outside.
 */
export async function resolve<E extends { readonly kind: FileKind }>(
  tree: LinkTree<E>,
  path: string,
  follow: boolean,
): Promise<Spot<E>> {
  const way = [{ path: '', entry: tree.root }];
  const names = path === '' ? [] : path.split('/').reverse();
  let links = 0;
  for (let name = names.pop(); name !== undefined; name = names.pop()) {
    const directory = way.at(-1) as Standing<E>;
    if (directory.entry.kind !== 'dir') throw ErrnoSignal.of('ENOTDIR');
    if (name === '..') climb(way);
    if (name === '' || name === '.' || name === '..') continue;
    const at = joinPath(directory.path, name);
    const looked = tree.look(at, directory.entry);
    const entry = looked instanceof Promise ? await looked : looked;
    if (entry?.kind === 'symlink' && (follow || names.length > 0)) {
      links += 1;
      if (links > MAX_LINKS) throw ErrnoSignal.of('ELOOP');
      const target = await readTarget(tree, at, entry);
      if (target === undefined) {
        names.push(name); // something else has its name by now: look again
        continue;
      }
      if (target.startsWith('/')) way.length = 1;
      names.push(...(target.startsWith('/') ? await tree.absolute(target, at) : target).split('/').reverse());
    } else if (names.length === 0) {
      return { path: at, entry, directory };
    } else if (entry === undefined) {
      throw ErrnoSignal.of('ENOENT');
    } else {
      way.push({ path: at, entry });
    }
  }
  const end = way.at(-1) as Standing<E>; // the root, or a path that ended in `.`, `..` or a slash
  if (end.entry.kind !== 'dir') throw ErrnoSignal.of('ENOTDIR');
  return { ...end, directory: way.at(-2) ?? end };
}

/** What a link says; `undefined` where it is none any more. */
async function readTarget<E extends { readonly kind: FileKind }>(
  tree: LinkTree<E>,
  path: string,
  link: E,
): Promise<string | undefined> {
  try {
    return await tree.readLink(path, link);
  } catch (error) {
    if ((error as { code?: unknown }).code === 'EINVAL') return undefined;
    throw error;
  }
}

function climb(way: unknown[]): void {
  if (way.length === 1) throw new ErrnoSignal('ERR_PATH_ESCAPES_ROOT');
  way.pop();
}

/** Refuses the target of a new link that would climb over the root from `directory`, counting names as they are written. */
export function checkTarget(target: string, directory: string): void {
  let depth = directory === '' || target.startsWith('/') ? 0 : directory.split('/').length;
  for (const name of target.split('/')) {
    if (name === '..') depth -= 1;
    else if (name !== '' && name !== '.') depth += 1;
    if (depth < 0) throw new ErrnoSignal('ERR_PATH_ESCAPES_ROOT');
  }
}
