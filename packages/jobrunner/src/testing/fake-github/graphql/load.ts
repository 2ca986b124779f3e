import type { FakeFault } from '../faults.ts';
import type { World } from '../model/world.ts';
import type { FakeRateLimitState } from '../rate-limits.ts';
import type { FakeGraphqlOperation } from '../request-log.ts';
import type { Viewer } from '../viewer.ts';

/** The JSON of a request. */
export interface GraphqlRequest {
  readonly query?: unknown;
  readonly variables?: unknown;
  readonly operationName?: unknown;
}

/** For whom, and on what, a request is executed. */
export interface GraphqlContext {
  readonly world: World;
  readonly viewer: Viewer;
  /** What was left of the viewer's points before this request. */
  readonly budget: FakeRateLimitState;
  readonly partial?: Extract<FakeFault, { kind: 'partial' }> | undefined;
}

/** A request that has been read: what it asks for, and how to have it done. */
export interface PreparedGraphql {
  /** `undefined` where it is not valid. */
  readonly operation: FakeGraphqlOperation | undefined;
  /** The JSON of the answer. */
  execute(context: GraphqlContext): Record<string, unknown>;
}

/** GitHub's GraphQL API without HTTP. */
export interface GraphqlEngine {
  prepare(request: GraphqlRequest | undefined): PreparedGraphql;
}

let loading: Promise<GraphqlEngine> | undefined;

/** GitHub's schema takes a second to build: it is built when the first request comes, and once. */
export function loadGraphql(): Promise<GraphqlEngine> {
  loading ??= import('./engine.ts').then(({ createEngine }) => createEngine(), refuse);
  return loading;
}

/** Says what to install where the optional packages are missing. */
export function refuse(cause: unknown): never {
  const message = 'The fake GitHub cannot answer GraphQL: install the packages graphql and @octokit/graphql-schema';
  throw new Error(message, { cause });
}
