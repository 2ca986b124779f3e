import type { CancelOptions, Medium } from '@core/io';

import type { Artifact } from '../../artifact.ts';
import type {
  Builder,
  BuilderConfig,
  BuilderOptions,
  ProjectDescriber,
  ProjectIdentity,
  ToolReporter,
} from '../../builder.ts';
import type { ProjectSettings } from '../../config/build-config.ts';
import { BuildError } from '../../errors.ts';
import { timedStep } from '../../events.ts';
import { given } from '../../given.ts';
import { type NodePackage, unscopedName } from '../../package-json.ts';
import { pathBelow } from '../../paths.ts';
import { isNodeProject } from '../../predicates.ts';
import { formatTarget, type Target } from '../../target.ts';
import { bundleProgram } from './bundle/bundle.ts';
import { bundlerVersion } from './bundle/esbuild.ts';
import { findEntry } from './entry.ts';
import { writeExecutables } from './executable/executables.ts';
import { runtimePackage } from './executable/runtime/packages.ts';
import { obtainRuntimes } from './executable/runtime/runtimes.ts';
import { locateEntry } from './locate-entry.ts';
import { prepareProject, requiredPackage } from './prepare.ts';

/** Where Node runs. */
const SYSTEMS: ReadonlySet<string> = new Set(['linux', 'darwin', 'windows', 'freebsd', 'openbsd', 'aix', 'android']);

/**
 * Builds Node projects: installs what is missing and runs the script `build`, both with the project's own package
 * manager, then makes one self-contained script of the program, and of that an executable for every target, with the
 * Node of the target inside. With `node.output: script` it is the script itself, which needs a Node.
 *
 * @example
 * ```ts
 * import { NodeBuilder } from '@core/build';
 * import { MemoryMedium } from '@core/io';
 *
 * const builder = new NodeBuilder();
 * const medium = new MemoryMedium({ 'package.json': '{ "name": "@me/hello", "version": "1.2.0", "bin": "cli.js" }' });
 * assert.equal(await builder.detect(medium, ''), true);
 * const identity = await builder.describe(medium, '', { main: '.' });
 * assert.deepEqual(identity, { name: '@me/hello', version: '1.2.0', binary: 'hello' });
 * ```
 */
export class NodeBuilder implements Builder, ProjectDescriber, ToolReporter {
  readonly name = 'node';
  /** What went into the executables of a build, by the folder that it worked in. */
  readonly #runtimes = new WeakMap<object, Readonly<Record<string, string>>>();

  detect(medium: Medium, dir: string): Promise<boolean> {
    return isNodeProject(medium, dir);
  }

  async describe(medium: Medium, dir: string, settings: ProjectSettings): Promise<Partial<ProjectIdentity>> {
    const manifest = await requiredPackage(medium, dir, {});
    const { name, version } = manifest;
    const unscoped = name === undefined ? undefined : unscopedName(name);
    const binary = settings.binary ?? findEntry(manifest, settings)?.binary ?? unscoped;
    return given({ name, version, binary });
  }

  tools({ workspace }: BuilderConfig): Promise<Readonly<Record<string, string>>> {
    return Promise.resolve({ esbuild: bundlerVersion(), ...this.#runtimes.get(workspace) });
  }

  async build(config: BuilderConfig, targets: readonly Target[], options: BuilderOptions = {}): Promise<Artifact[]> {
    const isScript = config.node.output === 'script';
    for (const target of targets) (isScript ? checkTarget : runtimePackage)(target);
    const { medium, dir, workspace } = config;
    const { signal, onEvent } = options;
    const manifest = await requiredPackage(medium, dir, { signal });
    // a project that names no program would be built in vain
    if (findEntry(manifest, settingsOf(config)) === undefined) {
      await locateEntry(workspace.path, manifest, { settings: settingsOf(config), signal });
    }
    const runtimes = isScript ? [] : await obtainRuntimes(config, targets, options);
    this.#runtimes.set(workspace, Object.fromEntries(runtimes.map((one) => [one.package.name, one.version])));
    await prepareProject(config, manifest, options);
    const entry = await locateEntry(workspace.path, manifest, { settings: settingsOf(config), signal });
    const { path, origin } = workspace;
    const bundle = { path, origin, entry, optional: manifest.optional, signal };
    const message = `Make one script of ${entry.slice(path.length + 1)}`;
    const { text, warnings } = await timedStep('bundle', message, onEvent, () => bundleProgram(bundle));
    for (const message of [...otherPrograms(config, manifest), ...warnings]) onEvent?.({ type: 'warning', message });
    return isScript
      ? writeScripts(config, targets, { signal, text })
      : writeExecutables(config, runtimes, { ...options, script: text });
  }
}

function settingsOf({ main, project: { binary } }: BuilderConfig): Pick<ProjectSettings, 'binary' | 'main'> {
  return { main, binary };
}

/** A release has one program. */
function otherPrograms({ main, project }: BuilderConfig, manifest: NodePackage): string[] {
  const built = findEntry(manifest, { main, binary: project.binary })?.binary;
  const others = Object.keys(manifest.bin).filter((name) => name !== built);
  if (main !== '.' || built === undefined || others.length === 0) return [];
  return [`Of the programs in bin only ${built} is built: ${others.join(', ')} can be chosen with project.binary.`];
}

function checkTarget(target: Target): void {
  if (SYSTEMS.has(target.os)) return;
  throw new BuildError(`Cannot build for ${formatTarget(target)}: Node does not run on ${target.os}`, {
    code: 'ERR_BUILD_UNSUPPORTED_TARGET',
    op: 'build.node',
    target: formatTarget(target),
    hint: `Systems for Node: ${[...SYSTEMS].join(', ')}.`,
  });
}

/** The same script for every target; Windows finds out by the ending how to run it. */
async function writeScripts(
  { medium, outputDir, project }: BuilderConfig,
  targets: readonly Target[],
  { text, signal }: CancelOptions & { readonly text: string },
): Promise<Artifact[]> {
  const artifacts: Artifact[] = [];
  for (const { os, arch } of targets) {
    const file = os === 'windows' ? `${project.binary}.js` : project.binary;
    const path = pathBelow(outputDir, `${os}_${arch}/${file}`);
    await medium.write(path, text, { mode: 0o755, signal });
    artifacts.push({ path, os, arch, kind: 'binary', size: Buffer.byteLength(text) });
  }
  return artifacts;
}
