import { join } from 'node:path';

import type { CancelOptions, Medium } from '@core/io';

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
import { timedStep } from '../../events.ts';
import { given } from '../../given.ts';
import { unscopedName } from '../../package-json.ts';
import { isDenoProject } from '../../predicates.ts';
import type { Target } from '../../target.ts';
import { askTool } from '../kit/ask-tool.ts';
import { withBetterHint } from '../kit/better-hint.ts';
import { buildTargets, type MadeFile, programName, runInProject, type TargetWork } from '../kit/command-targets.ts';
import { type CompilePlan, hasBuildTask, planCompile } from './compile-plan.ts';
import { requiredDenoJson } from './deno-json.ts';
import { denoTriple, requiredTriple } from './triples.ts';

const HOW_TO_GET_DENO =
  'Install it: curl -fsSL https://deno.land/install.sh | sh, brew install deno, or npm install -g deno (https://docs.deno.com/runtime/getting_started/installation/).';

/**
 * Builds Deno projects: runs the task `build`, where there is one, then `deno compile` for every target. What the program
 * may do is what the task `compile` (or else `start`) grants, or `compile.permissions` of deno.json; `build.flags` of
 * the configuration are taken in the place of the task's.
 *
 * @example
 * ```ts
 * import { DenoBuilder } from '@core/build';
 * import { MemoryMedium } from '@core/io';
 *
 * const builder = new DenoBuilder();
 * const medium = new MemoryMedium({ 'deno.jsonc': '{ "name": "@me/hello", "version": "1.2.0", // mine\n }' });
 * assert.equal(await builder.detect(medium, ''), true);
 * const identity = await builder.describe(medium, '', { main: '.' });
 * assert.deepEqual(identity, { name: '@me/hello', version: '1.2.0', binary: 'hello' });
 * ```
 */
export class DenoBuilder implements Builder, ProjectDescriber, TargetChooser, ToolReporter {
  readonly name = 'deno';

  detect(medium: Medium, dir: string): Promise<boolean> {
    return isDenoProject(medium, dir);
  }

  async describe(medium: Medium, dir: string, settings: ProjectSettings): Promise<Partial<ProjectIdentity>> {
    const { name, version } = await requiredDenoJson(medium, dir);
    const unscoped = name === undefined ? undefined : unscopedName(name);
    return given({ name, version, binary: settings.binary ?? unscoped });
  }

  async tools(config: BuilderConfig, options: CancelOptions = {}): Promise<Readonly<Record<string, string>>> {
    const question = { command: 'deno', args: ['--version'], env: quiet(config), howToGet: HOW_TO_GET_DENO };
    const said = await askTool(config, question, options);
    return { deno: /^deno (\S+)/m.exec(said)?.[1] ?? 'unknown' };
  }

  chooseTargets(_config: BuilderConfig, targets: readonly Target[]): Promise<Target[]> {
    return Promise.resolve(targets.filter((target) => denoTriple(target) !== undefined));
  }

  async build(config: BuilderConfig, targets: readonly Target[], options: BuilderOptions = {}): Promise<Artifact[]> {
    for (const target of targets) requiredTriple(target);
    const { dir, medium, workspace } = config;
    const { onEvent, signal } = options;
    signal?.throwIfAborted();
    const json = await requiredDenoJson(medium, dir, { signal });
    if (hasBuildTask(json)) {
      const line = { command: 'deno', args: ['task', 'build'], env: quiet(config), howToGet: HOW_TO_GET_DENO };
      await timedStep('build', 'Run the task "build" with deno', onEvent, () => runInProject(config, line, options));
      await workspace.save({ signal });
    }
    const plan = await planCompile(config, json, { signal });
    return buildTargets(config, targets, options, (work) => compile(config, plan, work));
  }
}

async function compile(config: BuilderConfig, plan: CompilePlan, work: TargetWork): Promise<MadeFile[]> {
  const { outDir, target } = work;
  const name = programName(config.project.binary, target);
  const where = ['--target', requiredTriple(target), '--output', join(outDir, name)];
  const args = ['compile', ...plan.flags, ...where, plan.module, ...plan.args];
  await withBetterHint(hintFor, () =>
    work.run({ command: 'deno', args, env: quiet(config), howToGet: HOW_TO_GET_DENO }),
  );
  return [{ name }];
}

/** Colours and news of Deno are for people. */
function quiet({ env }: BuilderConfig): Record<string, string> {
  return { NO_COLOR: env['NO_COLOR'] ?? '1', DENO_NO_UPDATE_CHECK: '1' };
}

function hintFor(output: string): string | undefined {
  if (/lockfile is out of date/i.test(output)) {
    return 'Run `deno install` and keep its deno.lock: it does not fit the modules.';
  }
  return /error sending request|dns error|Could not download|failed to (?:lookup|download)/i.test(output)
    ? 'Deno fetches modules, and its runtime for each target: connect to the network, or fill DENO_DIR on a machine that is.'
    : undefined;
}
