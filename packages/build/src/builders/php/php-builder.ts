import { type CancelOptions, localMedium, type Medium } from '@core/io';

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
import { BuildError } from '../../errors.ts';
import { timedStep } from '../../events.ts';
import { given } from '../../given.ts';
import { nameOf, pathBelow } from '../../paths.ts';
import { formatTarget, type Target } from '../../target.ts';
import { askTool } from '../kit/ask-tool.ts';
import { isWithin } from '../kit/copy-tree.ts';
import { deliver } from '../kit/deliver.ts';
import { type PackedFile, packedTree } from '../kit/packed-tree.ts';
import { openProjectCopy, type ProjectCopy } from '../kit/project-copy.ts';
import { checkPhpSyntax } from './check-syntax.ts';
import { HOW_TO_GET_COMPOSER, HOW_TO_GET_PHP, prepareWithComposer, requireComposer } from './composer.ts';
import { type ComposerJson, requiredComposerJson } from './composer-json.ts';
import { canHoldContents, contentsRule, isLeftBehind } from './contents.ts';
import { findPhpEntry, locatePhpEntry, type PhpEntry, programNames } from './entry.ts';
import { packProject } from './pack.ts';
import { isReachable } from './phar.ts';

/** Where PHP runs. */
const SYSTEMS: ReadonlySet<string> = new Set([
  ...['linux', 'darwin', 'windows', 'freebsd', 'openbsd', 'netbsd', 'dragonfly', 'solaris', 'illumos', 'aix'],
]);

/**
 * Builds PHP projects: in a private copy, Composer installs what the lock file says and runs the script `build`; then
 * the program becomes one PHAR with all that it needs, the same for every target. A project that names no program, a
 * library or a website, becomes one tar of its files and packages.
 *
 * @example
 * ```ts
 * import { PhpBuilder } from '@core/build';
 * import { MemoryMedium } from '@core/io';
 *
 * const builder = new PhpBuilder();
 * const medium = new MemoryMedium({ 'composer.json': '{ "name": "acme/tools", "version": "1.2.0", "bin": "bin/hello.php" }' });
 * assert.equal(await builder.detect(medium, ''), true);
 * const identity = await builder.describe(medium, '', { main: '.' });
 * assert.deepEqual(identity, { name: 'acme/tools', version: '1.2.0', binary: 'hello' });
 * ```
 */
export class PhpBuilder implements Builder, ProjectDescriber, TargetChooser, ToolReporter {
  readonly name = 'php';

  detect(medium: Medium, dir: string): Promise<boolean> {
    return medium.isFile(pathBelow(dir, 'composer.json'));
  }

  async describe(medium: Medium, dir: string, settings: ProjectSettings): Promise<Partial<ProjectIdentity>> {
    const json = await requiredComposerJson(medium, dir);
    const { name, version } = json;
    const program = findPhpEntry(json, settings)?.binary ?? (name === undefined ? undefined : nameOf(name));
    return given({ name, version: version?.replace(/^v(?=\d)/, ''), binary: settings.binary ?? program });
  }

  async tools(config: BuilderConfig, options: CancelOptions = {}): Promise<Readonly<Record<string, string>>> {
    const version = { command: 'php', args: ['-r', 'echo PHP_VERSION;'], howToGet: HOW_TO_GET_PHP };
    const composer = { command: 'composer', args: ['--version', '--no-ansi'], howToGet: HOW_TO_GET_COMPOSER };
    const shell = process.platform === 'win32';
    const env = { COMPOSER_ALLOW_SUPERUSER: '1' };
    const said = await askTool(config, { ...composer, env, shell }, options);
    return {
      php: await askTool(config, version, options),
      composer: /Composer(?: version)? (\S+)/.exec(said)?.[1] ?? 'unknown',
    };
  }

  chooseTargets(_config: BuilderConfig, targets: readonly Target[]): Promise<Target[]> {
    return Promise.resolve(targets.filter(({ os }) => SYSTEMS.has(os)));
  }

  async build(config: BuilderConfig, targets: readonly Target[], options: BuilderOptions = {}): Promise<Artifact[]> {
    for (const target of targets) checkTarget(target);
    const { dir, main, medium, project } = config;
    const { onEvent, signal } = options;
    signal?.throwIfAborted();
    const json = await requiredComposerJson(medium, dir, { signal });
    const named = findPhpEntry(json, { main, binary: project.binary });
    await requireComposer(config, { signal });
    const above = Math.max(0, ...json.pathRepositories.map(levelsUp));
    const skip = (entry: Parameters<typeof isLeftBehind>[0]) => isLeftBehind(entry, json);
    await using copy = await openProjectCopy(config, { skip, above, signal });
    const hasLock = await localMedium().isFile(pathBelow(copy.path, 'composer.lock'), { signal });
    for (const message of warnings(config, json, { copy, hasLock, named })) onEvent?.({ type: 'warning', message });
    if (named !== undefined && !json.scripts.has('build')) await locatePhpEntry(copy.path, named, { signal });
    await prepareWithComposer(config, { folder: copy.path, home: pathBelow(copy.root, 'home'), json, ...options });
    const packed = await pack(config, { json, copy, named, ...options });
    return await deliver(config, targets, { ...packed, signal });
  }
}

interface Work extends BuilderOptions {
  readonly json: ComposerJson;
  readonly copy: ProjectCopy;
  readonly named: PhpEntry | undefined;
}

async function pack(
  config: BuilderConfig,
  { copy, json, named, ...options }: Work,
): Promise<{ readonly file: string; readonly name: string }> {
  const { onEvent, signal } = options;
  const entry = named === undefined ? undefined : await locatePhpEntry(copy.path, named, { signal });
  const keep = contentsRule(json, entry);
  const found = await packedTree(copy.path, { keep, enter: canHoldContents, signal });
  const isPackable = ({ name }: PackedFile) => entry === undefined || isReachable(name);
  for (const { name } of found.filter((file) => !isPackable(file))) {
    const message = `${JSON.stringify(name)} is left out: PHP opens no file of that name in a PHAR.`;
    onEvent?.({ type: 'warning', message });
  }
  const files = found.filter(isPackable);
  const own = files.map(({ name }) => name).filter((name) => isOwnCode(name, json, entry));
  await checkPhpSyntax(config, { files: own, folder: copy.path, root: copy.root, ...options });
  const { file, ending } = await timedStep('package', packMessage(files, entry), onEvent, () =>
    packProject({ files, entry, root: copy.root, signal }),
  );
  return { file, name: `${config.project.binary}${ending}` };
}

function packMessage(files: readonly PackedFile[], entry: string | undefined): string {
  const count = `${String(files.length)} ${files.length === 1 ? 'file' : 'files'}`;
  return entry === undefined ? `Make one tar of ${count}` : `Make one PHAR of ${entry} and what it needs: ${count}`;
}

function isOwnCode(name: string, { vendorDir }: ComposerJson, entry: string | undefined): boolean {
  return name === entry || (name.endsWith('.php') && !isWithin(vendorDir, name));
}

/** How many folders up a path leads. */
function levelsUp(path: string): number {
  return /^(?:\.\/+)*((?:\.\.(?:\/+|$))*)/.exec(path)?.[1]?.match(/\.\./g)?.length ?? 0;
}

function* warnings(
  { main }: BuilderConfig,
  json: ComposerJson,
  { copy, hasLock, named }: Pick<Work, 'copy' | 'named'> & { readonly hasLock: boolean },
): Generator<string> {
  for (const link of copy.leftOut) yield `${link} is left out: it is a link that leads out of the project, or nowhere.`;
  const others = programNames(json).filter((name) => name !== named?.binary);
  if (main === '.' && named !== undefined && others.length > 0) {
    yield `Of the programs in bin only ${named.binary} is built: ${others.join(', ')} can be chosen with project.binary.`;
  }
  if (json.packages.length > 0 && !hasLock) {
    yield 'There is no composer.lock: another build may get other versions of the packages.';
  }
}

function checkTarget(target: Target): void {
  if (SYSTEMS.has(target.os)) return;
  throw new BuildError(`Cannot build for ${formatTarget(target)}: PHP does not run on ${target.os}`, {
    code: 'ERR_BUILD_UNSUPPORTED_TARGET',
    op: 'build.php',
    target: formatTarget(target),
    hint: `Systems for PHP: ${[...SYSTEMS].join(', ')}.`,
  });
}
