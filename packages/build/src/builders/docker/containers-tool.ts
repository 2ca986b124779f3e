import { randomUUID } from 'node:crypto';

import type { BuilderConfig, BuilderOptions } from '../../builder.ts';
import { formatTarget } from '../../target.ts';
import { askTool } from '../kit/ask-tool.ts';
import { runInProject, type TargetCommand } from '../kit/command-targets.ts';
import {
  ignoreFileIn,
  type ImageJob,
  type ImageTool,
  type MadeImage,
  type PreparedRecipe,
  type PushedImage,
} from './image-tool.ts';
import { isMarkable, marker, removeLeftovers, withTemporaryFolder } from './leftovers.ts';

/** What podman and buildah have in common: podman builds with buildah's code, and both take the same options. */
export type ContainersTool = Pick<ImageTool, 'howToGet' | 'name'> & { readonly name: 'buildah' | 'podman' };

/**
 * Builds straight into a folder, in the layout that https://github.com/containers/image calls `dir`: nothing gets into
 * the store of the tool. Every step is run anew, and all of them are one layer.
 */
export async function buildInto(tool: ContainersTool, recipe: PreparedRecipe, job: ImageJob): Promise<void> {
  const { arguments: own, config, epoch, file, scratch } = recipe;
  const isDocker = config.docker.output === 'docker';
  const mark = `core-build-${randomUUID()}`;
  const args = [
    ...['build', '--platform', formatTarget(job.target), '--file', file, '--ignorefile', ignoreFileIn(scratch)],
    // what is pushed is then the same as in the archive; in one for docker it is usual not to compress
    ...['--format', config.docker.output, `--disable-compression=${String(isDocker)}`],
    ...['--layers=false', '--force-rm', '--timestamp', String(epoch)],
    ...(isMarkable() ? marker(mark) : []),
    ...own.options,
    ...['--tag', `dir:${job.into}`, '.'],
  ];
  try {
    await withTemporaryFolder(config, `${job.into}.tmp`, (env) =>
      job.run(command(tool, args, { env: { ...own.env, ...env } })),
    );
  } catch (error) {
    if (job.signal?.aborted === true) await removeLeftovers(tool.name, config, mark);
    throw error;
  }
}

/** Puts each image into the store, in their order: the last one keeps a name that is in several archives. */
export async function loadArchives(
  tool: ContainersTool,
  { config }: PreparedRecipe,
  images: readonly MadeImage[],
  options: BuilderOptions,
): Promise<void> {
  for (const { archive, dir, localReferences } of images) {
    await withTemporaryFolder(config, temporaryIn(dir), async (env) => {
      const pull = command(tool, ['pull', '--quiet', sourceOf(config, archive)], { dir, env });
      const id = await askTool(config, pull, options);
      if (localReferences.length === 0) return;
      await runInProject(config, command(tool, ['tag', id, ...localReferences], { env }), options);
    });
  }
}

/** Sends each name's images as one list of manifests, which is gone when it is sent. */
export async function pushArchives(
  tool: ContainersTool,
  { config }: PreparedRecipe,
  images: readonly PushedImage[],
  options: BuilderOptions,
): Promise<void> {
  for (const { images: members, reference } of images) {
    const [{ dir } = { dir: config.workspace.path }] = members;
    await withTemporaryFolder(config, temporaryIn(dir), async (env) => {
      const list = `core-build-${randomUUID()}`;
      const run = (...args: string[]) => runInProject(config, command(tool, args, { dir, env }), options);
      await run('manifest', 'create', list);
      try {
        for (const { archive } of members) await run('manifest', 'add', list, sourceOf(config, archive));
        const format = config.docker.output === 'docker' ? 'v2s2' : 'oci';
        await run('manifest', 'push', '--all', '--format', format, list, `docker://${reference}`);
      } finally {
        // also where the push was cancelled, which must not cancel this
        await runInProject(config, command(tool, ['manifest', 'rm', list]), {});
      }
    });
  }
}

/** Beside the archives: they are large, and other folders for temporary files may be small. */
function temporaryIn(dir: string): string {
  return `${dir}/.image.tmp`;
}

/** Without the folder that it is in: a colon in that would mean something else. */
function sourceOf({ docker }: BuilderConfig, archive: string): string {
  return `${docker.output}-archive:${archive}`;
}

function command(
  { howToGet, name }: ContainersTool,
  args: readonly string[],
  more: Partial<TargetCommand> = {},
): TargetCommand {
  return { ...more, command: name, args, howToGet };
}
