import type { Medium } from '../medium.ts';
import type { NodeFsCallbacks } from './callback-types.ts';
import { toCallbacks } from './callbacks.ts';
import { CONSTANTS, type NodeFsConstants } from './constants.ts';
import { withEncoding } from './content.ts';
import { Descriptors } from './descriptors.ts';
import { toPromises } from './promises.ts';
import { NodeReadStream, type NodeReadStreamOptions } from './read-stream.ts';
import { NodeWriteStream, type NodeWriteStreamOptions } from './write-stream.ts';
import type { NodeFsPromises, NodePath } from './types.ts';
import { Volume } from './volume.ts';

/** What {@link toNodeFs} makes. */
export interface NodeFs extends NodeFsCallbacks {
  readonly promises: NodeFsPromises;
  readonly constants: NodeFsConstants;
  readonly createReadStream: (path: NodePath, options?: NodeReadStreamOptions | BufferEncoding) => NodeReadStream;
  readonly createWriteStream: (path: NodePath, options?: NodeWriteStreamOptions | BufferEncoding) => NodeWriteStream;
}

/**
 * A medium in the shape of `node:fs`, for libraries with an `fs` option: `promises`, the functions with callbacks, streams
 * and descriptors; errors and `Stats` as Node has them. Functions with `Sync` in their names are not there, as a medium
 * is asynchronous.
 *
 * `/` and relative paths start at the medium's root. As on every medium `..` is taken by the letter, `writeFile` and a
 * `createWriteStream` replace files atomically, and the only time known is `mtime`. Files that are open for reading alone
 * are seen as they were when they were opened.
 *
 * @example
 * ```ts
 * import { MemoryMedium } from '@core/io';
 * import { toNodeFs } from '@core/io/node-fs';
 *
 * const fs = toNodeFs(new MemoryMedium());
 * assert.equal(await fs.promises.mkdir('/a/b', { recursive: true }), '/a');
 * await fs.promises.writeFile('/a/b/c.txt', 'hello');
 * assert.equal((await fs.promises.stat('/a/b/c.txt')).isFile(), true);
 * await assert.rejects(fs.promises.readdir('/a/b/c.txt'), {
 *   code: 'ENOTDIR',
 *   message: "ENOTDIR: not a directory, scandir '/a/b/c.txt'",
 * });
 * ```
 */
export function toNodeFs(medium: Medium): NodeFs {
  const volume = new Volume(medium);
  const descriptors = new Descriptors(volume);
  const promises = toPromises(volume, descriptors);
  return {
    ...toCallbacks(promises, descriptors),
    promises,
    constants: CONSTANTS,
    createReadStream: (path, options) =>
      new NodeReadStream(descriptors, path, withEncoding<NodeReadStreamOptions>(options)),
    createWriteStream: (path, options) =>
      new NodeWriteStream(volume, descriptors, path, withEncoding<NodeWriteStreamOptions>(options)),
  };
}
