import { normalizePath } from '@core/io';

import { BuildError } from '../errors.ts';
import { EntryTree } from './entry-tree.ts';
import type { Member } from './member.ts';

/** What no reader would take, no archive gets: names that do harm or are there twice, links that lead out. */
export function checkMembers(members: readonly Member[]): void {
  const tree = new EntryTree();
  for (const { name, kind, path, target } of members) {
    const problem = tree.add(name, kind, target);
    if (problem === undefined) continue;
    const twice = problem.code === 'ERR_BUILD_ARCHIVE_DUPLICATE';
    throw refusal(path, name, {
      code: twice ? 'ERR_BUILD_DUPLICATE_ENTRY' : 'ERR_BUILD_INVALID_ARTIFACT',
      reason: problem.reason,
    });
  }
  const link = tree.escapingLink();
  const member = members.find(({ name }) => name === link);
  if (member !== undefined) {
    const reason = `it is a link that leads out of the archive: ${JSON.stringify(member.target)}`;
    throw refusal(member.path, member.name, { code: 'ERR_BUILD_INVALID_ARTIFACT', reason });
  }
}

/** An archive must not replace what goes into it. */
export function checkNotSource(path: string, members: readonly Member[]): void {
  const target = normalizePath(path);
  const source = members.find((member) => normalizePath(member.path) === target);
  if (source === undefined) return;
  throw refusal(path, source.name, { code: 'ERR_BUILD_DUPLICATE_ARCHIVE', reason: 'the archive would replace it' });
}

interface Reason {
  readonly code: 'ERR_BUILD_DUPLICATE_ARCHIVE' | 'ERR_BUILD_DUPLICATE_ENTRY' | 'ERR_BUILD_INVALID_ARTIFACT';
  readonly reason: string;
}

function refusal(path: string, entry: string, { code, reason }: Reason): BuildError {
  const as = JSON.stringify(entry);
  return new BuildError(`Cannot archive ${JSON.stringify(path)} as ${as}: ${reason}`, {
    code,
    op: 'build.archive',
    path,
    entry,
  });
}
