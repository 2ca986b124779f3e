import type { ActionResult } from '../../action-result.ts';
import type { JobrunnerError } from '../../errors.ts';
import type { JobSource, PollOptions } from '../../job-source.ts';
import type { PipelineSignal } from '../../pipeline-signal.ts';
import { checkNumber } from '../client/check.ts';
import { checkGate } from '../client/closed-gates.ts';
import { type GitHubClient, githubClient } from '../client/github-client.ts';
import { GitHubError } from '../client/github-error.ts';
import { RateBudget } from '../client/rate-budget.ts';
import { priceOf } from '../scan/batches.ts';
import { childParts, olderParts, type Part, pullParts, scanPart } from '../scan/parts.ts';
import { RepoDraft } from '../scan/repo-draft.ts';
import { Scan } from '../scan/scan.ts';
import { webHosts } from '../text/issue-reference.ts';
import { parseRepoName, repoKey } from '../text/repo-name.ts';
import { EpicReporter } from './epic-reporter.ts';
import type { GitHubSourceOptions } from './github-source-options.ts';
import { probe } from './probe.ts';
import { RepoMemory } from './repo-memory.ts';

const LONGEST_MS = 2_147_483_647;
const POLL = { op: 'github.poll', id: 'GitHub', what: 'poll' };

/**
 * Finds work on GitHub: epics, their unfinished children, and the pull request of each with its checks, mergeability,
 * threads, last commit and last review.
 *
 * A poll asks each repository with one conditional request whether anything changed, and reads all that did with one
 * query of GraphQL (two where children in checklists have no pull request yet and are met for the first time). What has
 * not changed is told from memory; a pull request whose checks run or whose mergeability is unknown is always read
 * again. Where GitHub answers in part, that repository has no signals until an answer is complete.
 *
 * @example
 * ```ts
 * import { GitHubSource } from '@core/jobrunner/github';
 *
 * const source = new GitHubSource({ repos: ['core/site', 'core/shop'], auth: 'a-token' });
 * assert.equal(source.name, 'github');
 * assert.throws(() => new GitHubSource({ repos: ['../etc/passwd'] }), TypeError);
 * ```
 */
export class GitHubSource implements JobSource {
  readonly name: string;
  readonly #options: GitHubSourceOptions;
  readonly #client: GitHubClient;
  readonly #budget: RateBudget;
  readonly #memories: ReadonlyMap<string, RepoMemory>;
  readonly #epicLabel: string;
  readonly #refreshMs: number;
  readonly #reporter: EpicReporter | undefined;
  #problems: readonly JobrunnerError[] = [];

  /** @throws `TypeError` or `RangeError` for a wrong option. */
  constructor(options: GitHubSourceOptions) {
    const { repos, auth, baseUrl, octokit, name = 'github', epicLabel = 'epic', refreshMs = 600_000 } = options;
    if (!Array.isArray(repos)) throw new TypeError('repos must be a list of owner/name');
    for (const [argument, value] of Object.entries({ name, epicLabel })) {
      if (typeof value !== 'string' || value === '') throw new TypeError(`${argument} must be a text`);
    }
    checkNumber('refreshMs', refreshMs, 0, LONGEST_MS);
    this.name = name;
    this.#options = options;
    this.#client = octokit ?? githubClient({ auth, baseUrl });
    this.#budget = new RateBudget(shareOf(options.rateShare), Date.now);
    const hosts = webHosts(this.#client.request.endpoint.DEFAULTS.baseUrl);
    const homes = repos.map((repo, at) => ({ repo: parseRepoName(`repos[${String(at)}]`, repo), hosts }));
    this.#memories = new Map(homes.map((home) => [repoKey(home.repo), new RepoMemory(home)]));
    this.#epicLabel = epicLabel;
    this.#refreshMs = refreshMs;
    this.#reporter = options.report === true ? new EpicReporter(this.#client) : undefined;
  }

  /** Why repositories had no signals in the last poll. */
  get problems(): readonly JobrunnerError[] {
    return this.#problems;
  }

  /**
   * All signals of all repositories that could be read completely.
   *
   * @throws Where none could be: `ERR_GITHUB_RATE_LIMITED` (until its `retryAt` nothing is asked), `ERR_GITHUB_REFUSED`,
   *   `ERR_GITHUB_REQUEST_FAILED` or `ERR_GITHUB_INCOMPLETE`.
   */
  async poll({ signal, repos = [] }: PollOptions): Promise<PipelineSignal[]> {
    signal.throwIfAborted();
    for (const repo of repos) this.refresh(repo);
    // no signals while a limit lasts: what they would lead to could not be done
    for (const resource of ['core', 'graphql'] as const) checkGate(this.#client, resource, POLL);
    const memories = [...this.#memories.values()];
    await this.#probe(memories, signal);
    const due = memories.filter((memory) => memory.isDue(Date.now(), this.#refreshMs));
    this.#problems = due.length === 0 ? [] : await this.#scan(due, signal);
    this.#tellProblems();
    const known = memories.flatMap(({ signals }) => (signals === undefined ? [] : [signals]));
    const [problem] = this.#problems;
    if (known.length === 0 && problem !== undefined) throw problem;
    return known.flat();
  }

  /**
   * The next poll reads the repository (`owner/name`; all unless one is given) whether or not GitHub tells of a change.
   * It returns whether it is one of the source's.
   */
  refresh(repo?: string): boolean {
    const memories = [...this.#memories].filter(([key]) => repo === undefined || key === repo.toLowerCase());
    for (const [, memory] of memories) memory.forget();
    return memories.length > 0;
  }

  /** The repository is read again in the next poll; with `report` the epic gets a comment, once for each state. */
  async report(result: ActionResult, { signal }: { readonly signal: AbortSignal }): Promise<void> {
    signal.throwIfAborted();
    const { repoOwner, repoName, epicNumber, childNumber } = result;
    const memory = this.#memories.get(`${repoOwner}/${repoName}`.toLowerCase());
    const about = memory?.signals?.find((one) => one.epicNumber === epicNumber && one.childNumber === childNumber);
    memory?.forget();
    await this.#reporter?.report(result, { sha: about?.lastCommitSha ?? '', signal });
  }

  /** Marks what has changed. A used up limit ends the poll. */
  async #probe(memories: readonly RepoMemory[], signal: AbortSignal): Promise<void> {
    const options = { client: this.#client, budget: this.#budget, signal };
    const probes = await Promise.allSettled(memories.map((memory) => probe(memory, options)));
    signal.throwIfAborted();
    const failed = probes.find((result) => result.status === 'rejected');
    if (failed === undefined) return;
    const problem: unknown = failed.reason;
    if (problem instanceof GitHubError) {
      this.#problems = [problem];
      this.#tellProblems();
    }
    throw problem;
  }

  /** Reads repositories, and returns why some could not be. */
  async #scan(due: readonly RepoMemory[], signal: AbortSignal): Promise<readonly JobrunnerError[]> {
    const drafts = new Map(due.map((memory) => [memory, new RepoDraft(memory.home)]));
    const parts = [...drafts].flatMap(([memory, draft]) => this.#firstParts(memory, draft));
    const isRead = due.every(({ signals }) => signals !== undefined);
    if (isRead && !this.#budget.isTimely(priceOf(parts))) return [];
    this.#budget.scanned();
    const scan = new Scan({ client: this.#client, budget: this.#budget, signal });
    await scan.run(parts);
    await scan.run([...drafts].flatMap(([memory, draft]) => this.#missingParts(memory, draft)));
    for (const [memory, draft] of drafts) {
      if (scan.problems.has(repoKey(memory.home.repo))) memory.drop();
      else memory.keep(draft.facts(), Date.now());
    }
    return [...new Set(scan.problems.values())];
  }

  #firstParts(memory: RepoMemory, draft: RepoDraft): Part[] {
    const { sizes, unlisted, unlistedPulls } = memory;
    const onSizes = (fitting: typeof sizes): void => {
      memory.sizes = fitting;
    };
    const context = { draft, sizes, epicLabel: this.#epicLabel, onSizes };
    return [scanPart(context), ...childParts(context, unlisted), ...pullParts(context, unlistedPulls)];
  }

  #missingParts(memory: RepoMemory, draft: RepoDraft): Part[] {
    const context = { draft, sizes: memory.sizes, epicLabel: this.#epicLabel };
    const facts = draft.facts();
    const oldest = draft.hasMoreMerged ? memory.oldestMissed(facts) : undefined;
    return [
      ...childParts(context, memory.missing(facts)),
      ...pullParts(context, memory.missingPulls(facts)),
      ...(oldest === undefined ? [] : olderParts(context, oldest)),
    ];
  }

  #tellProblems(): void {
    for (const problem of this.#problems) {
      this.#options.logger?.warn(problem.message, { code: problem.code, source: this.name });
      this.#options.onProblem?.(problem);
    }
  }
}

function shareOf(share = 0.5): number {
  if (typeof share !== 'number') throw new TypeError(`rateShare must be a number, not ${typeof share}`);
  if (share > 0 && share <= 1) return share;
  throw new RangeError(`rateShare must be above 0 and at most 1, not ${String(share)}`);
}
