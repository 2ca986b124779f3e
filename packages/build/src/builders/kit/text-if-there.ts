import { type CancelOptions, isCoreError, type Medium } from '@core/io';

import { readIfFile } from '../../read-if-file.ts';

/** The text of a file; `undefined` where there is no file of this name, or one that is no text. */
export async function textIfThere(
  medium: Medium,
  path: string,
  options: CancelOptions = {},
): Promise<string | undefined> {
  try {
    return await readIfFile(medium, path, options);
  } catch (error) {
    if (isCoreError(error) && error.code === 'ERR_INVALID_UTF8') return undefined;
    throw error;
  }
}
