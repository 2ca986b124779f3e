import { BuildError } from '../../errors.ts';
import { formatTarget, type Target } from '../../target.ts';
import { hostTarget, isSameTarget } from '../kit/host-target.ts';

/** Where Python runs. */
const SYSTEMS: ReadonlySet<string> = new Set([
  ...[
    'linux',
    'darwin',
    'windows',
    'freebsd',
    'openbsd',
    'netbsd',
    'dragonfly',
    'solaris',
    'illumos',
    'aix',
    'android',
  ],
]);

/** Whether a project can be built for a target: with machine code, only for this machine. */
export function isPossible(target: Target, compiles: boolean): boolean {
  return SYSTEMS.has(target.os) && (!compiles || isSameTarget(target, hostTarget()));
}

/**
 * Refuses targets that the project cannot be built for.
 *
 * @throws `ERR_BUILD_UNSUPPORTED_TARGET`
 */
export function checkPythonTargets(targets: readonly Target[], compiles: boolean): void {
  const target = targets.find((one) => !isPossible(one, compiles));
  if (target === undefined) return;
  const name = formatTarget(target);
  const here = formatTarget(hostTarget());
  const [why, hint] = SYSTEMS.has(target.os)
    ? [
        `its wheel has machine code for ${here}`,
        `Build it on such a machine, with cibuildwheel for instance; here only ${here} is possible.`,
      ]
    : [`Python does not run on ${target.os}`, `Systems for Python: ${[...SYSTEMS].join(', ')}.`];
  throw new BuildError(`Cannot build for ${name}: ${why}`, {
    code: 'ERR_BUILD_UNSUPPORTED_TARGET',
    op: 'build.python',
    target: name,
    hint,
  });
}
