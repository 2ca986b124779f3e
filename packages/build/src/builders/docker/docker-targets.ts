import type { CancelOptions } from '@core/io';

import type { BuilderConfig } from '../../builder.ts';
import { BuildError } from '../../errors.ts';
import { formatTarget, type Target } from '../../target.ts';
import { hostTarget } from '../kit/host-target.ts';
import type { ImageTool } from './image-tool.ts';
import type { Recipe } from './recipe.ts';
import { platformsRun } from './runs-code.ts';

/** What decides whether an image can be built here. */
export interface TargetQuestion extends CancelOptions {
  readonly recipe: Recipe;
  readonly tool: ImageTool;
}

/** Images hold programs of Linux. */
export function isForImages({ os }: Target): boolean {
  return os === 'linux';
}

/** The platform that the recipe runs programs of, and the tool cannot; `undefined` where it can build for the target. */
export async function missingPlatform(
  config: BuilderConfig,
  target: Target,
  { recipe, tool, signal }: TargetQuestion,
): Promise<string | undefined> {
  for (const platform of platformsRun(recipe, target, hostTarget())) {
    const [, arch = ''] = platform.split('/');
    if (!(await tool.runs(arch, config, { signal }))) return platform;
  }
  return undefined;
}

/** The refusal of a target that no image is for. */
export function notForImages(target: Target): BuildError {
  return new BuildError(`Cannot build an image for ${formatTarget(target)}: images hold programs of Linux`, {
    code: 'ERR_BUILD_UNSUPPORTED_TARGET',
    op: 'build.docker',
    target: formatTarget(target),
    hint: 'Name targets such as linux/amd64 and linux/arm64.',
  });
}

/** The refusal of a target whose image cannot be made on this machine. */
export function cannotRun(target: Target, platform: string): BuildError {
  const image = `Cannot build an image for ${formatTarget(target)}`;
  return new BuildError(`${image}: the recipe runs commands of ${platform}, and this machine cannot`, {
    code: 'ERR_BUILD_UNSUPPORTED_TARGET',
    op: 'build.docker',
    target: formatTarget(target),
    hint: 'Install an emulator (apt-get install qemu-user-static binfmt-support), or let those commands run in a stage FROM --platform=$BUILDPLATFORM and only copy what they make.',
  });
}
