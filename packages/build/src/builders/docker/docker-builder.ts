import type { CancelOptions, Medium } from '@core/io';

import { sourceDate } from '../../archive/reproducible.ts';
import type { Artifact } from '../../artifact.ts';
import type {
  Builder,
  BuilderConfig,
  BuilderOptions,
  ProjectDescriber,
  ProjectIdentity,
  TargetChooser,
  ToolReporter,
} from '../../builder.ts';
import type { ProjectSettings } from '../../config/build-config.ts';
import { given } from '../../given.ts';
import { isDockerProject } from '../../predicates.ts';
import type { Target } from '../../target.ts';
import { buildTargets, type TargetWork } from '../kit/command-targets.ts';
import { chooseTool, requiredTool } from './choose-tool.ts';
import { cannotRun, isForImages, missingPlatform, notForImages } from './docker-targets.ts';
import { handOn } from './hand-on.ts';
import { namedImages } from './image-names.ts';
import { identityOf } from './labels.ts';
import { makeImage, withPreparedRecipe } from './make-image.ts';
import { findRecipe, requiredRecipe } from './recipe-file.ts';

/**
 * Builds images from a Dockerfile or a Containerfile with the first of `docker buildx`, `podman` and `buildah` that
 * works; `CORE_BUILD_IMAGE_TOOL` names another. For each target one tar is made, which is an OCI layout or what
 * `docker load` reads.
 *
 * Images are loaded and pushed, where that is asked for, when all of them are built. Nothing takes that back.
 *
 * @example
 * ```ts
 * import { DockerBuilder } from '@core/build';
 * import { MemoryMedium } from '@core/io';
 *
 * const builder = new DockerBuilder();
 * const recipe = 'FROM scratch\nLABEL org.opencontainers.image.title=hello org.opencontainers.image.version=1.2.0';
 * const medium = new MemoryMedium({ Containerfile: recipe });
 * assert.equal(await builder.detect(medium, ''), true);
 * assert.deepEqual(await builder.describe(medium, '', { main: '.' }), { name: 'hello', version: '1.2.0' });
 * ```
 */
export class DockerBuilder implements Builder, ProjectDescriber, TargetChooser, ToolReporter {
  readonly name = 'docker';

  detect(medium: Medium, dir: string): Promise<boolean> {
    return isDockerProject(medium, dir);
  }

  async describe(medium: Medium, dir: string, { binary }: ProjectSettings): Promise<Partial<ProjectIdentity>> {
    const found = await findRecipe(medium, dir);
    return { ...(found === undefined ? {} : identityOf(found.recipe)), ...given({ binary }) };
  }

  async tools(config: BuilderConfig, options: CancelOptions = {}): Promise<Readonly<Record<string, string>>> {
    const { tool } = await chooseTool(config, options);
    return tool === undefined ? {} : { [tool.name]: await tool.version(config, options) };
  }

  /** Those for Linux; without those whose programs the recipe runs, where this machine cannot. */
  async chooseTargets(
    config: BuilderConfig,
    targets: readonly Target[],
    options: CancelOptions = {},
  ): Promise<Target[]> {
    const { docker, dir, medium } = config;
    const found = await findRecipe(medium, dir, { file: docker.file, ...options });
    const { tool } = await chooseTool(config, options);
    const chosen: Target[] = [];
    for (const target of targets.filter(isForImages)) {
      // without recipe or tool, building says what is missing
      const question =
        found === undefined || tool === undefined ? undefined : { recipe: found.recipe, tool, ...options };
      const missing = question === undefined ? undefined : await missingPlatform(config, target, question);
      if (missing === undefined) chosen.push(target);
    }
    return chosen;
  }

  async build(asked: BuilderConfig, targets: readonly Target[], options: BuilderOptions = {}): Promise<Artifact[]> {
    for (const target of targets) if (!isForImages(target)) throw notForImages(target);
    const { signal } = options;
    const config = withoutDate(asked);
    const epoch = sourceDate(asked.env);
    const found = await requiredRecipe(config, { signal });
    const names = namedImages(config, targets);
    const tool = await requiredTool(config, { signal });
    for (const target of targets) {
      const missing = await missingPlatform(config, target, { recipe: found.recipe, tool, signal });
      if (missing !== undefined) throw cannotRun(target, missing);
    }
    return withPreparedRecipe(config, { found, epoch, signal }, async (recipe) => {
      const work = (one: TargetWork) => makeImage(tool, recipe, { one, names });
      const artifacts = await buildTargets(config, targets, options, work);
      await handOn(tool, recipe, { targets, names, ...options });
      return artifacts;
    });
  }
}

/** Newer versions of some tools read it themselves, and then do not want to be told the date. */
function withoutDate(config: BuilderConfig): BuilderConfig {
  const env = Object.entries(config.env).filter(([name]) => name !== 'SOURCE_DATE_EPOCH');
  return { ...config, env: Object.fromEntries(env) };
}
