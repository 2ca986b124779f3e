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
import { given } from '../../given.ts';
import { nameOf } from '../../paths.ts';
import { isLinuxKitProject } from '../../predicates.ts';
import { formatTarget, type Target } from '../../target.ts';
import { askTool } from '../kit/ask-tool.ts';
import { buildTargets, type MadeFile, type TargetWork } from '../kit/command-targets.ts';
import { commandsFor, filesOf, knownFormats, needsBios, OPTIONAL_FILE } from './formats.ts';
import { chooseRecipe, findRecipes, MAIN_RECIPE } from './recipes.ts';

const HOW_TO_GET =
  'Install LinuxKit: brew install linuxkit/linuxkit/linuxkit, or https://github.com/linuxkit/linuxkit/releases.';

/** The processors that LinuxKit has kernels for. */
const ARCHITECTURES: readonly string[] = ['amd64', 'arm64'];

/**
 * Builds machine images with LinuxKit, in every format of the configuration: `iso`, `qcow2` and `raw` are short for the
 * ones that start by EFI. Each file is an artifact.
 *
 * @example
 * ```ts
 * import { LinuxKitBuilder } from '@core/build';
 * import { MemoryMedium } from '@core/io';
 *
 * const builder = new LinuxKitBuilder();
 * const medium = new MemoryMedium({ '.core/linuxkit/gateway.yml': 'kernel: {}' });
 * assert.equal(await builder.detect(medium, ''), true);
 * assert.deepEqual(await builder.describe(medium, '', { main: '.' }), { name: 'gateway' });
 * ```
 */
export class LinuxKitBuilder implements Builder, ProjectDescriber, TargetChooser, ToolReporter {
  readonly name = 'linuxkit';

  detect(medium: Medium, dir: string): Promise<boolean> {
    return isLinuxKitProject(medium, dir);
  }

  /** A recipe that is not called as all are gives its name. */
  async describe(medium: Medium, dir: string, { binary }: ProjectSettings): Promise<Partial<ProjectIdentity>> {
    const [first = MAIN_RECIPE] = await findRecipes(medium, dir);
    return given({ name: first === MAIN_RECIPE ? undefined : nameOf(first).replace(/\.yml$/, ''), binary });
  }

  async tools(config: BuilderConfig, options: CancelOptions = {}): Promise<Readonly<Record<string, string>>> {
    const question = { command: 'linuxkit', args: ['version'], howToGet: HOW_TO_GET };
    const text = await askTool(config, question, options);
    return { linuxkit: /v?(\d+\.\d+\S*)/.exec(text)?.[1] ?? text };
  }

  chooseTargets({ linuxkit }: BuilderConfig, targets: readonly Target[]): Promise<Target[]> {
    const formats = knownFormats(linuxkit.formats);
    return Promise.resolve(targets.filter((target) => whyNot(target, formats) === undefined));
  }

  async build(config: BuilderConfig, targets: readonly Target[], options: BuilderOptions = {}): Promise<Artifact[]> {
    const formats = knownFormats(config.linuxkit.formats);
    for (const target of targets) checkTarget(target, formats);
    const { file, others } = await chooseRecipe(config, { signal: options.signal });
    if (others.length > 0) options.onEvent?.({ type: 'warning', message: notBuilt(file, others) });
    // its cache of images has no locks
    const plan = { ...options, concurrency: 1 };
    return buildTargets(config, targets, plan, (one) => makeImages(config, one, { file, formats }));
  }
}

interface Making {
  readonly file: string;
  readonly formats: readonly string[];
}

/** https://github.com/linuxkit/linuxkit/blob/master/README.md#build-the-linuxkit-tool */
async function makeImages(
  { project }: BuilderConfig,
  work: TargetWork,
  { file, formats }: Making,
): Promise<MadeFile[]> {
  const { outDir, signal, target } = work;
  for (const together of commandsFor(formats)) {
    const what = ['--format', together.join(','), '--arch', target.arch];
    const where = ['--name', project.binary, '--dir', outDir];
    await work.run({ command: 'linuxkit', args: ['build', ...what, ...where, file], howToGet: HOW_TO_GET });
  }
  const made: MadeFile[] = [];
  for (const name of filesOf(formats, project.binary)) {
    const mayLack = name.endsWith(OPTIONAL_FILE) && !(await localMedium().isFile(`${outDir}/${name}`, { signal }));
    if (!mayLack) made.push({ name, kind: 'image' });
  }
  return made;
}

function whyNot({ os, arch }: Target, formats: readonly string[]): string | undefined {
  if (os !== 'linux' || !ARCHITECTURES.includes(arch)) return 'LinuxKit makes images for linux/amd64 and linux/arm64';
  return arch !== 'amd64' && needsBios(formats) ? 'only PCs have a BIOS' : undefined;
}

function checkTarget(target: Target, formats: readonly string[]): void {
  const reason = whyNot(target, formats);
  if (reason === undefined) return;
  throw new BuildError(`Cannot build a machine image for ${formatTarget(target)}: ${reason}`, {
    code: 'ERR_BUILD_UNSUPPORTED_TARGET',
    op: 'build.linuxkit',
    target: formatTarget(target),
    hint: 'Name targets out of linux/amd64 and linux/arm64, and for the second formats such as iso-efi or raw-efi.',
  });
}

function notBuilt(file: string, others: readonly string[]): string {
  return `Of the recipes only ${file} is built: ${others.join(', ')} can be chosen with linuxkit.file.`;
}
