import { type CancelOptions, isCoreError, type Medium } from '@core/io';

import type { BuilderConfig } from '../../builder.ts';
import { pathsOf, readManifest } from '../../manifest.ts';
import { folderOf, nameOf, pathBelow } from '../../paths.ts';
import { STAGING_PREFIX } from '../../release/publish.ts';
import { below } from '../../workspace/below.ts';
import type { RecipeFile } from './recipe-file.ts';

/** What a medium keeps for itself in a folder: locks, and files that are being written. */
const OF_MEDIA = '**/.core-io-*';

/**
 * What of the project no image sees: what its own list of ignored files says, whichever tool reads that, and releases,
 * this one and the one before.
 */
export async function ignoredFiles(
  config: BuilderConfig,
  { file }: Pick<RecipeFile, 'file'>,
  options: CancelOptions,
): Promise<string> {
  const { dir, medium } = config;
  const lists = [`${file}.containerignore`, `${file}.dockerignore`, '.containerignore', '.dockerignore'];
  const own = await firstText(
    medium,
    lists.map((name) => pathBelow(dir, name)),
    options,
  );
  const lines = own === undefined ? [] : [own.trimEnd()];
  return [...lines, OF_MEDIA, ...(await filesOfReleases(config, options)), ''].join('\n');
}

async function firstText(
  medium: Medium,
  paths: readonly string[],
  options: CancelOptions,
): Promise<string | undefined> {
  for (const path of paths) if (await medium.isFile(path, options)) return medium.read(path, options);
  return undefined;
}

/** Patterns, from the project's folder. */
async function filesOfReleases({ dir, medium, outputDir }: BuilderConfig, options: CancelOptions): Promise<string[]> {
  const staging = folderOf(outputDir);
  if (!nameOf(staging).startsWith(STAGING_PREFIX)) return patternsFor(dir, [outputDir]);
  const published = folderOf(staging);
  const before = await releaseBefore(medium, published, options);
  const stagings = patternsFor(dir, [pathBelow(published, STAGING_PREFIX)]);
  return [...patternsFor(dir, before), ...stagings.map((pattern) => `${pattern}*`)];
}

async function releaseBefore(medium: Medium, published: string, options: CancelOptions): Promise<string[]> {
  try {
    const manifest = await readManifest(medium, published, options);
    if (manifest === undefined) return [];
    // the folders of targets are its own, too: empty ones would still be there to see
    const folders = manifest.artifacts.map(({ path }) => folderOf(path)).filter(Boolean);
    return [...new Set([...folders, ...pathsOf(manifest)])].map((name) => pathBelow(published, name));
  } catch (error) {
    // what is no manifest of ours is a file of the project: publishing will say so
    if (isCoreError(error) && ['EISDIR', 'ERR_BUILD_MANIFEST_INVALID'].includes(error.code)) return [];
    throw error;
  }
}

/** The paths that are inside the project, each as a pattern that means it alone. */
function patternsFor(dir: string, paths: readonly string[]): string[] {
  const names = paths.map((path) => below(dir, path)).filter((name) => name !== '' && !/^\.\.(?:\/|$)/.test(name));
  return names.map((name) => name.replace(/[\\*?[\]!#]/g, '\\$&'));
}
