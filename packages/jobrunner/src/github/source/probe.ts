import { askRest } from '../client/ask.ts';
import type { GitHubClient } from '../client/github-client.ts';
import { GitHubError } from '../client/github-error.ts';
import type { RateBudget } from '../client/rate-budget.ts';
import type { RepoMemory } from './repo-memory.ts';

/** What probes work with. */
export interface ProbeOptions {
  readonly client: GitHubClient;
  readonly budget: RateBudget;
  readonly signal: AbortSignal;
}

/** What changed within one second has no order: a page of several shows all of it. */
const PAGE = 100;

/**
 * Asks whether an issue or a pull request changed, with one conditional request that costs nothing where none did. The
 * repository is to be scanned where one did, and where the question has no answer.
 *
 * @throws `ERR_GITHUB_RATE_LIMITED`, or what refuses the token.
 */
export async function probe(memory: RepoMemory, { client, budget, signal }: ProbeOptions): Promise<void> {
  const { owner, name } = memory.home.repo;
  const question = { op: 'github.probe', id: `${owner}/${name}`, what: 'look for changes of' };
  budget.check('core', 1, question);
  try {
    const { status, headers } = await askRest(client, 'GET /repos/{owner}/{repo}/issues', {
      ...{ owner, repo: name, state: 'all', sort: 'updated', direction: 'desc', per_page: PAGE },
      headers: memory.etag === undefined ? {} : { 'if-none-match': memory.etag },
      ...{ question, signal },
    });
    budget.spend('core', status === 304 ? 0 : 1, headers);
    if (status === 304) return;
    const etag = typeof headers['etag'] === 'string' ? headers['etag'] : undefined;
    const isSame = etag !== undefined && valueOf(etag) === valueOf(memory.etag);
    memory.etag = etag;
    if (isSame) return; // something in between knows no conditions
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof GitHubError) || error.code === 'ERR_GITHUB_RATE_LIMITED' || error.status === 401)
      throw error;
  }
  memory.forget();
}

/** What an ETag says, weak or strong: what packs an answer on its way makes it weak. */
function valueOf(etag: string | undefined): string | undefined {
  return etag?.replace(/^W\//, '');
}
