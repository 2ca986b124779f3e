import type { Builder } from '../builder.ts';
import { BuildError } from '../errors.ts';
import type { ProjectType } from '../project-type.ts';
import { NodeBuilder } from './node/node-builder.ts';

const BUILDERS = new Map<ProjectType, Builder>([['node', new NodeBuilder()]]);

/**
 * Sets who builds projects of a type, in the place of whoever did. The function that it returns takes that back.
 *
 * @example
 * ```ts
 * import { builderFor, registerBuilder } from '@core/build';
 *
 * const rust = { name: 'rust', detect: async () => true, build: async () => [] };
 * const unregister = registerBuilder('rust', rust);
 * assert.equal(builderFor('rust'), rust);
 * unregister();
 * assert.throws(() => builderFor('rust'), { code: 'ERR_BUILD_UNSUPPORTED_TYPE' });
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
