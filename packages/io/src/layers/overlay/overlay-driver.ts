import type { MediumDriver } from '../../driver.ts';
import type { MediumCapabilities, SandboxStrength } from '../../medium.ts';
import type { Contents } from './contents.ts';
import { Entries } from './entries.ts';
import type { Ground } from './ground.ts';
import { watch } from './watch.ts';

/** From the strongest to the weakest. */
const STRENGTHS: readonly SandboxStrength[] = ['isolated', 'kernel', 'partial', 'checked', 'none'];

/** The primitives of an overlay: reads by the view, changes by what stands on the ground. */
export function overlayDriver(ground: Ground, contents: Contents): MediumDriver {
  const { view } = ground;
  const { base, top } = view;
  const entries = new Entries(ground);
  return {
    capabilities: capabilities(base.capabilities, top.capabilities),
    // absolute links are those of the base: only where they begin at the root there is nothing to say
    ...((base.realPath ?? base.absolute) && {
      absolute: (target: string, path: string) => view.absolute(target, path),
    }),
    ...(base.normalize && { normalize: base.normalize.bind(base) }),
    ...(base.present && { present: base.present.bind(base) }),
    stat: (path, follow) => view.stat(path, follow),
    list: (path) => view.list(path),
    read: (path, signal, borrow) => view.onFile(path, (layer, at) => layer.read(at, signal, borrow)),
    open: (path) => view.open(path),
    write: (path, bytes, options) => contents.write(path, bytes, options),
    append: (path, bytes, options) => contents.append(path, bytes, options),
    create: (path, options) => contents.create(path, options),
    mkdir: (path) => entries.mkdir(path),
    remove: (path) => entries.remove(path),
    removeAll: (path, signal) => entries.removeAll(path, signal),
    rename: (from, to) => entries.rename(from, to),
    lock: (path, options) => entries.lock(path, options),
    ...(top.chmod && { chmod: (path: string, mode: number) => entries.chmod(path, mode) }),
    ...(top.utimes && { utimes: (path: string, atime: Date, mtime: Date) => entries.utimes(path, atime, mtime) }),
    ...((top.readLink ?? base.readLink) && { readLink: (path: string) => view.readLink(path) }),
    ...(top.symlink && { symlink: (target: string, path: string) => entries.symlink(target, path) }),
    ...(base.watch && { watch: (path: string, signal: AbortSignal | undefined) => watch(ground, path, signal) }),
  };
}

/** What is written goes to the top; the base may be whatever it is. */
function capabilities(base: MediumCapabilities, top: MediumCapabilities): MediumCapabilities {
  const weaker = Math.max(STRENGTHS.indexOf(base.sandbox), STRENGTHS.indexOf(top.sandbox));
  return { ...top, watch: base.watch, realPath: false, sandbox: STRENGTHS[weaker] ?? 'none' };
}
