import { type CancelOptions, isCoreError, type Medium } from '@core/io';

/** Whether something has this name, be it a link that leads nowhere. */
export async function isThere(medium: Medium, path: string, options: CancelOptions): Promise<boolean> {
  try {
    await medium.stat(path, { ...options, follow: false });
    return true;
  } catch (error) {
    if (isCoreError(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return false;
    throw error;
  }
}

/** Removes a folder that holds nothing. Whether it is gone now. */
export async function deleteIfEmpty(medium: Medium, dir: string): Promise<boolean> {
  try {
    await medium.delete(dir);
    return true;
  } catch (error) {
    if (isCoreError(error) && error.code === 'ENOENT') return true;
    if (isCoreError(error) && ['ENOTEMPTY', 'ENOTDIR', 'EEXIST'].includes(error.code)) return false;
    throw error;
  }
}
