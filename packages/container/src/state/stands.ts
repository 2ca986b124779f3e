import type { Medium } from '@core/io';

import { isMissing } from './state-error.ts';

/** Whether anything is at a path that keeps a new file from it: also a link that leads nowhere. */
export async function stands(medium: Medium, path: string): Promise<boolean> {
  try {
    await medium.stat(path, { follow: false });
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
