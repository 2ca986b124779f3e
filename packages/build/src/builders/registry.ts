import type { Builder } from '../builder.ts';
import { BuildError } from '../errors.ts';
import type { ProjectType } from '../project-type.ts';
import { CppBuilder } from './cpp/cpp-builder.ts';
import { DenoBuilder } from './deno/deno-builder.ts';
import { DockerBuilder } from './docker/docker-builder.ts';
import { GoBuilder } from './go/go-builder.ts';
import { LinuxKitBuilder } from './linuxkit/linuxkit-builder.ts';
import { NodeBuilder } from './node/node-builder.ts';
import { PhpBuilder } from './php/php-builder.ts';
import { PythonBuilder } from './python/python-builder.ts';
import { RustBuilder } from './rust/rust-builder.ts';
import { TaskfileBuilder } from './taskfile/taskfile-builder.ts';
import { WailsBuilder } from './wails/wails-builder.ts';

const BUILDERS = new Map<ProjectType, Builder>([
  ['wails', new WailsBuilder()],
  ['go', new GoBuilder()],
  ['node', new NodeBuilder()],
  ['rust', new RustBuilder()],
  ['python', new PythonBuilder()],
  ['php', new PhpBuilder()],
  ['deno', new DenoBuilder()],
  ['cpp', new CppBuilder()],
  ['docker', new DockerBuilder()],
  ['linuxkit', new LinuxKitBuilder()],
  ['taskfile', new TaskfileBuilder()],
]);

/**
 * Sets who builds projects of a type, in the place of whoever did. The function that it returns takes that back.
 *
 * @example
 * ```ts
 * import { builderFor, registerBuilder } from '@core/build';
 *
 * const mine = { name: 'mine', detect: async () => true, build: async () => [] };
 * const unregister = registerBuilder('rust', mine);
 * assert.equal(builderFor('rust'), mine);
 * unregister();
 * assert.equal(builderFor('rust').name, 'rust');
 * ```
 */
export function registerBuilder(type: ProjectType, builder: Builder): () => void {
  const before = BUILDERS.get(type);
  BUILDERS.set(type, builder);
  return () => {
    if (BUILDERS.get(type) !== builder) return;
    if (before === undefined) BUILDERS.delete(type);
    else BUILDERS.set(type, before);
  };
}

/**
 * Who builds projects of a type.
 *
 * @throws `ERR_BUILD_UNSUPPORTED_TYPE`, which names the types that are supported.
 *
 * @example
 * ```ts
 * import { builderFor } from '@core/build';
 *
 * assert.equal(builderFor('node').name, 'node');
 * ```
 */
export function builderFor(type: ProjectType): Builder {
  const builder = BUILDERS.get(type);
  if (builder !== undefined) return builder;
  throw new BuildError(`Cannot build a ${type} project: there is no builder for it`, {
    code: 'ERR_BUILD_UNSUPPORTED_TYPE',
    op: 'build.builderFor',
    projectType: type,
    hint: `Supported: ${[...BUILDERS.keys()].join(', ')}. Others can be added with registerBuilder().`,
  });
}
