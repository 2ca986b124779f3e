/** What a GraphQL request asked for. */
export interface FakeGraphqlOperation {
  readonly type: 'query' | 'mutation' | 'subscription';
  readonly name: string | undefined;
  /** Names of the fields at its top, without their aliases. */
  readonly fields: readonly string[];
  /** Points by GitHub's published formula. */
  readonly cost: number;
  /** How many nodes it could return. */
  readonly nodes: number;
}

/** One request that reached the fake. Its token is not kept. */
export interface FakeGitHubRequest {
  readonly method: string;
  readonly path: string;
  /** The query string, without the `?`. */
  readonly query: string;
  /** JSON as it came; `undefined` where there was none. */
  readonly body: unknown;
  /** `undefined` where the connection was cut before an answer. */
  readonly status: number | undefined;
  /** Whether it asked for an answer only if something has changed. */
  readonly isConditional: boolean;
  /** Whether it could change something: anything but GET, HEAD and a GraphQL query. */
  readonly isWrite: boolean;
  /** How it authenticated. */
  readonly auth: 'none' | 'token' | 'app' | 'installation';
  /** Who it was from. */
  readonly login: string | undefined;
  /** What it cost of the primary limit; 0 for a 304. */
  readonly cost: number;
  readonly graphql: FakeGraphqlOperation | undefined;
  /** The fault that struck it. */
  readonly fault: string | undefined;
}

/** Which requests are meant; all that is given must be so. */
export interface FakeRequestMatch {
  readonly api?: 'rest' | 'graphql' | undefined;
  readonly method?: string | undefined;
  /** The whole path, or what it matches. */
  readonly path?: string | RegExp | undefined;
  readonly operation?: 'query' | 'mutation' | undefined;
  /** A field at the top of a GraphQL operation: `addComment`. */
  readonly field?: string | undefined;
}

/** What a match looks at. */
export type MatchedRequest = Pick<FakeGitHubRequest, 'method' | 'path' | 'graphql'>;

/** Whether a request is one of those that are meant. */
export function matchesRequest({ method, path, graphql }: MatchedRequest, match: FakeRequestMatch): boolean {
  const isGraphql = path === '/graphql';
  return (
    (match.api === undefined || (match.api === 'graphql') === isGraphql) &&
    (match.method === undefined || match.method.toUpperCase() === method) &&
    (match.path === undefined || (typeof match.path === 'string' ? match.path === path : match.path.test(path))) &&
    (match.operation === undefined || graphql?.type === match.operation) &&
    (match.field === undefined || (graphql?.fields.includes(match.field) ?? false))
  );
}
