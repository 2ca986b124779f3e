import type { DriverSink } from '../driver.ts';
import { parentPath } from '../path.ts';
import { DirectorySync } from './directory-sync.ts';
import type { Sandbox } from './sandbox/sandbox.ts';

/** So many directories are remembered; the oldest, which the disk has written long since, make room. */
const MOST = 4096;

/** The directories that a medium has made and whose names may not have reached the disk yet. */
export class MadeDirectories {
  readonly #sandbox: Sandbox;
  readonly #paths = new Set<string>();

  constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox;
  }

  add(path: string): void {
    this.#paths.add(path);
    if (this.#paths.size <= MOST) return;
    for (const oldest of this.#paths) {
      this.#paths.delete(oldest);
      break;
    }
  }

  /** A sink for the file `path` that is done only when also the names of the directories on the way are on the disk. */
  durable(sink: DriverSink, path: string): DriverSink {
    return {
      write: (bytes) => sink.write(bytes),
      abort: () => sink.abort(),
      commit: async () => {
        await sink.commit();
        await this.#syncParents(path);
      },
    };
  }

  /** Has the name of the file `path` reach the disk, with those of the directories on the way. */
  async syncName(path: string): Promise<void> {
    await this.#sync(parentPath(path));
    await this.#syncParents(path);
  }

  async #syncParents(path: string): Promise<void> {
    for (let at = parentPath(path); at !== ''; at = parentPath(at)) {
      if (this.#paths.delete(at)) await this.#sync(parentPath(at));
    }
  }

  async #sync(path: string): Promise<void> {
    const place = this.#sandbox.enter(path);
    const directory = new DirectorySync(place.dir);
    place.close();
    try {
      await directory.run();
    } finally {
      directory.close();
    }
  }
}
