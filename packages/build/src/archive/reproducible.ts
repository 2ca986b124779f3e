import { availableParallelism } from 'node:os';

import { BuildError } from '../errors.ts';

/** 1980-01-01T00:00:00Z: the earliest moment that both tar and zip can say without a tool complaining of it. */
export const FIXED_MTIME: number = 315_532_800;

/** 2038-01-19T03:14:07Z: the last second of a signed 32-bit clock, which readers of both formats still have. */
const LATEST_MTIME = 0x7fff_ffff;

export const FILE_MODE: number = 0o644;
export const EXECUTABLE_MODE: number = 0o755;

/** Blocks are compressed in libuv's pool, which has four threads unless its owner says otherwise: more would wait. */
const MOST_WORKERS = 8;

/** How much work is done side by side where the caller does not say. */
export function defaultWorkers(): number {
  return Math.min(availableParallelism(), MOST_WORKERS);
}

/** Whether permission bits let anybody execute: the one bit of a mode that goes into an archive. */
export function isExecutable(mode: number): boolean {
  return (mode & 0o111) !== 0;
}

/**
 * The time that every entry of an archive gets, in whole seconds: `SOURCE_DATE_EPOCH` of the environment, where it is
 * set, else a fixed date; never before 1980, where zip begins.
 *
 * @throws `ERR_BUILD_INVALID_SOURCE_DATE` where the variable is not a number of seconds that both formats can hold.
 */
export function sourceDate(env: Readonly<Record<string, string | undefined>> = process.env): number {
  const text = env['SOURCE_DATE_EPOCH'];
  if (text === undefined || text === '') return FIXED_MTIME;
  const seconds = /^\d{1,10}$/.test(text) ? Number(text) : Infinity;
  if (seconds > LATEST_MTIME) {
    throw new BuildError(`Cannot use SOURCE_DATE_EPOCH ${JSON.stringify(text)}: it is not a time before 2038`, {
      code: 'ERR_BUILD_INVALID_SOURCE_DATE',
      op: 'build.archive',
      hint: 'Set it to whole seconds since 1970, as `git log -1 --format=%ct` prints them.',
    });
  }
  return Math.max(seconds, FIXED_MTIME);
}
