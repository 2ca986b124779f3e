import { ErrnoSignal } from '../../errno.ts';
import type { WatchEvent } from '../../medium.ts';
import { EventHub } from '../../memory/events.ts';
import { KeyedMutex } from '../../mutex.ts';
import { joinPath } from '../../path.ts';
import type { Spot } from '../../resolve.ts';
import { unless } from '../codes.ts';
import { opaqueIn, whiteoutOf, writableWhiteoutOf } from './names.ts';
import { PLAIN_WRITE, Raise } from './raise.ts';
import type { Node, View } from './view.ts';

/** A path where something stands. */
export type Existing = Spot<Node> & { readonly entry: Node };

/** What stands at a spot; `ENOENT` where nothing does. */
export function standing(spot: Spot<Node>): Existing {
  if (spot.entry === undefined) throw ErrnoSignal.of('ENOENT');
  return { ...spot, entry: spot.entry };
}

/**
 * What all changes of an overlay stand on.
 *
 * One change is made at a time; each does what hides the base first and what shows the new last, so that whoever reads
 * meanwhile, or reopens the top after a crash, sees the old or the new.
 */
export class Ground {
  readonly view: View;
  readonly raise: Raise;
  readonly events: EventHub = new EventHub();
  readonly #mutex = new KeyedMutex();

  constructor(view: View) {
    this.view = view;
    this.raise = new Raise(view);
  }

  /** Runs `work` while nothing else changes. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    return this.#mutex.run('', work);
  }

  /** What stands at a path itself; `ENOENT` where nothing does. */
  async existing(path: string): Promise<Existing> {
    return standing(await this.view.find(path, false));
  }

  /** A path where nothing stands yet; its directory is in the top from here on. */
  async vacancy(path: string): Promise<Spot<Node>> {
    const spot = await this.view.find(path, false);
    if (spot.entry !== undefined) throw ErrnoSignal.of('EEXIST');
    await this.raise.directory(spot.directory);
    return spot;
  }

  async refuseFull({ path, entry }: Existing): Promise<void> {
    if (entry.kind === 'dir' && (await this.view.entries(path, entry)).length > 0) throw ErrnoSignal.of('ENOTEMPTY');
  }

  /** Keeps what the base has from being seen once the top's is gone. */
  async hide({ path, directory }: Existing): Promise<void> {
    if ((await this.view.beneath(path, directory.entry)) === undefined) return;
    const whiteout = writableWhiteoutOf(path);
    await this.raise.directory(directory);
    await this.view.top.write(whiteout, new Uint8Array(), PLAIN_WRITE);
  }

  /** The top has something new: what hid the base at this place is not needed any more. */
  async show(path: string): Promise<void> {
    const whiteout = whiteoutOf(path);
    if (whiteout !== undefined) await unless(['ENOENT'], () => this.view.top.remove(whiteout));
  }

  /** Makes a directory of the top hide the one that the base has at `path`, if it has. */
  async cover(directory: string, { path, directory: parent }: Spot<Node>): Promise<void> {
    if ((await this.view.beneath(path, parent.entry))?.kind !== 'dir') return;
    await this.view.top.write(opaqueIn(directory), new Uint8Array(), PLAIN_WRITE);
  }

  tell(type: WatchEvent['type'], path: string): void {
    this.events.emit({ type, path });
  }

  /** The paths of everything below; not looked for where nobody listens. */
  async below({ path, entry }: Pick<Existing, 'path' | 'entry'>): Promise<string[]> {
    if (!this.events.isHeard || entry.kind !== 'dir') return [];
    const paths: string[] = [];
    for (const { name } of await this.view.entries(path, entry)) {
      const at = joinPath(path, name);
      const below = await this.view.look(at, entry);
      if (below !== undefined) paths.push(at, ...(await this.below({ path: at, entry: below })));
    }
    return paths;
  }
}
