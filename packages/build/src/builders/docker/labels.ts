import type { ProjectIdentity } from '../../builder.ts';
import { given } from '../../given.ts';
import { expand, pairsOf, type Recipe } from './recipe.ts';

/** Where images say what they are: https://github.com/opencontainers/image-spec/blob/main/annotations.md */
const TITLE = 'org.opencontainers.image.title';
const VERSION = 'org.opencontainers.image.version';

/** What the labels of the image say of it, as far as the recipe alone decides them. */
export function identityOf(recipe: Recipe): Partial<ProjectIdentity> {
  const labels = labelsOf(recipe);
  const name = labels.get(TITLE);
  return given({ name, version: labels.get(VERSION)?.replace(/^v(?=\d)/, '') });
}

/** The labels of the last stage, with the values that `ARG` and `ENV` have before them. */
function labelsOf({ defaults, stages }: Recipe): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  const labels = new Map<string, string>();
  for (const { keyword, rest } of stages.at(-1)?.instructions ?? []) {
    for (const [name, text] of pairsOf(rest)) {
      const value = text === undefined ? defaults.get(name) : expand(text, values);
      if (value === undefined || value === '') continue;
      if (keyword === 'LABEL') labels.set(name, value);
      else if (keyword === 'ARG' || keyword === 'ENV') values.set(name, value);
    }
  }
  return labels;
}
