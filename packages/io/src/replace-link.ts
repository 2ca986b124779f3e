import { randomBytes } from 'node:crypto';

import { isCoreError } from './errors.ts';
import type { CancelOptions, Medium } from './medium.ts';

/** Makes a link also where a file or another link stands, which it replaces at once. A directory is `EISDIR`. */
export async function replaceLink(
  medium: Medium,
  target: string,
  path: string,
  options: CancelOptions = {},
): Promise<void> {
  try {
    await medium.symlink(target, path, options);
  } catch (error) {
    if (!isCoreError(error) || error.code !== 'EEXIST') throw error;
    const beside = `${path}/../.${randomBytes(8).toString('hex')}.link`; // `..` is by name: the same directory
    await medium.symlink(target, beside, options);
    try {
      await medium.rename(beside, path, options);
    } catch (refusal) {
      await medium.delete(beside);
      throw refusal;
    }
  }
}
