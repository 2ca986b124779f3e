import type { DriverStat, DriverWrite } from '../../driver.ts';
import { joinPath, parentPath } from '../../path.ts';
import type { Standing } from '../../resolve.ts';
import type { CompleteDriver } from '../driver-of.ts';
import { copyLink } from './copy-link.ts';
import { ROOT_MARK } from './names.ts';
import { type Node, quietStat, type View } from './view.ts';

const BUFFER_BYTES = 1024 * 1024;
export const PLAIN_WRITE: DriverWrite = { mode: undefined, exclusive: false, durable: false, signal: undefined };

/** Copies what the base has into the top, where it can be changed: the view is the same before and after. */
export class Raise {
  readonly #view: View;

  constructor(view: View) {
    this.#view = view;
  }

  /** Makes a directory of the view in the top, with those above it, all with the base's mode and time. */
  async directory({ path, entry }: Standing<Node>): Promise<void> {
    if (entry.top !== undefined) return;
    const { base, top } = this.#view;
    const made: [path: string, stat: DriverStat][] = [];
    for (let at = path; at !== '' && (await quietStat(top, at)) === undefined; at = parentPath(at)) {
      made.unshift([at, await base.stat(at, false)]);
    }
    for (const [at] of made) await top.mkdir(at);
    for (const [at, stat] of made.reverse()) await this.#dress(at, stat);
  }

  /** A file, a link, or a directory with everything below. */
  async tree({ path, entry }: Standing<Node>): Promise<void> {
    if (entry.kind !== 'dir') {
      if (entry.top === undefined) await this.#leaf(path, entry);
      return;
    }
    if (entry.base === undefined) return;
    await this.directory({ path, entry });
    const stat = entry.top ?? entry.base;
    for (const { name } of await this.#view.entries(path, entry)) await this.#below(joinPath(path, name), entry);
    await this.#dress(path, stat);
  }

  /** What attributes are set on: a directory without what is in it. */
  async attributes({ path, entry }: Standing<Node>): Promise<void> {
    if (path === '') await this.#root();
    else if (entry.kind === 'dir') await this.directory({ path, entry });
    else await this.tree({ path, entry });
  }

  async #below(path: string, directory: Node): Promise<void> {
    const entry = await this.#view.look(path, directory);
    if (entry !== undefined) await this.tree({ path, entry });
  }

  async #leaf(path: string, entry: Node): Promise<void> {
    const { base, top } = this.#view;
    const parent = parentPath(path);
    await this.directory({ path: parent, entry: (await this.#view.get(parent)).entry });
    if (entry.kind === 'symlink') await copyLink(base, top, path);
    else await copyContent(base, top, path, modeFor(base, top, entry.base));
    if (entry.kind === 'symlink' || entry.base === undefined) return;
    await this.#dress(path, entry.base);
    await this.#view.handles.raised(path, () => top.open(path));
  }

  /** From here on the root's mode and time are the top's. */
  async #root(): Promise<void> {
    const { base, top } = this.#view;
    if ((await quietStat(top, ROOT_MARK)) !== undefined) return;
    await top.write(ROOT_MARK, new Uint8Array(), PLAIN_WRITE);
    await this.#dress('', await base.stat('', true));
  }

  async #dress(path: string, { mode, mtimeMs }: DriverStat): Promise<void> {
    const { base, top } = this.#view;
    const time = new Date(mtimeMs);
    if (base.capabilities.mode) await top.chmod?.(path, mode);
    if (base.capabilities.mtime) await top.utimes?.(path, time, time);
  }
}

/** The mode that a file takes along to another medium, where both have such. */
export function modeFor(from: CompleteDriver, to: CompleteDriver, stat: DriverStat | undefined): number | undefined {
  return from.capabilities.mode && to.capabilities.mode ? stat?.mode : undefined;
}

/** Puts the content of a file under the same path of another medium; it appears when it is whole. */
export async function copyContent(
  from: CompleteDriver,
  to: CompleteDriver,
  path: string,
  mode: number | undefined,
): Promise<void> {
  const handle = await from.open(path);
  try {
    const sink = await to.create(path, { ...PLAIN_WRITE, mode });
    try {
      const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
      for (let at = 0, read = -1; read !== 0; at += read) {
        read = await handle.read(buffer, 0, buffer.length, at);
        if (read > 0) await sink.write(buffer.subarray(0, read));
      }
    } catch (error) {
      await sink.abort();
      throw error;
    }
    await sink.commit();
  } finally {
    await handle.close();
  }
}
