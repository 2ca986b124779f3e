import { once } from 'node:events';
import { type Header, type Pack, pack } from 'tar-stream';

import { BLOCK_BYTES } from './block-deflate.ts';
import type { EncodedEntry, EncodeOptions } from './encoder.ts';
import { EXECUTABLE_MODE, FILE_MODE } from './reproducible.ts';

/** The bytes of a tar file: ustar, with PAX records and base-256 where a name or a size is longer than ustar can say. */
export async function* tar(
  entries: readonly EncodedEntry[],
  { mtime }: Pick<EncodeOptions, 'mtime'>,
): AsyncGenerator<Uint8Array> {
  const packing = pack({ highWaterMark: BLOCK_BYTES });
  const stop = new AbortController();
  const filled = fill(packing, entries, { mtime: new Date(mtime * 1000), signal: stop.signal }).then(
    () => {
      packing.finalize();
    },
    (error: unknown) => {
      packing.destroy(error as Error);
    },
  );
  try {
    yield* packing as AsyncIterable<Uint8Array>;
  } finally {
    stop.abort();
    packing.destroy();
    await filled; // no file stays open behind the caller's back
  }
}

interface Filling {
  readonly mtime: Date;
  readonly signal: AbortSignal;
}

async function fill(packing: Pack, entries: readonly EncodedEntry[], { mtime, signal }: Filling): Promise<void> {
  for (const entry of entries) {
    const sink = packing.entry({ ...header(entry), mtime, uid: 0, gid: 0 });
    await pour(entry.kind === 'file' ? entry.content() : [], sink, signal);
  }
}

type Sink = ReturnType<Pack['entry']>;

/** Writes all chunks and waits until the entry is closed, so that the next may begin. */
async function pour(chunks: AsyncIterable<Uint8Array> | [], sink: Sink, signal: AbortSignal): Promise<void> {
  const closed = once(sink, 'close', { signal });
  closed.catch(() => undefined); // awaited below, unless something else fails first
  for await (const chunk of chunks) {
    if (!sink.write(chunk)) await once(sink, 'drain', { signal });
  }
  sink.end(null);
  await closed;
}

/** `tar-stream` takes the slash of a directory's name from the caller. */
function header(entry: EncodedEntry): Pick<Header, 'name'> & Partial<Header> {
  switch (entry.kind) {
    case 'file':
      return { name: entry.name, type: 'file', size: entry.size, mode: entry.executable ? EXECUTABLE_MODE : FILE_MODE };
    case 'dir':
      return { name: `${entry.name}/`, type: 'directory', mode: EXECUTABLE_MODE };
    case 'symlink':
      return { name: entry.name, type: 'symlink', linkname: entry.target, mode: 0o777 };
  }
}
