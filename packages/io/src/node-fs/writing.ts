import { ErrnoSignal } from '../errno.ts';
import { pump } from '../pump.ts';
import { CONSTANTS } from './constants.ts';
import { checkedEncoding, collectBytes, withEncoding } from './content.ts';
import { called, invalidType, outOfRange } from './errors.ts';
import { masked, parseFlags, parseMode } from './flags.ts';
import { OpenFile } from './open-file.ts';
import { type Place, toPlace } from './place.ts';
import type { NodeContent, NodeEncoding, NodePath, NodeTime, NodeWriteFileOptions } from './types.ts';
import type { Volume } from './volume.ts';

/** Node's `writeFile`; in its plain form it replaces the file atomically. */
export async function writeFile(
  volume: Volume,
  path: NodePath,
  data: NodeContent,
  options?: NodeWriteFileOptions | NodeEncoding,
): Promise<void> {
  const { encoding, mode, flag, flush = false, signal } = withEncoding(options);
  const flags = parseFlags(flag, 'w');
  const bits = parseMode(mode);
  checkedEncoding(encoding);
  const place = toPlace(path);
  const bytes = await collectBytes(data, encoding);
  const open = { syscall: 'open', path: place.given, signal };
  if (flags.truncate && flags.create && flags.write && !flags.append && !flags.noFollow) {
    await called(open, async () => {
      signal?.throwIfAborted();
      await put(volume, place, bytes, { exclusive: flags.exclusive, durable: flush, mode: bits, signal });
    });
    return;
  }
  const file = await called(open, () => {
    signal?.throwIfAborted();
    return OpenFile.open(volume, place, flags, bits);
  });
  try {
    await called({ syscall: 'write' }, () => file.write(bytes, null));
  } finally {
    await file.close();
  }
}

interface Put {
  readonly exclusive: boolean;
  readonly durable: boolean;
  readonly mode: number | undefined;
  readonly signal: AbortSignal | undefined;
}

async function put(volume: Volume, place: Place, bytes: Buffer, how: Put): Promise<void> {
  const path = volume.normalize(place);
  if (path === '' || place.slash) throw ErrnoSignal.of('EISDIR');
  const { driver } = volume;
  if (how.mode === undefined || how.exclusive) {
    await driver.write(path, bytes, { ...how, mode: how.mode === undefined ? undefined : masked(how.mode) });
    return;
  }
  // the mode is for a new file only
  const isNew = (await volume.lookUp(path, true)) === undefined;
  await driver.write(path, bytes, { ...how, mode: isNew ? masked(how.mode) : undefined });
}

export async function appendFile(
  volume: Volume,
  path: NodePath,
  data: NodeContent,
  options?: NodeWriteFileOptions | NodeEncoding,
): Promise<void> {
  const how = withEncoding<NodeWriteFileOptions>(options);
  await writeFile(volume, path, data, { ...how, flag: how.flag ?? 'a' });
}

export async function truncate(volume: Volume, path: NodePath, length = 0): Promise<void> {
  if (typeof length !== 'number') throw invalidType('len', 'of type number', length);
  if (!Number.isInteger(length)) throw outOfRange('len', 'an integer', length);
  const place = toPlace(path);
  const file = await called({ syscall: 'open', path: place.given }, () =>
    OpenFile.open(volume, place, parseFlags('r+', 'r')),
  );
  try {
    await called({ syscall: 'ftruncate' }, () => file.truncate(Math.max(0, length)));
  } finally {
    await file.close();
  }
}

/** Copies content and mode, bit by bit, and replaces the other file atomically. */
export async function copyFile(volume: Volume, from: NodePath, to: NodePath, mode = 0): Promise<void> {
  if (!Number.isInteger(mode) || mode < 0 || mode > 7) throw outOfRange('mode', '>= 0 && <= 7', mode);
  const source = toPlace(from, 'src');
  const target = toPlace(to, 'dest');
  await called({ syscall: 'copyfile', path: source.given, dest: target.given }, async () => {
    const path = await volume.locate(source);
    const found = await volume.driver.stat(path, true);
    if (found.kind === 'dir' || target.slash) throw ErrnoSignal.of('EISDIR');
    const dest = volume.normalize(target);
    const exclusive = (mode & CONSTANTS.COPYFILE_EXCL) !== 0;
    await volume.assertParent(dest);
    const { medium } = volume;
    await pump(
      medium.readStream(volume.rooted(path)),
      medium.writeStream(volume.rooted(dest), { mode: found.mode, exclusive }),
    );
  });
}

export async function chmod(volume: Volume, path: NodePath, mode: number | string): Promise<void> {
  const bits = parseMode(mode);
  if (bits === undefined) throw invalidType('mode', 'of type number', mode);
  const place = toPlace(path);
  await called({ syscall: 'chmod', path: place.given }, async () => {
    await volume.medium.chmod(volume.rooted(await volume.locate(place)), bits);
  });
}

export async function utimes(volume: Volume, path: NodePath, atime: NodeTime, mtime: NodeTime): Promise<void> {
  const times = [toDate(atime, 'atime'), toDate(mtime, 'mtime')] as const;
  const place = toPlace(path);
  await called({ syscall: 'utime', path: place.given }, async () => {
    await volume.medium.utimes(volume.rooted(await volume.locate(place)), ...times);
  });
}

/** Seconds, also as a text, or a date. */
export function toDate(time: NodeTime, name: string): Date {
  const date = time instanceof Date ? time : new Date(Number(time) * 1000);
  if (!Number.isNaN(date.getTime()) && time !== '') return date;
  throw invalidType(name, 'an instance of Date or an Time in seconds', time);
}

/** Makes a link; `type` is Windows' affair and says nothing here. */
export async function symlink(volume: Volume, target: NodePath, path: NodePath): Promise<void> {
  const { given } = toPlace(target, 'target');
  const place = toPlace(path);
  await called({ syscall: 'symlink', path: given, dest: place.given }, async () => {
    const at = volume.normalize(place);
    if (given === '' || place.slash) throw ErrnoSignal.of('ENOENT');
    if (at === '') throw ErrnoSignal.of('EEXIST');
    if (volume.driver.symlink === undefined) throw new ErrnoSignal('ERR_NOT_SUPPORTED');
    await volume.driver.symlink(given, at);
  });
}
