import type { DriverEntry, DriverStat, MediumDriver } from '../driver.ts';
import { ErrnoSignal } from '../errno.ts';
import { absoluteTargets } from '../links.ts';
import { isWithin, joinPath, normalizePath, parentPath } from '../path.ts';
import { checkTarget, type LinkTree, resolve } from '../resolve.ts';
import { unless } from './codes.ts';

/** What a folder looks like that is not there yet. */
const MISSING: DriverStat = { kind: 'dir', size: 0, mode: 0o755, mtimeMs: 0 };

/** How the folder itself is made, with its parents. */
export type MakeFolder = () => Promise<void>;

/** A folder of a medium: how paths and links inside it become paths of the medium, and none leads out of it. */
export class Folder {
  readonly prefix: string;
  readonly #inner: MediumDriver;
  readonly #make: MakeFolder;
  readonly #links: LinkTree<DriverStat>;

  constructor(inner: MediumDriver, prefix: string, make: MakeFolder) {
    this.prefix = prefix;
    this.#inner = inner;
    this.#make = make;
    this.#links = {
      root: MISSING,
      look: (path) => unless(['ENOENT'], () => inner.stat(joinPath(prefix, path), false)),
      readLink: (path) => this.#primitives.readLink(joinPath(prefix, path)),
      absolute: (target, path) => this.absolute(target, path),
    };
  }

  /** The path on the medium, through no link; one at the end is followed unless `follow` is false. */
  async find(path: string, follow: boolean = true): Promise<string> {
    if (this.#inner.readLink === undefined || (await this.#isPlain(path, follow))) return joinPath(this.prefix, path);
    return joinPath(this.prefix, (await resolve(this.#links, path, follow)).path);
  }

  /** As {@link find}, for whoever wants content: the folder itself has none, also where it is missing. */
  async findFile(path: string): Promise<string> {
    if (path !== '') return this.find(path);
    await this.stat();
    throw ErrnoSignal.of('EISDIR');
  }

  /** Does `work`; where that finds nothing since the folder is missing, makes the folder and does it again. */
  async make<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'ENOENT' || (await this.#isThere())) throw error;
      await this.#make();
      return work();
    }
  }

  async stat(): Promise<DriverStat> {
    const stat = await unless(['ENOENT'], () => this.#inner.stat(this.prefix, true));
    if (stat !== undefined && stat.kind !== 'dir') throw ErrnoSignal.of('ENOTDIR');
    return stat ?? MISSING;
  }

  async list(): Promise<readonly DriverEntry[]> {
    return (await unless(['ENOENT'], () => this.#inner.list(this.prefix))) ?? [];
  }

  /** What a link inside must say on the medium to say `target`; refuses one that would lead out. */
  async outward(target: string, path: string): Promise<string> {
    if (target.startsWith('/') && !this.#isWorldOfItsOwn) {
      checkTarget(`/${await this.absolute(target, path)}`, '');
      return target;
    }
    checkTarget(target, parentPath(path));
    return target.startsWith('/') ? `/${joinPath(this.prefix, target.slice(1))}` : target;
  }

  /** What a link says, seen from the folder. */
  inward(says: string): string {
    const isFromRoot = this.#isWorldOfItsOwn && says.startsWith('/') && this.prefix !== '';
    return isFromRoot && isWithin(`/${this.prefix}`, says) ? says.slice(this.prefix.length + 1) || '/' : says;
  }

  /** The path inside the folder that an absolute target means. */
  async absolute(target: string, path: string): Promise<string> {
    const inner = this.#inner;
    const at = (below: string): string => joinPath(this.prefix, below);
    if (inner.absolute === undefined && inner.realPath !== undefined) {
      return (await absoluteTargets({ realPath: (below) => inner.realPath?.(at(below)) }))(target, path);
    }
    const meant = (await inner.absolute?.(target, at(path))) ?? target;
    const written = meant.replace(/^\/+/u, '');
    if (isWithin(this.prefix, written)) return written.slice(this.prefix.length);
    const inside = normalizePath(meant);
    if (!isWithin(this.prefix, inside)) throw new ErrnoSignal('ERR_PATH_ESCAPES_ROOT');
    return inside.slice(this.prefix.length);
  }

  /** Whether absolute links mean the medium's root, and so the folder's to whoever only knows that. */
  get #isWorldOfItsOwn(): boolean {
    return this.#inner.realPath === undefined && this.#inner.absolute === undefined;
  }

  /** Whether the disk says that no link is on the way: one question instead of one for each name. */
  async #isPlain(path: string, follow: boolean): Promise<boolean> {
    const inner = this.#inner;
    if (inner.realPath === undefined || !path.includes('/')) return false;
    const parent = parentPath(path);
    const directory = joinPath(this.prefix, parent);
    try {
      const root = await inner.realPath(this.prefix);
      const real = await inner.realPath(directory);
      if (real !== `${root === '/' ? '' : String(root)}/${parent}`) return false;
      if ((await inner.stat(directory, false)).kind !== 'dir') return false;
      if (!follow) return true;
      return (await unless(['ENOENT'], () => inner.stat(joinPath(this.prefix, path), false)))?.kind !== 'symlink';
    } catch {
      return false; // whatever it is, looking name by name finds it
    }
  }

  get #primitives(): Required<MediumDriver> {
    return this.#inner as Required<MediumDriver>; // asked for links only where there are some
  }

  async #isThere(): Promise<boolean> {
    return (await unless(['ENOENT'], () => this.#inner.stat(this.prefix, true))) !== undefined;
  }
}
