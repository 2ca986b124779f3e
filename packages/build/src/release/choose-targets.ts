import { choosesTargets } from '../builder.ts';
import { BuildError } from '../errors.ts';
import type { BuildEventListener } from '../events.ts';
import { formatTarget, type Target } from '../target.ts';
import { builderConfigOf, type ReleasePlace } from './builder-config.ts';
import type { ReleasePlan } from './plan.ts';

/**
 * The targets of a release: those that somebody has named, else those of the usual ones that the builder can build for
 * on this machine; it is told which are left out.
 *
 * @throws `ERR_BUILD_UNSUPPORTED_TARGET` where none is left.
 */
export async function targetsFor(
  plan: ReleasePlan,
  place: ReleasePlace,
  onEvent: BuildEventListener | undefined,
): Promise<readonly Target[]> {
  const { builder, signal, targets, targetsNamed } = plan;
  if (targetsNamed || !choosesTargets(builder)) return targets;
  const chosen = await builder.chooseTargets(builderConfigOf(plan, place), targets, { signal });
  const names = new Set(chosen.map(formatTarget));
  const left = targets.map(formatTarget).filter((name) => !names.has(name));
  if (chosen.length === 0) throw nothingLeft(plan, left);
  if (left.length > 0) onEvent?.({ type: 'warning', message: leftOut(plan, left) });
  return chosen;
}

function leftOut({ type }: ReleasePlan, left: readonly string[]): string {
  const names = left.join(', ');
  return `Nothing is built for ${names}: this machine cannot build ${type} projects for ${left.length === 1 ? 'it' : 'them'}. Name the targets to be told what is missing.`;
}

function nothingLeft({ type }: ReleasePlan, left: readonly string[]): BuildError {
  return new BuildError(
    `Cannot build: this machine cannot build ${type} projects for any of the usual targets: ${left.join(', ')}`,
    {
      code: 'ERR_BUILD_UNSUPPORTED_TARGET',
      op: 'build.project',
      projectType: type,
      hint: 'Name a target, as targets in .core/build.yaml, to be told what is missing.',
    },
  );
}
