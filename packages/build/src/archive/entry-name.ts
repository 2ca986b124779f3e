/** Why a name cannot be in an archive: a code for programs, the end of a sentence for people. */
export interface EntryProblem {
  readonly code:
    | 'ERR_BUILD_ARCHIVE_DUPLICATE'
    | 'ERR_BUILD_ARCHIVE_LINK_ESCAPES'
    | 'ERR_BUILD_ARCHIVE_NAME_INVALID'
    | 'ERR_BUILD_ARCHIVE_PATH_ABSOLUTE'
    | 'ERR_BUILD_ARCHIVE_PATH_ESCAPES'
    | 'ERR_BUILD_ARCHIVE_THROUGH_LINK';
  readonly reason: string;
}

/** The longest path of Linux, in characters here: no longer name is of any use, and a bomb may have millions. */
const LONGEST_NAME = 4096;

const DRIVE = /^[A-Za-z]:/;

/**
 * Why no system can be trusted with the name, or `undefined`. The rules are the strictest of all systems, everywhere:
 * what is refused on Windows is refused on Linux.
 */
export function nameProblem(name: string): EntryProblem | undefined {
  if (name === '') return invalid('its name is empty');
  if (name.length > LONGEST_NAME) return invalid(`its name is longer than ${String(LONGEST_NAME)} characters`);
  if (name.includes('\0')) return invalid('its name holds a NUL character');
  if (!name.isWellFormed()) return invalid('its name holds half of a surrogate pair');
  if (name.startsWith('/') || DRIVE.test(name) || name.startsWith('\\\\')) {
    return { code: 'ERR_BUILD_ARCHIVE_PATH_ABSOLUTE', reason: 'its name is an absolute path' };
  }
  if (name.split(/[\\/]/).includes('..')) {
    return { code: 'ERR_BUILD_ARCHIVE_PATH_ESCAPES', reason: 'its name climbs out with ".."' };
  }
  if (name.includes('\\')) return invalid('its name holds a backslash, which parts names on Windows');
  return undefined;
}

/**
 * One spelling for all names that some system takes for the same: without regard to case, Unicode form, and dots and
 * spaces at the end of a part, which Windows leaves away.
 */
export function foldName(name: string): string {
  // up and down again: some letters have two lower-case forms
  const spelled = name.normalize('NFD').toUpperCase().toLowerCase().normalize('NFC');
  return spelled.replace(/(?<=[^./ ])[. ]+(?=\/|$)/g, '');
}

/** A name without empty parts and `.`; `''` where nothing remains (the root of the archive). */
export function cleanName(name: string): string {
  return name
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
}

function invalid(reason: string): EntryProblem {
  return { code: 'ERR_BUILD_ARCHIVE_NAME_INVALID', reason };
}
