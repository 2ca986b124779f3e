import type { Awaitable, DriverEntry, DriverHandle, DriverStat, MediumDriver } from '../../driver.ts';
import { ErrnoSignal } from '../../errno.ts';
import { type AbsoluteTarget, absoluteTargets } from '../../links.ts';
import type { FileKind, Medium } from '../../medium.ts';
import { type LinkTree, resolve, type Spot } from '../../resolve.ts';
import { unless } from '../codes.ts';
import { type CompleteDriver, driverOf } from '../driver-of.ts';
import { Handles } from './handles.ts';
import { hiddenBy, isReserved, opaqueIn, refuseReserved, ROOT_MARK, whiteoutOf } from './names.ts';

/** What stands at a path: of the top, of the base, or a directory of both, merged. */
export interface Node {
  readonly kind: FileKind;
  /** What the top has, where it has something. */
  readonly top: DriverStat | undefined;
  /** What the base has, where that can be seen: nothing below a directory or a whiteout that hides it. */
  readonly base: DriverStat | undefined;
}

const DIRECTORY: DriverStat = { kind: 'dir', size: 0, mode: 0o755, mtimeMs: 0 };
const ROOT: Node = { kind: 'dir', top: DIRECTORY, base: DIRECTORY };

/** Two media seen as one, the top before the base. Nothing here writes. */
export class View implements LinkTree<Node> {
  readonly root: Node = ROOT;
  readonly base: CompleteDriver;
  readonly top: CompleteDriver;
  readonly handles: Handles = new Handles();
  #targets: Promise<AbsoluteTarget> | undefined;

  constructor(base: Medium, top: Medium) {
    this.base = driverOf(base);
    this.top = driverOf(top);
  }

  /** Where a path leads, through links of both. */
  find(path: string, follow: boolean = true): Promise<Spot<Node>> {
    return resolve(this, path, follow);
  }

  /** As {@link find}, and refuses where nothing stands. */
  async get(path: string, follow: boolean = true): Promise<{ readonly path: string; readonly entry: Node }> {
    const { path: at, entry } = await this.find(path, follow);
    if (entry === undefined) throw ErrnoSignal.of('ENOENT');
    return { path: at, entry };
  }

  async look(path: string, directory: Node): Promise<Node | undefined> {
    refuseReserved(path);
    const top = directory.top && (await quietStat(this.top, path));
    if (top !== undefined && top.kind !== 'dir') return { kind: top.kind, top, base: undefined };
    const base = directory.base && (await this.#lookBelow(path, { directory, top }));
    if (top === undefined) return base && { kind: base.kind, top, base };
    return { kind: 'dir', top, base: base?.kind === 'dir' ? base : undefined };
  }

  async readLink(path: string): Promise<string> {
    const { path: at, entry } = await this.get(path, false);
    if (entry.kind !== 'symlink') throw ErrnoSignal.of('EINVAL');
    return (this.#layer(entry) as Required<MediumDriver>).readLink(at);
  }

  async absolute(target: string, path: string): Promise<string> {
    this.#targets ??= absoluteTargets(this.base);
    return (await this.#targets)(target, path);
  }

  async stat(path: string, follow: boolean): Promise<DriverStat> {
    const { path: at, entry } = await this.get(path, follow);
    if (at === '') return this.#statRoot();
    return numbered(entry.top ?? entry.base ?? DIRECTORY, entry.top !== undefined);
  }

  async list(path: string): Promise<DriverEntry[]> {
    const { path: at, entry } = await this.get(path);
    return this.entries(at, entry);
  }

  /** What a directory holds, in any order. */
  async entries(path: string, { kind, top, base }: Node): Promise<DriverEntry[]> {
    if (kind !== 'dir') throw ErrnoSignal.of('ENOTDIR');
    const above = top === undefined ? [] : await quietList(this.top, path);
    const hidden = hiddenBy(above.map(({ name }) => name));
    const seen = new Map<string, DriverEntry>();
    if (base !== undefined && !hidden.isOpaque) {
      for (const entry of await quietList(this.base, path))
        if (!hidden.names.has(entry.name)) seen.set(entry.name, entry);
    }
    for (const entry of above) seen.set(entry.name, entry);
    return [...seen.values()].filter(({ name }) => !isReserved(name));
  }

  /**
   * Does `work` on the layer that a file is in, and once more where it has meanwhile moved from the top to the base, as
   * a commit does.
   */
  async onFile<T>(path: string, work: (layer: CompleteDriver, at: string) => Awaitable<T>): Promise<T> {
    const { path: at, entry } = await this.get(path);
    if (entry.kind === 'dir') throw ErrnoSignal.of('EISDIR');
    const done = await unless(['ENOENT'], async () => ({ value: await work(this.#layer(entry), at) }));
    if (done !== undefined) return done.value;
    const now = await this.get(path);
    return work(this.#layer(now.entry), now.path);
  }

  /** Opens a file; what is only in the base is opened so that it goes on with the top's copy, once there is one. */
  async open(path: string): Promise<DriverHandle> {
    return this.onFile(path, async (layer, at) => {
      const handle = await layer.open(at);
      if (layer === this.top) return handle;
      if ((await quietStat(this.top, at)) === undefined) return this.handles.keep(at, handle);
      await handle.close(); // it was copied, or replaced, at this moment
      return this.top.open(at);
    });
  }

  /** What the base has under a path, seen or not, if only the top's own directory or whiteout could hide it. */
  async beneath(path: string, directory: Node): Promise<DriverStat | undefined> {
    return directory.base && (await quietStat(this.base, path));
  }

  async #lookBelow(
    path: string,
    { directory, top }: { directory: Node; top: DriverStat | undefined },
  ): Promise<DriverStat | undefined> {
    const whiteout = directory.top && whiteoutOf(path);
    if (whiteout !== undefined && (await quietStat(this.top, whiteout))) return undefined;
    if (top !== undefined && (await quietStat(this.top, opaqueIn(path)))) return undefined;
    return quietStat(this.base, path);
  }

  async #statRoot(): Promise<DriverStat> {
    const isOfTop = (await quietStat(this.top, ROOT_MARK)) !== undefined;
    const stat = isOfTop ? await this.top.stat('', true) : await unless(['ENOENT'], () => this.base.stat('', true));
    return numbered(stat ?? DIRECTORY, isOfTop);
  }

  #layer(node: Node): CompleteDriver {
    return node.top === undefined ? this.base : this.top;
  }
}

/** What stands at a path itself, or `undefined`. */
export function quietStat(driver: MediumDriver, path: string): Promise<DriverStat | undefined> {
  return unless(['ENOENT', 'ENOTDIR'], () => driver.stat(path, false));
}

/** What a directory holds; nothing where it is gone. */
export async function quietList(driver: MediumDriver, path: string): Promise<readonly DriverEntry[]> {
  return (await unless(['ENOENT', 'ENOTDIR'], () => driver.list(path))) ?? [];
}

/** With a number that no file of the other layer has. */
function numbered(stat: DriverStat, isOfTop: boolean): DriverStat {
  if (stat.ino === undefined) return stat;
  const { ino, ...rest } = stat;
  const number = ino * 2 + (isOfTop ? 1 : 0);
  return Number.isSafeInteger(number) ? { ...rest, ino: number } : rest;
}
