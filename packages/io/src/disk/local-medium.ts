import { cwd } from 'node:process';

import { DefinedMedium } from '../define-medium.ts';
import type { Medium } from '../medium.ts';
import { normalizePath } from '../path.ts';
import { diskDriver } from './disk-driver.ts';
import { refuseReserved } from './reserved.ts';
import { absolutePath, Unguarded } from './sandbox/unguarded.ts';

const WINDOWS = process.platform === 'win32';

/**
 * The whole file system as a {@link Medium}, with everything that this process may reach: no sandbox. Paths are those of
 * the host; a relative one is relative to `process.cwd()` at the moment of the call, and results show absolute ones.
 *
 * Writes are atomic here, too; a device is written into, never replaced. On Windows both slashes and drive letters are
 * understood.
 *
 * @example
 * ```ts
 * import { mkdtempSync, rmSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { localMedium } from '@core/io';
 *
 * const local = localMedium();
 * const folder = mkdtempSync(join(tmpdir(), 'example-'));
 * const file = join(folder, 'a.txt');
 * await local.write(file, 'hello');
 * assert.equal(await local.read(file), 'hello');
 * assert.equal((await local.stat(file)).path, file);
 * assert.equal(local.capabilities.sandbox, 'none');
 * rmSync(folder, { recursive: true });
 * ```
 */
export function localMedium(): Medium {
  return new DefinedMedium(diskDriver({ sandbox: new Unguarded(), normalize, present: absolutePath }));
}

function normalize(path: string): string {
  const normalized = normalizePath(absolute(path));
  refuseReserved(normalized);
  return normalized;
}

function absolute(path: string): string {
  if (!WINDOWS) return typeof path !== 'string' || path.startsWith('/') ? path : `${cwd()}/${path}`;
  const slashed = typeof path === 'string' ? path.replaceAll('\\', '/') : path;
  return /^(?:[a-z]:(?:\/|$)|\/\/)/iu.test(slashed) ? slashed : `${cwd().replaceAll('\\', '/')}/${slashed}`;
}
