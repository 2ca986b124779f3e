import type { CancelOptions } from '@core/io';

import type { BuilderConfig, BuilderOptions } from '../../builder.ts';
import { formatTarget } from '../../target.ts';
import { askTool } from '../kit/ask-tool.ts';
import { runInProject } from '../kit/command-targets.ts';
import { platformsOf } from './image-names.ts';
import type { ImageJob, ImageTool, MadeImage, PreparedRecipe, PushedImage } from './image-tool.ts';
import { answerOf, lastWords, versionIn } from './probe.ts';

const HOW =
  'Install Docker with its buildx plugin, and see that its engine runs (https://docs.docker.com/engine/install/).';

/**
 * `docker buildx`: https://docs.docker.com/reference/cli/docker/buildx/build/. What was built once comes from its cache
 * when it is loaded or pushed.
 */
export const buildx: ImageTool = {
  name: 'buildx',
  howToGet: HOW,
  whyNot,
  version: async (config, options) => versionIn(await ask(config, ['buildx', 'version'], options)),
  runs: async (arch, config, options) => {
    const platforms = /^Platforms:(.*)$/gm;
    const text = await ask(config, ['buildx', 'inspect'], options);
    return [...text.matchAll(platforms)].some(([, list = '']) => new RegExp(`\\blinux/${arch}(?![\\w])`).test(list));
  },
  build,
  load,
  push,
};

async function whyNot(config: BuilderConfig, options: CancelOptions): Promise<string | undefined> {
  const plugin = await answerOf(ask(config, ['buildx', 'version'], options));
  // podman can be installed as docker, and answers for buildx, too
  if (!plugin.ok) return plugin.isMissing ? 'there is no docker' : 'docker has no buildx';
  if (!plugin.text.includes('docker/buildx')) return 'docker is not the one of Docker';
  const engine = await answerOf(ask(config, ['info', '--format', '{{json .DriverStatus}}'], options));
  if (!engine.ok) return `its engine does not answer (${lastWords(engine.text)})`;
  const builder = await answerOf(ask(config, ['buildx', 'inspect'], options));
  if (!builder.ok) return `its builder does not answer (${lastWords(builder.text)})`;
  if (!/^Driver:\s+docker$/m.test(builder.text) || engine.text.includes('io.containerd.snapshotter')) return undefined;
  return 'its builder cannot write images to files: docker buildx create --use makes one that can';
}

function ask(config: BuilderConfig, args: readonly string[], options: CancelOptions): Promise<string> {
  return askTool(config, { command: 'docker', args, howToGet: HOW }, options);
}

async function build(recipe: PreparedRecipe, job: ImageJob): Promise<void> {
  const { into, target } = job;
  // layers in an archive for docker are not compressed: older engines expect it so
  const compression = recipe.config.docker.output === 'docker' ? 'uncompressed' : 'gzip';
  const output = ['type=oci', 'tar=false', 'rewrite-timestamp=true', `compression=${compression}`, `dest=${into}`];
  await job.run(commandFor(recipe, formatTarget(target), ['--output', output.map(csv).join(',')]));
}

async function load(recipe: PreparedRecipe, images: readonly MadeImage[], options: BuilderOptions): Promise<void> {
  for (const { localReferences, target } of images) {
    const output = [...tags(localReferences), '--load'];
    await runInProject(recipe.config, commandFor(recipe, formatTarget(target), output), options);
  }
}

async function push(recipe: PreparedRecipe, images: readonly PushedImage[], options: BuilderOptions): Promise<void> {
  const isOci = String(recipe.config.docker.output === 'oci');
  for (const { reference, targets } of images) {
    const fields = ['type=image', 'push=true', `oci-mediatypes=${isOci}`, 'rewrite-timestamp=true'];
    const output = [...tags([reference]), '--output', fields.join(',')];
    await runInProject(recipe.config, commandFor(recipe, platformsOf(targets), output), options);
  }
}

function tags(references: readonly string[]): string[] {
  return references.flatMap((reference) => ['--tag', reference]);
}

function commandFor(
  recipe: PreparedRecipe,
  platforms: string,
  output: readonly string[],
): { command: string; args: string[]; env: Readonly<Record<string, string>>; howToGet: string } {
  const { arguments: own, epoch, scratch } = recipe;
  const args = ['buildx', 'build', '--platform', platforms, '--file', `${scratch}/Dockerfile`];
  // statements of how it was built hold times, and are made for the release as a whole
  const plain = ['--provenance=false', '--sbom=false', '--progress=plain'];
  return {
    command: 'docker',
    args: [...args, ...plain, ...own.options, ...output, '.'],
    env: { ...own.env, SOURCE_DATE_EPOCH: String(epoch) },
    howToGet: HOW,
  };
}

/** The options of an output are the fields of a line of CSV. */
function csv(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
