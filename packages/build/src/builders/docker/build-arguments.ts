import type { BuilderConfig } from '../../builder.ts';
import type { Recipe } from './recipe.ts';

/** What a recipe's `ARG`s are given. */
export interface BuildArguments {
  /** Options for the command line. */
  readonly options: readonly string[];
  /** The values that are not among them: tools take them from their environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** What tools read themselves: in their environment it would change how they work. */
const OF_TOOLS =
  /^(?:PATH|HOME|USER|SHELL|TMPDIR|SOURCE_DATE_EPOCH|(?:XDG|LD|SSL|DOCKER|BUILDAH|BUILDX|BUILDKIT|CONTAINERS?|PODMAN|STORAGE|REGISTRY)_\w+)$/;

/**
 * The arguments of the configuration, the version, and the date where the recipe asks for them. Values go by the
 * environment, where other users of the machine do not see them.
 */
export function buildArguments(
  { docker, env, project }: Pick<BuilderConfig, 'docker' | 'env' | 'project'>,
  recipe: Recipe,
  epoch: number,
): BuildArguments {
  const values = new Map<string, string>();
  if (recipe.declared.has('VERSION')) values.set('VERSION', project.version);
  if (recipe.declared.has('SOURCE_DATE_EPOCH')) values.set('SOURCE_DATE_EPOCH', String(epoch));
  for (const argument of docker.args) {
    const equals = argument.indexOf('=');
    const name = equals < 0 ? argument : argument.slice(0, equals);
    const value = equals < 0 ? env[name] : argument.slice(equals + 1);
    if (value !== undefined) values.set(name, value);
  }
  const shown = (name: string, value: string) => (OF_TOOLS.test(name) ? `${name}=${value}` : name);
  const byEnvironment = [...values].filter(([name]) => !OF_TOOLS.test(name));
  return {
    options: [...values].flatMap(([name, value]) => ['--build-arg', shown(name, value)]),
    env: Object.fromEntries(byEnvironment),
  };
}
