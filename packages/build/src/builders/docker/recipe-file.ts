import type { CancelOptions, Medium } from '@core/io';

import type { BuilderConfig } from '../../builder.ts';
import { BuildError } from '../../errors.ts';
import { pathBelow } from '../../paths.ts';
import { PROJECT_MARKERS } from '../../project-type.ts';
import { parseRecipe, type Recipe } from './recipe.ts';

/** A recipe with its place. */
export interface RecipeFile {
  /** From the project's folder. */
  readonly file: string;
  readonly text: string;
  readonly recipe: Recipe;
}

const NAMES = PROJECT_MARKERS.find(({ type }) => type === 'docker')?.files ?? [];

/** The recipe of a project; `undefined` where it has none. */
export async function findRecipe(
  medium: Medium,
  dir: string,
  { file, ...options }: CancelOptions & { readonly file?: string | undefined } = {},
): Promise<RecipeFile | undefined> {
  for (const name of file === undefined ? NAMES : [file.replace(/^(?:\.\/)+/, '')]) {
    const path = pathBelow(dir, name);
    if (!(await medium.isFile(path, options))) continue;
    const text = await medium.read(path, options);
    return { file: name, text, recipe: parseRecipe(text) };
  }
  return undefined;
}

/**
 * The recipe that is to be built.
 *
 * @throws `ERR_BUILD_NO_ENTRY` where there is none.
 */
export async function requiredRecipe(config: BuilderConfig, options: CancelOptions): Promise<RecipeFile> {
  const { dir, docker, medium } = config;
  const found = await findRecipe(medium, dir, { file: docker.file, ...options });
  if (found !== undefined) return found;
  const path = pathBelow(dir, docker.file ?? NAMES[0] ?? '');
  const named = docker.file !== undefined;
  throw new BuildError(`Cannot build an image: there is no ${JSON.stringify(path)}`, {
    code: 'ERR_BUILD_NO_ENTRY',
    op: 'build.docker',
    path,
    ...(named ? { key: 'docker.file' } : {}),
    hint: named ? 'Correct docker.file in .core/build.yaml.' : `Write one, or set docker.file in .core/build.yaml.`,
  });
}
