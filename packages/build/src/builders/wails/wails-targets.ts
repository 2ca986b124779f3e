import type { BuilderConfig } from '../../builder.ts';
import { BuildError } from '../../errors.ts';
import { formatTarget, type Target } from '../../target.ts';
import { hostTarget } from '../kit/host-target.ts';

/** What Wails builds for. */
const ARCHS: Readonly<Record<string, readonly string[]>> = {
  darwin: ['amd64', 'arm64', 'universal'],
  linux: ['amd64', 'arm64', 'arm'],
  windows: ['amd64', 'arm64', '386'],
};

/** Why a target cannot be built for, and what to do. */
interface Obstacle {
  readonly why: string;
  readonly hint: string;
}

/**
 * What stands against a target on a machine, if anything. Programs for macOS and Linux use the windows of the system by
 * cgo, which needs that system; those for Windows do not.
 */
export function obstacle(
  { arch, os }: Target,
  env: BuilderConfig['env'],
  host: Target = hostTarget(),
): Obstacle | undefined {
  if (ARCHS[os]?.includes(arch) !== true) {
    const all = Object.entries(ARCHS).flatMap(([name, archs]) => archs.map((one) => `${name}/${one}`));
    return { why: 'Wails does not', hint: `Targets of Wails: ${all.join(', ')}.` };
  }
  if (os === 'windows') return undefined;
  if (os !== host.os) {
    const system = os === 'darwin' ? 'macOS' : 'Linux';
    return { why: `that needs ${system}`, hint: `Build it on a machine with ${system}.` };
  }
  if (os === 'darwin' || arch === host.arch || (env['CC'] ?? '') !== '') return undefined;
  const hint = `Set CC to a C compiler for ${os}/${arch} in build.env; it needs GTK and WebKit for that processor.`;
  return { why: 'cgo needs a C compiler for it', hint };
}

/** @throws `ERR_BUILD_UNSUPPORTED_TARGET` for the first target that cannot be built for. */
export function checkTargets({ env }: BuilderConfig, targets: readonly Target[]): void {
  for (const target of targets) {
    const found = obstacle(target, env);
    if (found === undefined) continue;
    throw new BuildError(`Cannot build for ${formatTarget(target)}: ${found.why}`, {
      code: 'ERR_BUILD_UNSUPPORTED_TARGET',
      op: 'build.wails',
      target: formatTarget(target),
      hint: found.hint,
    });
  }
}
