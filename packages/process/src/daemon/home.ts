import { homedir } from 'node:os';
import { join } from 'node:path';

import { DiskMedium, type Medium } from '@core/io';

/** Where the daemons of a user are known: `.core/daemons` in the home directory. */
export function homeMedium(): Medium {
  return new DiskMedium({ root: join(homedir(), '.core', 'daemons') });
}
