import { delimiter, isAbsolute, join } from 'node:path';

import { type CancelOptions, isCoreError, localMedium } from '@core/io';

/** Where a program is looked for. */
export interface FindOptions extends CancelOptions {
  /** Its `PATH` is where to look. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** More directories, after those of the `PATH`. */
  readonly dirs?: readonly string[] | undefined;
}

const ENDINGS: readonly string[] = process.platform === 'win32' ? ['.exe', ''] : [''];
const LOCAL = localMedium();

/** The absolute path of the first program of that name that may be run; an absolute path is looked at itself. */
export async function findProgram(name: string, { env, dirs = [], signal }: FindOptions): Promise<string | undefined> {
  const folders = [...(env['PATH'] ?? '').split(delimiter).filter(isAbsolute), ...dirs];
  const places = isAbsolute(name) ? [name] : folders.map((folder) => join(folder, name));
  for (const place of places) {
    for (const ending of ENDINGS) {
      if (await isProgram(place + ending, { signal })) return place + ending;
    }
  }
  return undefined;
}

/** The first of these files that is there. */
export async function firstFile(paths: readonly string[], options: CancelOptions): Promise<string | undefined> {
  for (const path of paths) {
    if (await LOCAL.isFile(path, options).catch(otherwise(false, options))) return path;
  }
  return undefined;
}

async function isProgram(path: string, options: CancelOptions): Promise<boolean> {
  const info = await LOCAL.stat(path, options).catch(otherwise(undefined, options));
  return info?.kind === 'file' && (process.platform === 'win32' || (info.mode & 0o111) !== 0);
}

/** What cannot be looked at is not there; an abort is passed on. */
function otherwise<T>(answer: T, { signal }: CancelOptions): (error: unknown) => T {
  return (error) => {
    signal?.throwIfAborted();
    if (isCoreError(error)) return answer;
    throw error;
  };
}
