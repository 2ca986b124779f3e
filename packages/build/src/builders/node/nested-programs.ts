import type { CancelOptions, Medium } from '@core/io';

import { discoverDetailed } from '../../discovery.ts';
import { readPackage } from '../../package-json.ts';

/** How many folders a hint names. */
const ENOUGH = 5;

/**
 * The folders of a project, from there, whose package.json names a program: the members of a workspace that can be
 * built where the workspace itself cannot. Only for hints: what cannot be read does not matter.
 */
export async function nestedPrograms(medium: Medium, dir: string, options: CancelOptions): Promise<readonly string[]> {
  const { nested } = await discoverDetailed(medium, dir, { maxDepth: 3, ...options }).catch(() => ({ nested: [] }));
  options.signal?.throwIfAborted();
  const found: string[] = [];
  for (const member of nested) {
    const manifest = await readPackage(medium, member.dir, options).catch(() => undefined);
    if (manifest !== undefined && Object.keys(manifest.bin).length > 0) found.push(member.dir);
    if (found.length === ENOUGH) break;
  }
  options.signal?.throwIfAborted();
  return found.map((path) => path.slice(dir === '' ? 0 : dir.length + 1));
}
