import type { DirEntry, Medium, WalkOptions } from './medium.ts';

/** The entries below `path`, depth first, each directory before its content, read one directory at a time. */
export async function* walk(medium: Medium, path: string, options: WalkOptions = {}): AsyncGenerator<DirEntry> {
  const { maxDepth = Infinity, signal } = options;
  if (!(maxDepth >= 0)) throw new RangeError(`maxDepth must be a number from 0 up, not ${String(maxDepth)}`);
  if (maxDepth === 0) return;
  const open = [(await medium.list(path, { signal })).values()];
  for (let level = open.at(-1); level !== undefined; level = open.at(-1)) {
    signal?.throwIfAborted();
    const { value: entry, done } = level.next();
    if (done === true) {
      open.pop();
      continue;
    }
    yield entry;
    if (open.length < maxDepth && entry.kind === 'dir') {
      open.push((await medium.list(entry.path, { signal })).values());
    }
  }
}
