import { isCoreError, type Medium } from '@core/io';

import { writeToGuest } from '../exec/guest-stream.ts';
import { copyFailed, type CopyJob } from './copy-job.ts';
import type { TarEntry } from './tar-entry.ts';
import { writeTar } from './tar-writer.ts';

/** The file appears whole, or not at all: also where the line is cut. Until then it is nobody else's to read. */
const TAKE_FILE = `target=$1 mode=$2 size=$3
[ -d "$target" ] && { echo "it is a directory" >&2; exit 1; }
new=$target.core-copy-$$
trap 'rm -f "$new"' EXIT
trap 'exit 143' HUP INT TERM
mkdir -p "$(dirname "$target")" && (umask 077; cat >"$new") || exit
[ "$(wc -c <"$new")" -eq "$size" ] || { echo "the line was cut" >&2; exit 1; }
chmod "$mode" "$new" && mv -f "$new" "$target"`;

/**
 * What is there stays, unless it has the name of something new. The guest's umask is for the parents only: what is copied
 * has modes of its own. Times are those of the copy, as of a single file.
 */
const TAKE_TREE = `target=$1 mode=$2
[ -d "$target" ] || { mkdir -p "$target" && chmod "$mode" "$target"; } || exit
umask 0
exec tar -x -o -m -f - -C "$target"`;

/** Copies a file or a directory of this system into a guest. */
export async function copyIn(job: CopyJob): Promise<void> {
  const { medium, path, signal } = job;
  const info = await medium.stat(path, { signal }).catch((error: unknown) => {
    signal?.throwIfAborted();
    throw isCoreError(error) ? copyFailed(job, `${JSON.stringify(path)} cannot be read: ${error.code}`, error) : error;
  });
  if (info.kind === 'dir') {
    const mode = (info.mode | 0o700).toString(8); // tar has to write into it
    return send(job, [TAKE_TREE, 'sh', job.guestPath, mode], writeTar(entriesOf(job)));
  }
  if (info.kind !== 'file') throw copyFailed(job, `${JSON.stringify(path)} is neither a file nor a directory`);
  const words = [TAKE_FILE, 'sh', job.guestPath, info.mode.toString(8), String(info.size)];
  return send(job, words, medium.readStream(path, { signal }) as AsyncIterable<Uint8Array>);
}

async function send(
  { runner, machine: id, signal }: CopyJob,
  words: readonly string[],
  source: AsyncIterable<Uint8Array>,
): Promise<void> {
  await writeToGuest(runner, ['sh', '-c', ...words], { source, id, signal });
}

/** Everything below a directory, each directory before its content. */
async function* entriesOf({ medium, path, signal }: CopyJob): AsyncGenerator<TarEntry, undefined> {
  const { path: root } = await medium.stat(path, { signal });
  for await (const { path: place, kind } of medium.walk(path, { signal })) {
    const name = place.slice(root.length).replace(/^\/+/, '');
    const nothing = { target: '', size: 0, content: noBytes() };
    if (kind === 'symlink') {
      yield { ...nothing, name, kind, mode: 0o777, target: await medium.readLink(place, { signal }) };
    } else if (kind !== 'other') {
      const { mode, size } = await medium.stat(place, { follow: false, signal });
      if (kind === 'dir') yield { ...nothing, name, kind, mode };
      else yield { ...nothing, name, kind, mode, size, content: bytesOf(medium, place, signal) };
    }
  }
  return undefined;
}

function bytesOf(medium: Medium, path: string, signal: AbortSignal | undefined): AsyncIterable<Uint8Array> {
  return { [Symbol.asyncIterator]: () => medium.readStream(path, { signal })[Symbol.asyncIterator]() };
}

async function* noBytes(): AsyncGenerator<Uint8Array, undefined> {
  // of a directory or a link
}
