import type { Awaitable, MediumDriver } from './driver.ts';
import { ErrnoSignal } from './errno.ts';
import type { FileInfo, Medium } from './medium.ts';
import { joinPath } from './path.ts';
import { type LinkTree, resolve, type Spot } from './resolve.ts';

/** What a path says of a file at the moment: nothing more is needed to look at links from outside a medium. */
type Seen = Pick<FileInfo, 'kind'>;

/** The path inside a medium that the absolute target of its link at `path` means there. */
export type AbsoluteTarget = (target: string, path: string) => Awaitable<string>;

/** How a medium reads absolute targets: it says so itself, or where its files are on the disk, or neither. */
type Says = Pick<MediumDriver, 'absolute' | 'realPath'>;

/**
 * How a medium reads absolute targets: as it says itself, else as a path of the host where its files are on a disk (and
 * fine only inside the root, however the host spells that), else from its own root.
 */
export async function absoluteTargets(medium: Says): Promise<AbsoluteTarget> {
  if (medium.absolute !== undefined) return (target, path) => medium.absolute?.(target, path) ?? target;
  const root = await medium.realPath?.('');
  if (root === undefined) return (target) => target;
  const within = (path: string | undefined): string | undefined => {
    const prefix = root.endsWith('/') ? root : `${root}/`;
    return path !== undefined && `${path}/`.startsWith(prefix) ? path.slice(prefix.length) : undefined;
  };
  return async (target, path) => {
    const written = within(target);
    if (written !== undefined) return written;
    const real = within(await realPathOf(medium, path));
    if (real === undefined || real === path) throw new ErrnoSignal('ERR_PATH_ESCAPES_ROOT');
    return real;
  };
}

/** Where the disk says that a link leads: nowhere for a dangling one, and for one that is yet to be made. */
async function realPathOf(medium: Says, path: string): Promise<string | undefined> {
  try {
    return await medium.realPath?.(path);
  } catch {
    return undefined;
  }
}

/** What a whole medium says; asked from its root, also where relative paths mean something else. */
function says(medium: Medium & { readonly driver?: Says }): Says {
  const { driver } = medium;
  if (driver?.absolute !== undefined) return { absolute: driver.absolute.bind(driver) };
  return medium.capabilities.realPath ? { realPath: (path) => medium.realPath(`/${path}`) } : {};
}

/** The links of a medium, looked at by its public methods. */
export class MediumLinks {
  readonly #medium: Medium;
  #tree: Promise<LinkTree<Seen>> | undefined;

  constructor(medium: Medium) {
    this.#medium = medium;
  }

  /** Where a normalized path leads, links at the end followed. Refuses as {@link resolve}. */
  async resolve(path: string): Promise<Spot<Seen>> {
    this.#tree ??= this.#look();
    return resolve(await this.#tree, path, true);
  }

  /** The one spelling of a path as its medium has it; what is missing at its end stays as it is written. */
  async place(path: string): Promise<string> {
    const missing: string[] = [];
    let at = path;
    for (;;) {
      try {
        const spot = await this.resolve(at);
        return joinPath(spot.path, missing.reverse().join('/'));
      } catch (error) {
        if ((error as { code?: unknown }).code !== 'ENOENT' || at === '') throw error;
        const slash = at.lastIndexOf('/');
        missing.push(at.slice(slash + 1));
        at = at.slice(0, Math.max(slash, 0));
      }
    }
  }

  async #look(): Promise<LinkTree<Seen>> {
    const medium = this.#medium;
    const absolute = await absoluteTargets(says(medium));
    return {
      root: { kind: 'dir' },
      absolute,
      look: async (path) => {
        try {
          return await medium.stat(`/${path}`, { follow: false });
        } catch (error) {
          if ((error as { code?: unknown }).code === 'ENOENT') return undefined;
          throw error;
        }
      },
      readLink: (path) => medium.readLink(`/${path}`),
    };
  }
}
