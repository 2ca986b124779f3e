import { closeSync, constants, openSync } from 'node:fs';

import { sync } from './calls.ts';
import { errorCode } from './system-error.ts';

/** What file systems say whose directories cannot be synced. */
const NOT_HERE: readonly string[] = ['EINVAL', 'ENOTSUP', 'ENOSYS'];

/** A directory whose names shall reach the disk: opened first, so that what cannot be synced is refused early. */
export class DirectorySync {
  readonly #fd: number | undefined;

  constructor(directory: string) {
    // Windows has no such thing, and writes names through
    if (process.platform === 'win32') return;
    this.#fd = openSync(`${directory}/.`, constants.O_RDONLY | constants.O_DIRECTORY);
  }

  async run(): Promise<void> {
    try {
      if (this.#fd !== undefined) await sync(this.#fd);
    } catch (error) {
      if (!NOT_HERE.includes(errorCode(error) ?? '')) throw error;
    }
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
  }
}
