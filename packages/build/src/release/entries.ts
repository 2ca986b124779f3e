import { isCoreError, type Medium } from '@core/io';

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
