import type { CancelOptions, DirEntry, Medium } from '@core/io';

import { notFile } from '../artifact-check.ts';
import { checkMembers } from './check-members.ts';
import type { Member } from './member.ts';
import { isExecutable } from './reproducible.ts';

/** What macOS leaves in directories for itself. */
const LITTER = /^(?:\._.*|\.DS_Store)$/;

/** A directory that is archived as a tree, and its name in the archive. */
export interface Bundle extends CancelOptions {
  readonly path: string;
  readonly name: string;
}

/** The tree of a macOS `.app` bundle: directories, files, and links as links, which must stay inside. */
export async function bundleMembers(medium: Medium, { path, name, signal }: Bundle): Promise<Member[]> {
  const members: Member[] = [{ name, kind: 'dir', path, size: 0, executable: false, target: '' }];
  const { path: root } = await medium.stat(path, { signal });
  for await (const entry of medium.walk(path, { signal })) {
    if (LITTER.test(entry.name)) continue;
    members.push({ ...(await memberOf(medium, entry, signal)), name: name + entry.path.slice(root.length) });
  }
  // a link may not lead out of the bundle either, only because the archive would hold it
  checkMembers(members.slice(1).map((member) => ({ ...member, name: member.name.slice(name.length + 1) })));
  return members;
}

async function memberOf(
  medium: Medium,
  { path, kind }: DirEntry,
  signal: AbortSignal | undefined,
): Promise<Omit<Member, 'name'>> {
  const plain = { path, size: 0, executable: false, target: '' };
  switch (kind) {
    case 'dir':
      return { ...plain, kind };
    case 'symlink':
      return { ...plain, kind, target: await medium.readLink(path, { signal }) };
    case 'file': {
      const { size, mode } = await medium.stat(path, { follow: false, signal });
      return { ...plain, kind, size, executable: isExecutable(mode) };
    }
    case 'other':
      throw notFile({ path, op: 'build.archive', what: 'file of the bundle' }, { kind });
  }
}
