import { ErrnoSignal } from '../../errno.ts';
import type { Lock, LockOptions } from '../../medium.ts';
import { isWithin, joinPath, parentPath } from '../../path.ts';
import { checkTarget, type Spot } from '../../resolve.ts';
import { unless } from '../codes.ts';
import { type Existing, type Ground, standing } from './ground.ts';
import { isReserved } from './names.ts';
import { type Node, quietList } from './view.ts';

/** What gives names of an overlay to something else, takes them away, or sets attributes. */
export class Entries {
  readonly #ground: Ground;

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  mkdir(path: string): Promise<void> {
    return this.#ground.alone(async () => {
      const spot = await this.#ground.vacancy(path);
      await this.#ground.view.top.mkdir(spot.path);
      await this.#ground.cover(spot.path, spot);
      await this.#created(spot.path);
    });
  }

  symlink(target: string, path: string): Promise<void> {
    return this.#ground.alone(async () => {
      const { view } = this.#ground;
      if (target.startsWith('/')) checkTarget(`/${await view.absolute(target, path)}`, '');
      else checkTarget(target, parentPath(path));
      const spot = await this.#ground.vacancy(path);
      await view.top.symlink?.(target, spot.path);
      await this.#created(spot.path);
    });
  }

  remove(path: string): Promise<void> {
    return this.#ground.alone(async () => {
      const spot = await this.#ground.existing(path);
      await this.#ground.refuseFull(spot);
      await this.#take(spot, undefined);
    });
  }

  removeAll(path: string, signal: AbortSignal | undefined): Promise<void> {
    return this.#ground.alone(async () => {
      const spot = await unless(['ENOENT', 'ENOTDIR'], () => this.#ground.existing(path));
      if (spot !== undefined) await this.#take(spot, signal);
    });
  }

  /** What only the base has is copied as a whole, since the base stays as it is. */
  rename(from: string, to: string): Promise<void> {
    return this.#ground.alone(async () => {
      const { view, raise } = this.#ground;
      const [spot, target] = [await view.find(from, false), await view.find(to, false)];
      const source = standing(spot);
      if (source.path === target.path) return;
      await this.#checkRename(source, target);
      const below = await this.#ground.below(source);
      await raise.directory(target.directory);
      await raise.tree(source);
      if (source.entry.kind === 'dir') await this.#ground.cover(source.path, target);
      await this.#ground.hide(source);
      if (target.entry?.kind === 'dir') await this.#clear({ ...target, entry: target.entry });
      await view.top.rename(source.path, target.path);
      await this.#ground.show(target.path);
      this.#tellRename(source.path, below, target);
    });
  }

  chmod(path: string, mode: number): Promise<void> {
    return this.#setAttributes(path, (at) => this.#ground.view.top.chmod?.(at, mode));
  }

  utimes(path: string, atime: Date, mtime: Date): Promise<void> {
    return this.#setAttributes(path, (at) => this.#ground.view.top.utimes?.(at, atime, mtime));
  }

  /** Waits outside of the changes: who holds the lock may have to make some. */
  async lock(path: string, options: LockOptions): Promise<Lock> {
    const at = await this.#ground.alone(async () => {
      const spot = await this.#ground.view.find(path, false);
      await this.#ground.raise.directory(spot.directory);
      return spot.path;
    });
    return this.#ground.view.top.lock(at, options);
  }

  #setAttributes(path: string, set: (at: string) => unknown): Promise<void> {
    return this.#ground.alone(async () => {
      const spot = await this.#ground.view.get(path);
      await this.#ground.raise.attributes(spot);
      await set(spot.path);
      this.#ground.tell('change', spot.path);
    });
  }

  async #created(path: string): Promise<void> {
    await this.#ground.show(path);
    this.#ground.tell('create', path);
  }

  async #take(spot: Existing, signal: AbortSignal | undefined): Promise<void> {
    const { path, entry } = spot;
    const { top } = this.#ground.view;
    const below = await this.#ground.below(spot);
    signal?.throwIfAborted();
    await this.#ground.hide(spot);
    if (entry.top?.kind === 'dir') await top.removeAll(path, signal);
    else if (entry.top !== undefined) await top.remove(path);
    for (const gone of [path, ...below].reverse()) this.#ground.tell('delete', gone);
  }

  async #checkRename(source: Existing, target: Spot<Node>): Promise<void> {
    const isDirectory = source.entry.kind === 'dir';
    if (isDirectory && isWithin(source.path, target.path)) throw ErrnoSignal.of('EINVAL');
    if (target.entry === undefined) return;
    if (isWithin(target.path, source.path)) throw ErrnoSignal.of('ENOTEMPTY');
    if (isDirectory && target.entry.kind !== 'dir') throw ErrnoSignal.of('ENOTDIR');
    if (!isDirectory && target.entry.kind === 'dir') throw ErrnoSignal.of('EISDIR');
    await this.#ground.refuseFull({ ...target, entry: target.entry });
  }

  /** Makes an empty directory of the view empty in the top, too, so that another can be renamed over it. */
  async #clear(target: Existing): Promise<void> {
    if (target.entry.top === undefined) return;
    await this.#ground.hide(target);
    for (const { name } of await quietList(this.#ground.view.top, target.path)) {
      if (isReserved(name)) await this.#ground.view.top.remove(joinPath(target.path, name));
    }
  }

  #tellRename(from: string, below: readonly string[], target: Spot<Node>): void {
    for (const gone of [from, ...below].reverse()) this.#ground.tell('delete', gone);
    this.#ground.tell(target.entry === undefined ? 'create' : 'change', target.path);
    for (const path of below) this.#ground.tell('create', joinPath(target.path, path.slice(from.length + 1)));
  }
}
