import type { MediumDriver } from '../driver.ts';
import type { WatchEvent } from '../medium.ts';
import { joinPath } from '../path.ts';
import { unless } from './codes.ts';
import { onlyOf } from './driver-of.ts';
import type { Folder } from './folder.ts';

/** The primitives of a folder of another medium. */
export function subDriver(inner: MediumDriver, folder: Folder): MediumDriver {
  const all = inner as Required<MediumDriver>; // what it lacks is taken out in the end
  return onlyOf(inner, {
    stat: async (path, follow) => (path === '' ? folder.stat() : inner.stat(await folder.find(path, follow), follow)),
    list: async (path) => (path === '' ? folder.list() : inner.list(await folder.find(path))),
    read: async (path, signal, borrow) => inner.read(await folder.findFile(path), signal, borrow),
    open: async (path, walker) => all.open(await folder.findFile(path), walker),
    readLink: async (path) => folder.inward(await all.readLink(await folder.find(path, false))),
    absolute: (target, path) => folder.absolute(target, path),
    realPath: async (path) => all.realPath(await folder.find(path)),
    watch: (path, signal) => watch(all, { folder, path }, signal),

    write: (path, bytes, options) =>
      folder.make(async () => inner.write(await folder.find(path, !options.exclusive), bytes, options)),
    append: (path, bytes, options) => folder.make(async () => all.append(await folder.find(path), bytes, options)),
    create: (path, options) =>
      folder.make(async () => all.create(await folder.find(path, !options.exclusive), options)),
    mkdir: (path) => folder.make(async () => inner.mkdir(await folder.find(path, false))),
    symlink: (target, path) =>
      folder.make(async () => all.symlink(await folder.outward(target, path), await folder.find(path, false))),
    chmod: (path, mode) => folder.make(async () => all.chmod(await folder.find(path), mode)),
    utimes: (path, atime, mtime) => folder.make(async () => all.utimes(await folder.find(path), atime, mtime)),
    lock: (path, options) => folder.make(async () => all.lock(await folder.find(path, false), options)),

    remove: async (path) => inner.remove(await folder.find(path, false)),
    removeAll: async (path, signal) => {
      const at = await unless(['ENOENT', 'ENOTDIR'], () => folder.find(path, false));
      if (at !== undefined) await all.removeAll(at, signal);
    },
    rename: async (from, to) => inner.rename(await folder.find(from, false), await folder.find(to, false)),
  });
}

/** Events as seen from the folder, spelled as the path was that is watched. */
async function* watch(
  inner: Required<MediumDriver>,
  { folder, path }: { readonly folder: Folder; readonly path: string },
  signal: AbortSignal | undefined,
): AsyncGenerator<WatchEvent> {
  const at = path === '' ? folder.prefix : await folder.find(path);
  for await (const event of inner.watch(at, signal)) {
    const below = event.path.slice(at.length).replace(/^\//u, '');
    yield { type: event.type, path: joinPath(path, below) };
  }
}
