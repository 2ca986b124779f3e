import { resolve } from 'node:path';

import type { Medium } from '@core/io';

import { below } from './below.ts';
import { openCopy } from './private-copy.ts';
import type { OpenWorkspaceOptions, Workspace } from './types.ts';

/**
 * A folder on the disk in which commands of the project in `dir` can run: the project's own where the medium is on a
 * disk, else a private copy that is removed when the workspace is closed.
 *
 * @example
 * ```ts
 * import { openWorkspace } from '@core/build';
 * import { MemoryMedium } from '@core/io';
 *
 * const medium = new MemoryMedium({ 'app/package.json': '{}' });
 * await using workspace = await openWorkspace(medium, 'app');
 * assert.equal(workspace.inPlace, false);
 * assert.match(workspace.locate('app/src'), /app.src$/);
 * ```
 */
export async function openWorkspace(
  medium: Medium,
  dir: string,
  options: OpenWorkspaceOptions = {},
): Promise<Workspace> {
  const path = await medium.realPath(dir, { signal: options.signal });
  return path === undefined ? openCopy(medium, dir, options) : new PlaceItself(path, dir);
}

/** The project's own folder. */
class PlaceItself implements Workspace {
  readonly path: string;
  readonly origin: string;
  readonly inPlace = true;
  readonly #dir: string;

  constructor(path: string, dir: string) {
    this.path = path;
    this.origin = path;
    this.#dir = dir;
  }

  locate(path: string): string {
    return resolve(this.path, below(this.#dir, path));
  }

  load(): Promise<void> {
    return Promise.resolve();
  }

  save(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
