import type { EncodedEntry, EncodeOptions } from './encoder.ts';
import { exactly } from './exactly.ts';
import { TAR_END, tarHeader, tarPadding } from './tar-records.ts';

/** The bytes of a tar file: ustar, with PAX records where a name or a size is longer than ustar can say. */
export async function* tar(
  entries: readonly EncodedEntry[],
  { mtime }: Pick<EncodeOptions, 'mtime'>,
): AsyncGenerator<Uint8Array> {
  for (const entry of entries) {
    yield tarHeader(entry, mtime);
    if (entry.kind !== 'file') continue;
    yield* exactly(entry);
    yield tarPadding(entry);
  }
  yield TAR_END;
}
