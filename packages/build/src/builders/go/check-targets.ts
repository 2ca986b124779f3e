import type { BuilderConfig } from '../../builder.ts';
import { BuildError } from '../../errors.ts';
import { formatTarget, type Target } from '../../target.ts';
import { askTool } from '../kit/ask-tool.ts';
import type { CancelOptions } from '@core/io';
import { type CompilerVariables, findCompiler, howToGetCompiler } from './c-compiler.ts';
import { goEnvironment, HOW_TO_GET_GO } from './go-command.ts';
import { GO_PLATFORMS } from './platforms.ts';

/**
 * Refuses what Go cannot build for, and gives for each target the variables that name its C compiler.
 *
 * @throws `ERR_BUILD_UNSUPPORTED_TARGET` where Go does not know a target, or where cgo has no compiler for one.
 */
export async function checkTargets(
  config: BuilderConfig,
  targets: readonly Target[],
  options: CancelOptions,
): Promise<ReadonlyMap<Target, CompilerVariables>> {
  for (const target of targets) {
    if (!(await isKnown(config, target, options))) throw unknownTarget(target);
  }
  const compilers = new Map<Target, CompilerVariables>();
  for (const target of config.cgo ? targets : []) {
    const variables = await findCompiler(config, target, { ...options, alone: targets.length === 1 });
    if (variables === undefined) throw withoutCompiler(target);
    compilers.set(target, variables);
  }
  return compilers;
}

/** Those that Go can build for: with cgo, those that there is a C compiler for. */
export async function possibleTargets(
  config: BuilderConfig,
  targets: readonly Target[],
  options: CancelOptions,
): Promise<Target[]> {
  const possible: Target[] = [];
  for (const target of targets) {
    if (!(await isKnown(config, target, options))) continue;
    const able = !config.cgo || (await findCompiler(config, target, { ...options, alone: false })) !== undefined;
    if (able) possible.push(target);
  }
  return possible;
}

/** Only for what is not in the table Go itself is asked: a later one may have more. */
async function isKnown(config: BuilderConfig, target: Target, options: CancelOptions): Promise<boolean> {
  const name = formatTarget(target);
  if (GO_PLATFORMS.has(name)) return true;
  const env = goEnvironment(config);
  const question = { command: 'go', args: ['tool', 'dist', 'list'], env, howToGet: HOW_TO_GET_GO };
  const answer = await askTool(config, question, options).catch(() => {
    options.signal?.throwIfAborted();
    return '';
  });
  return answer.split(/\s+/).includes(name);
}

function unknownTarget(target: Target): BuildError {
  return unsupported(target, 'Go has no such target', `Targets of Go: ${[...GO_PLATFORMS].join(', ')}.`);
}

function withoutCompiler(target: Target): BuildError {
  return unsupported(target, 'cgo has no C compiler for it', howToGetCompiler(target));
}

function unsupported(target: Target, why: string, hint: string): BuildError {
  return new BuildError(`Cannot build for ${formatTarget(target)}: ${why}`, {
    code: 'ERR_BUILD_UNSUPPORTED_TARGET',
    op: 'build.go',
    target: formatTarget(target),
    hint,
  });
}
