import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';

import { ErrnoSignal } from '../errno.ts';
import { called } from './errors.ts';
import type { NodeFileHandle } from './file-handle.ts';
import { masked, type OpenFlags, parseMode } from './flags.ts';
import { toPlace } from './place.ts';
import type { NodeMode, NodePath } from './types.ts';
import type { Volume } from './volume.ts';

/** What a stream writes to. */
export interface WriteTarget {
  /** -1: the file has no descriptor before it is whole. */
  readonly fd: number;
  write(chunk: Buffer): Promise<void>;
  finish(): Promise<void>;
  close(): Promise<void>;
}

/** The whole file anew: it appears when the target is finished. */
export async function openWhole(
  volume: Volume,
  path: NodePath,
  flags: OpenFlags,
  mode: NodeMode,
): Promise<WriteTarget> {
  const place = toPlace(path);
  const call = { syscall: 'open', path: place.given };
  const stream = await called(call, async () => {
    const at = volume.normalize(place);
    if (place.slash) throw ErrnoSignal.of('EISDIR');
    await volume.assertParent(at);
    const isNew = (await volume.lookUp(at, true)) === undefined;
    const bits = isNew ? parseMode(mode) : undefined;
    return volume.medium.writeStream(volume.rooted(at), {
      exclusive: flags.exclusive,
      mode: bits === undefined ? undefined : masked(bits),
    });
  });
  const done = finished(stream);
  done.catch(() => undefined); // whoever waits for it is told
  return {
    fd: -1,
    write: (chunk) => called(call, () => written(stream, chunk)),
    finish: () =>
      called(call, async () => {
        stream.end();
        await done;
      }),
    close: () =>
      new Promise((resolve) => {
        if (stream.closed) resolve();
        else stream.once('close', resolve).destroy();
      }),
  };
}

function written(stream: Writable, chunk: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(chunk, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

/** An open file, from `start` on or where its flags say. */
export function openInPlace(handle: NodeFileHandle, start: number | undefined): WriteTarget {
  let position = start;
  return {
    fd: handle.fd,
    write: async (chunk) => {
      await handle.write(chunk, 0, chunk.length, position);
      if (position !== undefined) position += chunk.length;
    },
    finish: () => Promise.resolve(),
    close: () => handle.close(),
  };
}
