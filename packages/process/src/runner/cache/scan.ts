import { type CancelOptions, type DirEntry, glob, isCoreError, type Medium } from '@core/io';

import { Canonical } from './canonical.ts';
import { hashFile } from './content.ts';
import { restful } from './restful.ts';
import type { Place } from './workspace.ts';

/** One file, link or empty directory of a task, by its path from the task's directory. */
export type Entry =
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly mode: number;
      readonly size: number;
      readonly sha256: string;
    }
  | { readonly kind: 'symlink'; readonly path: string; readonly target: string }
  | { readonly kind: 'dir' | 'other'; readonly path: string };

/** Left out unless a pattern names them: what this runner, version control and package managers keep is no task's. */
const USUALLY_LEFT_OUT = ['.core', '.git', '.hg', '.svn', 'node_modules'];

/**
 * What of a place the patterns match, by path: files, links (not followed), and directories. Hidden names are like any
 * other; the folder of the cache is left out, and so are `.core`, `.git`, `.hg`, `.svn` and `node_modules` unless a
 * pattern names them.
 */
export async function find(
  place: Place,
  patterns: readonly string[],
  { signal }: CancelOptions = {},
): Promise<Map<string, DirEntry>> {
  const found = new Map<string, DirEntry>();
  const { files, reserved } = place;
  if (patterns.length === 0 || reserved === '') return found;
  const ignore = [...leftOut(patterns), ...(reserved === undefined ? [] : [literal(reserved)])];
  for await (const entry of glob(files, patterns, { dot: true, onlyFiles: false, ignore, signal })) {
    found.set(entry.path, entry);
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * What was found, looked at: files with the SHA-256 of their content, links with what they say, directories where
 * nothing else was found inside. What is gone meanwhile is left out.
 */
export async function entriesOf(
  { files }: Place,
  found: ReadonlyMap<string, DirEntry>,
  options: CancelOptions = {},
): Promise<Entry[]> {
  const entries: Entry[] = [];
  const inner = new Set([...found.keys()].flatMap(foldersOf));
  const rest = restful();
  for (const { path, kind } of found.values()) {
    if (kind === 'dir' && inner.has(path)) continue;
    const entry = await entryOf(files, { path, kind }, options);
    if (entry !== undefined) entries.push(entry);
    await rest();
  }
  return entries;
}

/** Whether a file with these permission bits can be run. Media without modes say no. */
function isExecutable(mode: number): boolean {
  return (mode & 0o111) !== 0;
}

/** One hash for all entries, by what matters to those who read them: path, content, and whether a file can be run. */
export function digestOf(what: string, label: string, entries: readonly Entry[]): string {
  const canonical = new Canonical(what).add(label).add(entries.length);
  for (const entry of entries) {
    canonical.add([entry.kind, entry.path]);
    if (entry.kind === 'file') canonical.add([isExecutable(entry.mode), entry.sha256]);
    if (entry.kind === 'symlink') canonical.add(entry.target);
  }
  return canonical.digest();
}

async function entryOf(
  medium: Medium,
  { path, kind }: Pick<DirEntry, 'path' | 'kind'>,
  options: CancelOptions,
): Promise<Entry | undefined> {
  try {
    if (kind === 'symlink') return { kind, path, target: await medium.readLink(path, options) };
    if (kind !== 'file') return { kind, path };
    const info = await medium.stat(path, { ...options, follow: false });
    const mode = medium.capabilities.mode ? info.mode : 0;
    return { kind, path, mode, ...(await hashFile({ medium, path }, info, options)) };
  } catch (error) {
    if (isCoreError(error) && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The directories that a path is in, from the outermost in. */
export function foldersOf(path: string): string[] {
  const names = path.split('/').slice(0, -1);
  return names.map((_, i) => names.slice(0, i + 1).join('/'));
}

function leftOut(patterns: readonly string[]): string[] {
  const named = new Set(
    patterns.filter((pattern) => !pattern.startsWith('!')).flatMap((pattern) => pattern.split('/')),
  );
  return USUALLY_LEFT_OUT.filter((name) => !named.has(name)).map((name) => `**/${name}`);
}

/** A pattern that matches this path and no other. */
function literal(path: string): string {
  return path.replace(/[\\*?[\]{}()!+@|]/g, '\\$&');
}
