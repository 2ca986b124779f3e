import { type CancelOptions, isCoreError, type Medium } from '@core/io';

import { BuildError } from '../../errors.ts';
import { pathBelow } from '../../paths.ts';
import type { Component } from '../component.ts';

/** What a reader of lock files is given. */
export interface LockPlace extends CancelOptions {
  readonly medium: Medium;
  /** The project's folder. */
  readonly dir: string;
}

/** Reads the lock file of one package manager; `undefined` where there is none. */
export type LockReader = (place: LockPlace) => Promise<Component[] | undefined>;

/** More than this is no lock file. */
const MAX_BYTES = 256 * 2 ** 20;

/** A file of the project as text; `undefined` where there is no such file. */
export async function textOf({ medium, dir, signal }: LockPlace, name: string): Promise<string | undefined> {
  const path = pathBelow(dir, name);
  try {
    const { kind, size } = await medium.stat(path, { signal });
    if (kind !== 'file') return undefined;
    if (size > MAX_BYTES) throw new RangeError(`it has ${String(size)} bytes`);
    return await medium.read(path, { signal });
  } catch (error) {
    if (isCoreError(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return undefined;
    if (!(error instanceof RangeError)) throw error;
    throw unreadable(path, error);
  }
}

/** A file of the project, taken apart by `parse`; `undefined` where there is no such file. */
export async function parsed<T>(place: LockPlace, name: string, parse: (text: string) => T): Promise<T | undefined> {
  const text = await textOf(place, name);
  if (text === undefined) return undefined;
  try {
    return parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw unreadable(pathBelow(place.dir, name), error);
  }
}

function unreadable(path: string, cause: unknown): BuildError {
  const why = cause instanceof Error ? (cause.message.split('\n', 1)[0] ?? '') : String(cause);
  return new BuildError(`Cannot list the dependencies of ${JSON.stringify(path)}: ${why}`, {
    code: 'ERR_BUILD_PACKAGE_INVALID',
    op: 'build.sbom',
    path,
    hint: 'Have the package manager write its lock file anew.',
    cause,
  });
}

/** Whether a value of a parsed file is a map. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A map of a parsed file; an empty one where it is something else. */
export function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

/** The maps of a list of a parsed file. */
export function recordsOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

/** A text of a parsed file; `undefined` where it is something else, or empty. */
export function stringOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
