import { type CancelOptions, localMedium } from '@core/io';

import type { BuilderConfig } from '../../builder.ts';
import type { MadeFile, TargetWork } from '../kit/command-targets.ts';
import { withPrivateFolder } from '../kit/private-folder.ts';
import { buildArguments } from './build-arguments.ts';
import { ignoredFiles } from './context-filter.ts';
import { writeImageArchive } from './image-archive.ts';
import { readLayout } from './image-layout.ts';
import { type NamedImages, referencesOf } from './image-names.ts';
import { ignoreFileIn, type ImageTool, type PreparedRecipe } from './image-tool.ts';
import type { RecipeFile } from './recipe-file.ts';

/** What a recipe is prepared with. */
export interface Preparing extends CancelOptions {
  readonly found: RecipeFile;
  readonly epoch: number;
}

/** Works with a copy of the recipe in a folder of its own, beside what the build must not see of the project. */
export async function withPreparedRecipe<T>(
  config: BuilderConfig,
  { found, epoch, signal }: Preparing,
  work: (recipe: PreparedRecipe) => Promise<T>,
): Promise<T> {
  const ignored = await ignoredFiles(config, found, { signal });
  const own = buildArguments(config, found.recipe, epoch);
  return withPrivateFolder(
    async (scratch) => {
      const disk = localMedium();
      await disk.write(`${scratch}/Dockerfile`, found.text);
      await disk.write(ignoreFileIn(scratch), ignored);
      return work({ config, file: found.file, scratch, arguments: own, epoch });
    },
    { signal },
  );
}

/** What one image is made of. */
export interface Making {
  readonly one: TargetWork;
  readonly names: readonly NamedImages[];
}

/** Builds the image of one target and packs it; what the tool has left is removed, also where that fails. */
export async function makeImage(tool: ImageTool, recipe: PreparedRecipe, { one, names }: Making): Promise<MadeFile[]> {
  const { outDir, signal, target } = one;
  const disk = localMedium();
  const into = `${outDir}/.image`;
  const name = archiveName(recipe.config);
  try {
    await tool.build(recipe, { target, into, signal, run: (command) => one.run(command) });
    const content = await readLayout(into, { target, signal });
    const { epoch, config } = recipe;
    const references = referencesOf(names, target);
    const { output } = config.docker;
    await writeImageArchive(content, { path: `${outDir}/${name}`, output, target, references, epoch, signal });
  } finally {
    await disk.deleteAll(into);
  }
  return [{ name, kind: 'image' }];
}

/** What the archive of every target is called. */
export function archiveName({ project }: BuilderConfig): string {
  return `${project.binary}.tar`;
}
