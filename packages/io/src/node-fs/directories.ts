import { randomBytes } from 'node:crypto';

import { ErrnoSignal } from '../errno.ts';
import { isWithin } from '../path.ts';
import { called, directoryRefusedByRm } from './errors.ts';
import { masked, parseMode } from './flags.ts';
import { type Place, toPlace } from './place.ts';
import type { NodeMkdirOptions, NodeMode, NodePath, NodeRmOptions } from './types.ts';
import type { Volume } from './volume.ts';

/** With `recursive` gives the first directory that it made, as the caller wrote it, or `undefined`. */
export async function mkdir(
  volume: Volume,
  path: NodePath,
  options?: NodeMkdirOptions | NodeMode | null,
): Promise<string | undefined> {
  const { recursive = false, mode } = typeof options === 'object' && options !== null ? options : { mode: options };
  const bits = parseMode(mode);
  const place = toPlace(path);
  return called({ syscall: 'mkdir', path: place.given }, async () => {
    if (recursive) return makeAll(volume, place, bits);
    await makeOne(volume, volume.normalize(place), bits);
    return undefined;
  });
}

async function makeOne(volume: Volume, path: string, mode: number | undefined): Promise<void> {
  if (path === '') throw ErrnoSignal.of('EEXIST');
  await volume.driver.mkdir(path);
  if (mode !== undefined && volume.medium.capabilities.mode) {
    await volume.medium.chmod(volume.rooted(path), masked(mode));
  }
}

async function makeAll(volume: Volume, place: Place, mode: number | undefined): Promise<string | undefined> {
  let first: string | undefined;
  const steps = prefixes(place.given);
  for (const [i, given] of steps.entries()) {
    const path = volume.normalize({ given, slash: false });
    try {
      if (path !== '') await makeOne(volume, path, mode);
      else continue;
      first ??= given;
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'EEXIST') throw error;
      const standing = await volume.lookUp(path, true);
      if (standing?.kind === 'dir') continue;
      if (i < steps.length - 1) throw ErrnoSignal.of('ENOTDIR');
      throw ErrnoSignal.of(standing === undefined ? 'ENOENT' : 'EEXIST'); // a dangling link, or a file
    }
  }
  return first;
}

/** `/a`, `/a/b`, `/a/b/c` for `/a/b/c`. */
function prefixes(given: string): string[] {
  if (given === '') return [''];
  return [...given.matchAll(/[^/]+/g)].map((name) => given.slice(0, name.index + name[0].length));
}

/** Makes a directory with the prefix and six more characters that nothing else has. */
export async function mkdtemp(volume: Volume, prefix: NodePath): Promise<string> {
  const { given } = toPlace(prefix, 'prefix');
  for (;;) {
    const path = given + randomName();
    try {
      await called({ syscall: 'mkdtemp', path }, () => makeOne(volume, volume.normalize(toPlace(path)), 0o700));
      return path;
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'EEXIST') throw error;
    }
  }
}

const NAME_CHARACTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

function randomName(): string {
  return Array.from(randomBytes(6), (byte) => NAME_CHARACTERS[byte % NAME_CHARACTERS.length]).join('');
}

export async function unlink(volume: Volume, path: NodePath): Promise<void> {
  const place = toPlace(path);
  await called({ syscall: 'unlink', path: place.given }, async () => {
    const at = volume.normalize(place);
    const found = await volume.driver.stat(at, false);
    if (found.kind === 'dir') throw ErrnoSignal.of('EISDIR');
    if (place.slash) throw ErrnoSignal.of('ENOTDIR');
    await volume.driver.remove(at);
  });
}

export async function rmdir(volume: Volume, path: NodePath): Promise<void> {
  const place = toPlace(path);
  await called({ syscall: 'rmdir', path: place.given }, async () => {
    const at = volume.normalize(place);
    if ((await volume.driver.stat(at, false)).kind !== 'dir') throw ErrnoSignal.of('ENOTDIR');
    if (at === '') throw ErrnoSignal.of('EBUSY');
    await volume.driver.remove(at);
  });
}

export async function rm(volume: Volume, path: NodePath, options: NodeRmOptions = {}): Promise<void> {
  const { recursive = false, force = false } = options;
  const place = toPlace(path);
  const { given } = place;
  const found = await called({ syscall: 'lstat', path: given }, async () => {
    const standing = await volume.lookUp(volume.normalize(place), false);
    if (standing === undefined && !force) throw ErrnoSignal.of('ENOENT');
    if (standing !== undefined && standing.kind !== 'dir' && place.slash) throw ErrnoSignal.of('ENOTDIR');
    return standing;
  });
  if (found?.kind === 'dir' && !recursive) throw directoryRefusedByRm(given);
  if (found === undefined) return;
  await called({ syscall: 'rm', path: given }, () => volume.medium.deleteAll(volume.rooted(volume.normalize(place))));
}

export async function rename(volume: Volume, from: NodePath, to: NodePath): Promise<void> {
  const source = toPlace(from, 'oldPath');
  const target = toPlace(to, 'newPath');
  await called({ syscall: 'rename', path: source.given, dest: target.given }, async () => {
    const at = volume.normalize(source);
    const dest = volume.normalize(target);
    if (at === '' || dest === '') throw ErrnoSignal.of('EBUSY');
    if (source.slash || target.slash || isWithin(at, dest)) {
      const { kind } = await volume.driver.stat(at, false);
      if (kind !== 'dir' && (source.slash || target.slash || at !== dest)) throw ErrnoSignal.of('ENOTDIR');
      if (kind === 'dir' && at !== dest && isWithin(at, dest)) throw ErrnoSignal.of('EINVAL');
    }
    await volume.driver.rename(at, dest);
  });
}
