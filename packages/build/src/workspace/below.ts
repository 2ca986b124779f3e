import { posix } from 'node:path';

import { normalizePath } from '@core/io';

/** A path of a medium as it is from a folder of it. */
export function below(dir: string, path: string): string {
  return posix.relative(`/${normalizePath(dir)}`, `/${normalizePath(path)}`);
}
