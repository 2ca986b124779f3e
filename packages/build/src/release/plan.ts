import { type CancelOptions, isCoreError, type Medium } from '@core/io';

import { encoderFor } from '../archive/format.ts';
import { sourceDate } from '../archive/reproducible.ts';
import { type Builder, describesProject, type ProjectIdentity } from '../builder.ts';
import { builderFor } from '../builders/registry.ts';
import type { BuildConfig } from '../config/build-config.ts';
import { loadWritten, toTargets, type WrittenConfig } from '../config/load.ts';
import { discover, discoverDetailed } from '../discovery.ts';
import { BuildError } from '../errors.ts';
import { nameOf, pathBelow } from '../paths.ts';
import type { BuildProjectOptions } from './options.ts';
import { PROJECT_MARKERS, type ProjectType } from '../project-type.ts';
import { formatTarget, parseTarget, type Target } from '../target.ts';

/** All that is decided before anything is done. */
export interface ReleasePlan extends CancelOptions {
  readonly medium: Medium;
  readonly dir: string;
  readonly outputDir: string;
  readonly type: ProjectType;
  readonly builder: Builder;
  readonly config: BuildConfig;
  readonly targets: readonly Target[];
  /** Somebody has decided on the targets; else they are the usual ones, as far as the builder can do them here. */
  readonly targetsNamed: boolean;
  readonly project: ProjectIdentity;
  /** Nothing may change but what the caller throws away. */
  readonly dryRun: boolean;
}

/** Looks at the project and at what is asked for, and refuses what cannot be done before anything is done. */
export async function planRelease(options: BuildProjectOptions): Promise<ReleasePlan> {
  const { medium, signal, onEvent } = options;
  const dir = await folderOfProject(medium, options.dir, { signal });
  const types = await discover(medium, dir, { signal });
  const type = options.type ?? types[0];
  if (type === undefined) throw await noProject(medium, dir, { signal });
  onEvent?.({ type: 'project-found', dir, types });
  const builder = builderFor(type);
  const given: WrittenConfig | undefined = options.config && { config: options.config, written: new Set(['targets']) };
  const { config: loaded, path, written } = given ?? (await loadWritten(medium, dir, { signal }));
  const config = withOptions(loaded, options);
  const targets = distinct(options.targets ?? toTargets(config));
  const targetsNamed = options.targets !== undefined || written.has('targets');
  onEvent?.({ type: 'config-loaded', targets, ...(path === undefined ? {} : { path }) });
  checkRequest(config, targets, options);
  const outputDir = outputFolder(dir, options.outputDir ?? 'dist');
  const project = await identify({ medium, dir, builder, config });
  const { dryRun = false } = options;
  return { medium, dir, outputDir, type, builder, config, targets, targetsNamed, project, dryRun, signal };
}

/** The folder as results spell it: on a disk its absolute path. */
async function folderOfProject(medium: Medium, dir: string, options: CancelOptions): Promise<string> {
  try {
    const { kind, path } = await medium.stat(dir, options);
    if (kind === 'dir') return path;
  } catch (error) {
    if (!isCoreError(error) || (error.code !== 'ENOENT' && error.code !== 'ENOTDIR')) throw error;
    throw projectError(
      `Cannot build ${JSON.stringify(dir)}: there is no such folder`,
      dir,
      'Name the folder of a project.',
    );
  }
  throw projectError(`Cannot build ${JSON.stringify(dir)}: it is not a folder`, dir, 'Name the folder of a project.');
}

async function noProject(medium: Medium, dir: string, options: CancelOptions): Promise<BuildError> {
  // only for the hint: folders that cannot be read do not matter
  const { nested } = await discoverDetailed(medium, dir, { maxDepth: 2, ...options }).catch(() => ({ nested: [] }));
  options.signal?.throwIfAborted();
  const inside = nested.slice(0, 5).map((project) => project.dir);
  const hint =
    inside.length === 0
      ? `A project has one of ${PROJECT_MARKERS.map(({ files }) => files[0]).join(', ')}.`
      : `There are projects in ${inside.join(', ')}: name one of them.`;
  return projectError(`Cannot build ${JSON.stringify(dir)}: it holds no project`, dir, hint);
}

function projectError(message: string, path: string, hint: string): BuildError {
  return new BuildError(message, { code: 'ERR_BUILD_NO_PROJECT', op: 'build.project', path, hint });
}

function withOptions(config: BuildConfig, options: BuildProjectOptions): BuildConfig {
  const { archive, checksum, provenance, sbom, sign } = options;
  return {
    ...config,
    attest: {
      sbom: sbom === undefined ? config.attest.sbom : sbom || 'none',
      provenance: provenance ?? config.attest.provenance,
    },
    archive: { ...config.archive, ...(archive === false ? {} : archive) },
    checksum: { ...config.checksum, ...(checksum === false ? {} : checksum) },
    sign: { ...config.sign, enabled: sign ?? config.sign.enabled },
  };
}

/** What would only come up when everything is built is looked at first. */
function checkRequest(config: BuildConfig, targets: readonly Target[], options: BuildProjectOptions): void {
  if (targets.length === 0) {
    throw new BuildError('Cannot build: there are no targets', {
      code: 'ERR_BUILD_NO_TARGETS',
      op: 'build.project',
      key: 'targets',
      hint: 'Name some in .core/build.yaml, as { os: linux, arch: amd64 }, or take the empty list out.',
    });
  }
  sourceDate();
  if (options.archive !== false) for (const target of targets) encoderFor(target, config.archive.format);
}

function outputFolder(dir: string, outputDir: string): string {
  const clean = outputDir.replace(/^(?:\.\/+)+/, '').replace(/\/+$/, '');
  if (/^(?:\/|[A-Za-z]:[/\\])/.test(outputDir)) return outputDir;
  return clean === '.' ? dir : pathBelow(dir, clean);
}

interface Identifying {
  readonly medium: Medium;
  readonly dir: string;
  readonly builder: Builder;
  readonly config: BuildConfig;
}

/** What the configuration says wins over what the project says, and that over the name of its folder. */
async function identify({ medium, dir, builder, config }: Identifying): Promise<ProjectIdentity> {
  const said = describesProject(builder) ? await builder.describe(medium, dir, config.project) : {};
  const real = await medium.realPath(dir);
  const folder = nameOf((real ?? dir).replaceAll('\\', '/'));
  const name = config.project.name ?? said.name ?? (folder === '' ? 'app' : folder);
  const binary = fileName(config.project.binary ?? said.binary ?? nameOf(name));
  return { name, version: config.project.version ?? said.version ?? '0.0.0', binary };
}

/** What a project calls its program becomes the name of a file, and no path to elsewhere. */
function fileName(text: string): string {
  const name = text.replace(/[/\\\u0000-\u001f]/g, '-');
  return /^\.{0,2}$/.test(name) ? 'app' : name;
}

/** The targets, each once; refuses what is none, since it becomes the name of a folder. */
function distinct(targets: readonly Target[]): Target[] {
  const found = new Map(targets.map((target) => [formatTarget(target), parseTarget(formatTarget(target))]));
  return [...found.values()];
}
