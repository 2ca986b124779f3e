import type { CancelOptions, Medium } from '@core/io';

import type { BuilderConfig } from '../../builder.ts';
import { BuildConfigError } from '../../config/config-error.ts';
import { parseYaml } from '../../config/parse-yaml.ts';
import { BuildError } from '../../errors.ts';
import { compareNames } from '../../order.ts';
import { listIfThere, pathBelow } from '../../paths.ts';

/** The one recipe of a project. */
export const MAIN_RECIPE = 'linuxkit.yml';
/** Where several may be. */
const FOLDER = '.core/linuxkit';

/** The recipes of a project, from its folder: the first is the one that is built. */
export async function findRecipes(medium: Medium, dir: string, options: CancelOptions = {}): Promise<string[]> {
  const main = (await medium.isFile(pathBelow(dir, MAIN_RECIPE), options)) ? [MAIN_RECIPE] : [];
  const names: string[] = [];
  for (const { name } of await listIfThere(medium, pathBelow(dir, FOLDER), options)) {
    const isRecipe = name.endsWith('.yml') && (await medium.isFile(pathBelow(dir, `${FOLDER}/${name}`), options));
    if (isRecipe) names.push(`${FOLDER}/${name}`);
  }
  return [...main, ...names.sort(compareNames)];
}

/** The recipe that is built, and those that are not. */
export interface RecipeChoice {
  readonly file: string;
  readonly others: readonly string[];
}

/**
 * The recipe that the configuration names, else the first that is found. It is YAML.
 *
 * @throws `ERR_BUILD_NO_ENTRY` where there is none, `ERR_BUILD_CONFIG_INVALID` where it cannot be read.
 */
export async function chooseRecipe(config: BuilderConfig, options: CancelOptions): Promise<RecipeChoice> {
  const { dir, linuxkit, medium } = config;
  const found = await findRecipes(medium, dir, options);
  const file = linuxkit.file?.replace(/^(?:\.\/)+/, '') ?? found[0];
  if (file === undefined || !(await medium.isFile(pathBelow(dir, file), options))) throw noRecipe(dir, file);
  const path = pathBelow(dir, file);
  checkYaml(path, await medium.read(path, options));
  const others = linuxkit.file === undefined ? found.filter((name) => name !== file) : [];
  return { file, others };
}

function checkYaml(path: string, text: string): void {
  const { document, problems } = parseYaml(text);
  const [first, ...more] = problems;
  if (first !== undefined) throw new BuildConfigError(path, [first, ...more]);
  const content: unknown = document.toJS();
  if (typeof content === 'object' && content !== null && !Array.isArray(content)) return;
  const reason = 'it is no map of kernel, init, services and files';
  throw new BuildConfigError(path, [{ line: 1, column: 1, reason, remedy: 'Write it as linuxkit wants it.' }]);
}

function noRecipe(dir: string, file: string | undefined): BuildError {
  const path = pathBelow(dir, file ?? MAIN_RECIPE);
  return new BuildError(`Cannot build a machine image: there is no ${JSON.stringify(path)}`, {
    code: 'ERR_BUILD_NO_ENTRY',
    op: 'build.linuxkit',
    path,
    ...(file === undefined ? {} : { key: 'linuxkit.file' }),
    hint: `Write ${MAIN_RECIPE}, or name a recipe as linuxkit.file in .core/build.yaml.`,
  });
}
