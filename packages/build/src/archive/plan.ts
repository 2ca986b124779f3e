import type { Medium } from '@core/io';

import type { Artifact } from '../artifact.ts';
import { notFile, statFile, statThere } from '../artifact-check.ts';
import { compareNames } from '../order.ts';
import { nameOf } from '../paths.ts';
import { bundleMembers } from './bundle.ts';
import { checkMembers, checkNotSource } from './check-members.ts';
import { cleanName } from './entry-name.ts';
import type { ExtraFile } from './extra-files.ts';
import { archivePath, entryName } from './naming.ts';
import type { Member } from './member.ts';
import type { ArchiveSettings, ExtraFiles } from './options.ts';
import { isExecutable } from './reproducible.ts';

const OP = 'build.archive';

/** All that is known of an archive before anything is written. */
export interface ArchivePlan {
  readonly artifact: Artifact;
  readonly path: string;
  /** By name, in the order of its bytes. */
  readonly members: readonly Member[];
  readonly totalBytes: number;
}

/** Looks at everything that goes into the archive of an artifact, and refuses what cannot. */
export async function planArchive(
  medium: Medium,
  artifact: Artifact,
  settings: ArchiveSettings & { readonly extension: string },
): Promise<ArchivePlan> {
  const own = await artifactMembers(medium, artifact, settings);
  const path = pathFor(artifact, settings);
  const extra = await Promise.all(filesFor(artifact, settings).map((file) => extraMember(medium, file, settings)));
  const prefix = settings.wrap === true ? `${nameOf(path).slice(0, -settings.extension.length)}/` : '';
  const members = [...own, ...extra]
    .map((member) => ({ ...member, name: prefix + member.name }))
    .sort((a, b) => compareNames(a.name, b.name));
  checkMembers(members);
  checkNotSource(path, members);
  return { artifact, path, members, totalBytes: members.reduce((sum, { size }) => sum + size, 0) };
}

function filesFor(artifact: Artifact, { files = [] }: ArchiveSettings): ExtraFiles {
  return typeof files === 'function' ? files(artifact) : files;
}

function pathFor(artifact: Artifact, { name, extension }: ArchiveSettings & { readonly extension: string }): string {
  return archivePath(artifact, extension, typeof name === 'function' ? name(artifact) : name);
}

async function artifactMembers(medium: Medium, artifact: Artifact, { signal }: ArchiveSettings): Promise<Member[]> {
  const { path } = artifact;
  const question = { path, op: OP, what: 'artifact', signal };
  const info = await statThere(medium, question);
  const name = entryName(artifact);
  if (info.kind === 'dir' && name.endsWith('.app')) return await bundleMembers(medium, { path, name, signal });
  if (info.kind !== 'file') throw notFile(question, info);
  // where a medium keeps no permission bits, a program that was built on it must still run on its target
  const executable = isExecutable(info.mode) || !medium.capabilities.mode;
  return [{ name, kind: 'file', path, size: info.size, executable, target: '' }];
}

async function extraMember(medium: Medium, file: ExtraFile | string, { signal }: ArchiveSettings): Promise<Member> {
  const { path, name } = typeof file === 'string' ? { path: file, name: undefined } : file;
  const { size, mode } = await statFile(medium, { path, op: OP, what: 'extra file', signal });
  return {
    name: name === undefined ? nameOf(path) : cleanName(name),
    kind: 'file',
    path,
    size,
    executable: isExecutable(mode),
    target: '',
  };
}
