import type { FakePermission } from '../model/words.ts';
import { refuseOthers } from './filters.ts';
import { inputNode, mustBeAllowed } from './find.ts';
import type { GraphqlContext } from './load.ts';
import { type Args, Data, type TypeResolvers } from './resolver.ts';

/** A change that a mutation makes to one thing. */
export interface MutationSpec<T extends object> {
  /** The input that names the thing, the thing's type, and its class. */
  readonly on: readonly [input: string, typeName: string, kind: abstract new (...args: never[]) => T];
  /** Other inputs that it understands. */
  readonly inputs?: readonly string[];
  /** What the viewer must be allowed; `write` unless it is given. */
  readonly needs?: FakePermission;
  /** Makes the change; what it returns is the payload. */
  run(subject: T, input: Args, context: MutationContext): Args;
}

/** The context, with the name of the mutation and who makes it. */
export interface MutationContext extends GraphqlContext {
  readonly mutation: string;
  readonly by: string | undefined;
}

/** A field of `Mutation`: finds the thing, asks whether the viewer may, makes the change. */
export function mutation<T extends object>(name: string, spec: MutationSpec<T>): TypeResolvers<unknown> {
  const resolve = (_source: unknown, args: Args, context: GraphqlContext): Data => {
    const input = args['input'] as Args;
    refuseOthers(`${name}(input.…)`, input, ['clientMutationId', spec.on[0], ...(spec.inputs ?? [])]);
    const subject = inputNode(spec.on, input, context);
    const own = { ...context, mutation: name, by: context.viewer.login };
    mustBeAllowed(subject, spec.needs ?? 'write', own);
    return new Data({ ...spec.run(subject, input, own), clientMutationId: input['clientMutationId'] });
  };
  return { [name]: { args: ['input'], resolve } };
}
