import type { Directory, Name } from './directory.ts';

/** A directory with several users: it is closed when the last of them has. */
export class SharedDirectory implements Directory {
  readonly path: string;
  readonly #directory: Directory;
  #users = 1;

  constructor(directory: Directory) {
    this.path = directory.path;
    this.#directory = directory;
  }

  /** One more user, who closes it too. */
  share(): this {
    this.#users += 1;
    return this;
  }

  enter(name: Name): Directory {
    return this.#directory.enter(name);
  }

  isGone(): boolean {
    return this.#directory.isGone();
  }

  close(): void {
    this.#users -= 1;
    if (this.#users === 0) this.#directory.close();
  }
}
