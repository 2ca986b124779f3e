import type { GitHubClient } from './github-client.ts';
import { GitHubError, type Question, rateLimited } from './github-error.ts';

/** GitHub counts these apart. */
export type RateResource = 'core' | 'graphql';

/** Until when a client is not to ask, by what it would ask. */
const closedUntil = new WeakMap<GitHubClient, Map<RateResource, number>>();

/**
 * Whoever asks while a limit lasts makes it last longer: also what is asked for another reason waits.
 *
 * @throws `ERR_GITHUB_RATE_LIMITED` while it lasts.
 */
export function checkGate(client: GitHubClient, resource: RateResource, question: Question): void {
  const until = closedUntil.get(client)?.get(resource) ?? 0;
  if (Date.now() < until) throw rateLimited(question, until);
}

/** Remembers the limit that an error tells of. */
export function closeGate(client: GitHubClient, resource: RateResource, error: unknown): void {
  if (!(error instanceof GitHubError) || error.retryAt === undefined) return;
  const gates = closedUntil.get(client) ?? new Map<RateResource, number>();
  closedUntil.set(client, gates.set(resource, error.retryAt.getTime()));
}
