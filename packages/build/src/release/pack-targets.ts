import { type CancelOptions, normalizePath } from '@core/io';

import { archiveAllWithFormat } from '../archive/archive-all.ts';
import type { ExtraFile } from '../archive/extra-files.ts';
import type { Artifact } from '../artifact.ts';
import { renderName } from '../config/name-template.ts';
import { pathsOf } from '../manifest.ts';
import { pathBelow } from '../paths.ts';
import { findExtraFiles } from './extra-files.ts';
import type { ReleasePlan } from './plan.ts';
import { readOwnManifest, type Staging } from './staging.ts';
import { companions, type TargetGroup } from './target-groups.ts';

/** Packs what was made for each target as one archive; the archives come in the order of the groups. */
export async function packTargets(
  plan: ReleasePlan,
  staging: Staging,
  groups: readonly TargetGroup[],
): Promise<Artifact[]> {
  const { config, medium, project, signal } = plan;
  const { format, name, wrap } = config.archive;
  const { name: Name, version: Version, binary: Binary } = project;
  const extra = await extraFiles(plan, staging, { signal });
  const byMain = new Map(groups.map((group) => [group.main, group]));
  return archiveAllWithFormat(medium, [...byMain.keys()], format, {
    files: (main) => [...companions(byMain.get(main)), ...extra],
    wrap,
    name: ({ os, arch }) => renderName(name, { Binary, Name, Version, OS: os, Arch: arch }),
    signal,
  });
}

/** The project's files that go along; those of releases do not. */
async function extraFiles(plan: ReleasePlan, staging: Staging, options: CancelOptions): Promise<ExtraFile[]> {
  const { config, dir, medium, outputDir } = plan;
  const old = await readOwnManifest(medium, outputDir, options);
  const ours = new Set(
    (old === undefined ? [] : pathsOf(old)).map((name) => normalizePath(pathBelow(outputDir, name))),
  );
  const staged = `${normalizePath(staging.dir)}/`;
  const isOurs = (path: string) => ours.has(path) || path.startsWith(staged);
  return findExtraFiles(medium, dir, { patterns: config.archive.files, isOurs, ...options });
}
