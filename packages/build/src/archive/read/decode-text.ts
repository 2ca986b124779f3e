import type { ArchiveFile } from './archive-file.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Text as UTF-8, which is what everybody writes today; anything else has no name that could be trusted. */
export function decodeText(file: ArchiveFile, bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw file.refusal({ code: 'ERR_BUILD_ARCHIVE_NAME_INVALID', reason: 'a name in it is not UTF-8' });
  }
}
