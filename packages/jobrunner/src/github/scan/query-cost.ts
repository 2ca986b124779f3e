/** What a query asks for at most, as GitHub counts it before it answers. */
export interface QueryCost {
  /** Records of all connections together; GitHub refuses more than 500,000. */
  readonly nodes: number;
  /** Requests that it would take without GraphQL; a hundred are a point of the hour's 5,000. */
  readonly calls: number;
}

/** Half of what GitHub takes: its time limit is met before its limit on nodes. */
export const MOST_NODES = 250_000;
/** A secondary limit counts points a minute; and what costs more takes GitHub too long. */
export const MOST_POINTS = 50;

/** A connection of `first` records, each with connections of its own. */
export function connection(first: number, ...inner: readonly QueryCost[]): QueryCost {
  const each = sumOf(inner);
  return { nodes: first * (1 + each.nodes), calls: 1 + first * each.calls };
}

/** Several selections in one query. */
export function sumOf(costs: Iterable<QueryCost>): QueryCost {
  let [nodes, calls] = [0, 0];
  for (const cost of costs) {
    nodes += cost.nodes;
    calls += cost.calls;
  }
  return { nodes, calls };
}

/**
 * Points that a query costs.
 *
 * Source: https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api
 */
export function pointsOf({ calls }: QueryCost): number {
  return Math.max(1, Math.round(calls / 100));
}
