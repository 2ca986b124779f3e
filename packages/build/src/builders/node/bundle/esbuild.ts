import { createRequire } from 'node:module';

import type * as Esbuild from 'esbuild';

import { BuildError } from '../../../errors.ts';

const require = createRequire(import.meta.url);

let users = 0;
let own: typeof Esbuild | undefined;

/** Works with esbuild; its process ends when the last one who works with it is done. */
export async function withEsbuild<T>(work: (esbuild: typeof Esbuild) => Promise<T>): Promise<T> {
  own ??= loadCopy();
  users += 1;
  try {
    return await work(own);
  } finally {
    users -= 1;
    if (users === 0) await own.stop();
  }
}

/** The version of what bundles: another one may give other bytes. */
export function bundlerVersion(): string {
  return (own ??= loadCopy()).version;
}

/**
 * A copy of the module for this package alone: `stop` ends the process of a copy, and whoever else in this program uses
 * esbuild has another one.
 */
function loadCopy(): typeof Esbuild {
  try {
    const path = require.resolve('esbuild');
    const shared = require.cache[path];
    Reflect.deleteProperty(require.cache, path);
    const copy = require(path) as typeof Esbuild;
    if (shared === undefined) Reflect.deleteProperty(require.cache, path);
    else require.cache[path] = shared;
    return copy;
  } catch (cause) {
    throw new BuildError('Cannot bundle the program: esbuild is not installed for this system', {
      code: 'ERR_BUILD_TOOL_MISSING',
      op: 'build.node',
      tool: 'esbuild',
      hint: 'Install the dependencies of @core/build again on this machine, with optional ones.',
      cause,
    });
  }
}
