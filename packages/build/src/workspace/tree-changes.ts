import { type CancelOptions, copy, type DirEntry, type Medium } from '@core/io';

import { pathBelow } from '../paths.ts';

/** A folder of a medium. */
export interface Tree {
  readonly medium: Medium;
  readonly dir: string;
}

export interface TreeOptions extends CancelOptions {
  /** Names of folders that are left out, wherever they are. */
  readonly skip?: ReadonlySet<string> | undefined;
}

/** What a tree held at one moment: by path below its folder, what would change when the file there does. */
export type TreeRecord = ReadonlyMap<string, string>;

/** Looks at everything below a folder; nothing where there is no such folder. */
export async function recordTree(tree: Tree, options: TreeOptions = {}): Promise<TreeRecord> {
  const record = new Map<string, string>();
  for await (const { below, entry } of entriesBelow(tree, '', options)) {
    record.set(below, await stampOf(tree.medium, entry, options));
  }
  return record;
}

/** Does to `to` what happened in `from` since it was recorded; gives its record now. */
export async function copyChanges(
  from: Tree,
  to: Tree,
  { before, ...options }: TreeOptions & { readonly before: TreeRecord },
): Promise<TreeRecord> {
  const { signal } = options;
  const after = await recordTree(from, options);
  for (const below of before.keys()) {
    if (!after.has(below)) await to.medium.deleteAll(pathBelow(to.dir, below), { signal });
  }
  for (const [below, stamp] of after) {
    const old = before.get(below);
    if (old === stamp) continue;
    const change = { below, kind: kindIn(stamp), signal };
    if (old !== undefined && (change.kind === 'symlink' || kindIn(old) !== change.kind)) {
      await to.medium.deleteAll(pathBelow(to.dir, below), { signal });
    }
    await copyEntry(from, to, change);
  }
  return after;
}

/** Parents before what is in them. */
async function* entriesBelow(
  { medium, dir }: Tree,
  below: string,
  options: TreeOptions,
): AsyncGenerator<{ readonly below: string; readonly entry: DirEntry }> {
  const folder = pathBelow(dir, below);
  if (!(await medium.isDir(folder, { signal: options.signal }))) return;
  for (const entry of await medium.list(folder, { signal: options.signal })) {
    if (options.skip?.has(entry.name) === true) continue;
    const path = pathBelow(below, entry.name);
    yield { below: path, entry };
    if (entry.kind === 'dir') yield* entriesBelow({ medium, dir }, path, options);
  }
}

/** The kind comes first. A command that writes the same size again gives the file a new time. */
async function stampOf(medium: Medium, { kind, path }: DirEntry, { signal }: CancelOptions): Promise<string> {
  if (kind === 'symlink') return `${kind} ${await medium.readLink(path, { signal })}`;
  if (kind !== 'file') return kind;
  const { size, mode, mtime } = await medium.stat(path, { signal });
  return `${kind} ${String(size)} ${String(mode)} ${String(mtime.getTime())}`;
}

function kindIn(stamp: string): string {
  return stamp.split(' ', 1)[0] ?? '';
}

interface Change extends CancelOptions {
  readonly below: string;
  readonly kind: string;
}

async function copyEntry(from: Tree, to: Tree, { below, kind, signal }: Change): Promise<void> {
  const source = pathBelow(from.dir, below);
  const target = pathBelow(to.dir, below);
  if (kind === 'dir') await to.medium.ensureDir(target, { signal });
  else if (kind === 'file') await copy(from.medium, source, to.medium, target, { signal });
  else if (kind === 'symlink')
    await to.medium.symlink(await from.medium.readLink(source, { signal }), target, { signal });
}
