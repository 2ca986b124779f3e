import { type CancelOptions, isCoreError, type Medium } from '@core/io';

/** The codes of what cannot be read as a text, since it is none or not there. */
const NO_TEXT: ReadonlySet<string> = new Set(['EISDIR', 'ENOENT', 'ENOTDIR', 'ERR_INVALID_UTF8']);

/** The text of a file; `undefined` where there is no file of this name, or one that is no text. */
export async function textIfThere(
  medium: Medium,
  path: string,
  options: CancelOptions = {},
): Promise<string | undefined> {
  try {
    return await medium.read(path, options);
  } catch (error) {
    if (isCoreError(error) && NO_TEXT.has(error.code)) return undefined;
    throw error;
  }
}
