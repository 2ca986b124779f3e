import type { FileEntry } from './encoder.ts';

/**
 * The content of an entry, as long as it says.
 *
 * @throws `RangeError` where it is not: with another length the archive would be damaged.
 */
export async function* exactly(entry: FileEntry): AsyncGenerator<Uint8Array> {
  const { name, size } = entry;
  let given = 0;
  for await (const chunk of entry.content()) {
    given += chunk.length;
    if (given > size) break;
    yield chunk;
  }
  if (given === size) return;
  const length = given > size ? 'more' : String(given);
  throw new RangeError(`The content of ${JSON.stringify(name)} must be ${String(size)} bytes long, not ${length}`);
}
