import { type CancelOptions, isCoreError, type Medium } from '@core/io';

/** The codes of a name that no file has. */
const NO_FILE: ReadonlySet<string> = new Set(['EISDIR', 'ENOENT', 'ENOTDIR']);

/** The text of a file; `undefined` where there is no file of this name. What is no text is refused, as by `read`. */
export async function readIfFile(
  medium: Medium,
  path: string,
  options: CancelOptions = {},
): Promise<string | undefined> {
  try {
    return await medium.read(path, options);
  } catch (error) {
    if (isCoreError(error) && NO_FILE.has(error.code)) return undefined;
    throw error;
  }
}
