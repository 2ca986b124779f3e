import { createHash } from 'node:crypto';

import { type CancelOptions, type FileInfo, type Medium, pump } from '@core/io';

/** Files over this are streamed; smaller ones are read in one piece, which is quicker. */
const WHOLE_BYTES = 1_048_576;

/** A file of a medium. */
export interface FileRef {
  readonly medium: Medium;
  readonly path: string;
}

/** The content that a copy must have. */
export interface ExpectedContent {
  readonly sha256: string;
  readonly size: number;
}

/** What was read is not what was expected: it was changed, or is damaged. */
export class ContentMismatch extends Error {
  constructor(path: string) {
    super(`The content of ${JSON.stringify(path)} is not what it was`);
  }
}

/** SHA-256 of bytes in hexadecimal. */
export function sha256Of(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** SHA-256 of the content of a file, and how many bytes that was. */
export async function hashFile(
  { medium, path }: FileRef,
  { size }: Pick<FileInfo, 'size'>,
  { signal }: CancelOptions = {},
): Promise<ExpectedContent> {
  if (size <= WHOLE_BYTES) {
    const bytes = await medium.readBytes(path, { signal });
    return { sha256: sha256Of(bytes), size: bytes.length };
  }
  const hash = createHash('sha256');
  let read = 0;
  for await (const chunk of medium.readStream(path, { signal }) as AsyncIterable<Uint8Array>) {
    hash.update(chunk);
    read += chunk.length;
  }
  return { sha256: hash.digest('hex'), size: read };
}

/**
 * Copies a file whose content is known: where it turns out to be another, nothing is written.
 *
 * @throws {@link ContentMismatch}, and whatever reading and writing refuse with.
 */
export async function copyExactly(
  from: FileRef,
  to: FileRef,
  options: ExpectedContent & CancelOptions & { readonly mode?: number | undefined },
): Promise<void> {
  const { sha256, size, mode, signal } = options;
  if (size <= WHOLE_BYTES) {
    const bytes = await from.medium.readBytes(from.path, { signal });
    if (sha256Of(bytes) !== sha256) throw new ContentMismatch(from.path);
    await to.medium.write(to.path, bytes, { mode, signal });
    return;
  }
  const checked = async function* (): AsyncGenerator<Uint8Array> {
    const hash = createHash('sha256');
    for await (const chunk of from.medium.readStream(from.path, { signal }) as AsyncIterable<Uint8Array>) {
      hash.update(chunk);
      yield chunk;
    }
    if (hash.digest('hex') !== sha256) throw new ContentMismatch(from.path); // before the copy gets its name
  };
  await pump(checked(), to.medium.writeStream(to.path, { mode, signal }));
}
