import type { LinuxKitFile, Placed } from './linuxkit-config.ts';
import { isOctal } from './octal.ts';
import type { Refuse } from './refuse.ts';

/** What LinuxKit refuses in one of the files. */
export function refuseInFile({ path, value }: Placed<LinuxKitFile>, refuse: Refuse): void {
  const why = (value.path ?? '') === '' ? 'the file has no path' : contentFault(value);
  if (why !== undefined) refuse(path, 'file', why);
  const { mode = '' } = value;
  if (mode !== '' && !isOctal(mode)) refuse(path, 'file', `the mode ${JSON.stringify(mode)} is no octal number`);
}

/** A directory and a link are there already, as is a text that is empty. */
function contentFault(file: LinuxKitFile): string | undefined {
  const { directory = false, contents, source = '', symlink = '', metadata = '' } = file;
  if (directory && contents !== undefined) return 'the directory may have no contents';
  const isThere = directory || symlink !== '' || contents !== undefined;
  const given = [isThere, source !== '', metadata !== ''].filter(Boolean).length;
  if (given === 0) return 'the file needs contents, a source, metadata or a symlink, or is a directory';
  if (given > 1) return 'the file may have one of contents, source, metadata, symlink and directory, not several';
  return ['', 'yaml', 'json'].includes(metadata) ? undefined : 'metadata must be "yaml" or "json"';
}
