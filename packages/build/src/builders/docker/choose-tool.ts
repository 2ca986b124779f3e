import type { CancelOptions } from '@core/io';

import type { BuilderConfig } from '../../builder.ts';
import { BuildError } from '../../errors.ts';
import { buildah } from './buildah.ts';
import { buildx } from './buildx.ts';
import type { ImageTool } from './image-tool.ts';
import { podman } from './podman.ts';

/** In the order in which they are tried. */
const TOOLS: readonly ImageTool[] = [buildx, podman, buildah];

/** Names the tool, where the first that works is not the one. */
const CHOICE = 'CORE_BUILD_IMAGE_TOOL';

/** The first tool that works here, or the one that the environment names; with what the others are missing. */
export interface ToolChoice {
  readonly tool: ImageTool | undefined;
  readonly reasons: readonly string[];
  readonly asked: readonly ImageTool[];
}

/**
 * Finds out which tool works.
 *
 * @throws `ERR_BUILD_CONFIG_INVALID` where the environment names one that is not known.
 */
export async function chooseTool(config: BuilderConfig, options: CancelOptions): Promise<ToolChoice> {
  const asked = toolsFor(config.env[CHOICE] ?? '');
  const reasons: string[] = [];
  for (const tool of asked) {
    const reason = await tool.whyNot(config, options);
    if (reason === undefined) return { tool, reasons, asked };
    reasons.push(`${tool.name}: ${reason}`);
  }
  return { tool: undefined, reasons, asked };
}

/**
 * The tool to work with.
 *
 * @throws `ERR_BUILD_TOOL_MISSING` where none works; it says of each why, and how to get it.
 */
export async function requiredTool(config: BuilderConfig, options: CancelOptions): Promise<ImageTool> {
  const { asked, reasons, tool } = await chooseTool(config, options);
  if (tool !== undefined) return tool;
  throw new BuildError(`Cannot build an image: no tool for it works on this machine (${reasons.join('; ')})`, {
    code: 'ERR_BUILD_TOOL_MISSING',
    op: 'build.docker',
    tool: asked.map(({ name }) => name).join(', '),
    hint: `One is enough. ${asked.map(({ howToGet }) => howToGet).join(' ')}`,
  });
}

function toolsFor(name: string): readonly ImageTool[] {
  if (name === '') return TOOLS;
  const tool = TOOLS.find((one) => one.name === name);
  if (tool !== undefined) return [tool];
  throw new BuildError(`Cannot build an image with ${JSON.stringify(name)}: ${CHOICE} must be one of the known tools`, {
    code: 'ERR_BUILD_CONFIG_INVALID',
    op: 'build.docker',
    key: CHOICE,
    hint: `Set it to one of ${TOOLS.map((one) => one.name).join(', ')}, or not at all: the first that works is taken.`,
  });
}
