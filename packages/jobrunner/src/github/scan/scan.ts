import { askGraphql, type GraphqlFault, type GraphqlReply } from '../client/ask.ts';
import type { GitHubClient } from '../client/github-client.ts';
import { errorOf, GitHubError, type Question } from '../client/github-error.ts';
import type { RateBudget } from '../client/rate-budget.ts';
import { repoKey, type RepoName } from '../text/repo-name.ts';
import { batchesOf, priceOf, queryOf, smallerBatches } from './batches.ts';
import { type Json, maybeObjectAt, UnexpectedAnswer } from './json.ts';
import type { Part } from './parts.ts';

/** What a scan works with. */
export interface ScanOptions {
  readonly client: GitHubClient;
  readonly budget: RateBudget;
  readonly signal: AbortSignal;
}

/** GitHub had not the time or the memory for it: less of it may do. */
const TOO_MUCH = /^(?:MAX_NODE_LIMIT_EXCEEDED|RESOURCE_LIMITS_EXCEEDED|TIMEOUT|NODE_LIMIT_EXCEEDED)$/;
const TOO_MUCH_TEXT = /something went wrong while executing your query|timed? ?out|exceeds the maximum limit of/i;
/** A server that is down is not asked in ever smaller pieces. */
const MOST_TOO_MUCH = 10;

/** Asks for parts, and for what their answers lead to, in as few queries as GitHub's limits allow. */
export class Scan {
  readonly #options: ScanOptions;
  readonly #problems = new Map<string, GitHubError>();
  #tooMuch = 0;
  #isAskedAgain = false;

  constructor(options: ScanOptions) {
    this.#options = options;
  }

  /** Why a repository could not be read completely, by its key. */
  get problems(): ReadonlyMap<string, GitHubError> {
    return this.#problems;
  }

  /**
   * Asks for everything. What cannot be had is a problem of its repository, and nobody else's; only an abort rejects.
   */
  async run(parts: readonly Part[]): Promise<void> {
    const batches = batchesOf(parts);
    let followUps: Part[] = [];
    for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
      const wanted = batch.filter(({ repo }) => !this.#problems.has(repoKey(repo)));
      try {
        if (wanted.length > 0) followUps.push(...this.#take(wanted, await this.#ask(wanted)));
      } catch (error) {
        this.#options.signal.throwIfAborted();
        if (!(error instanceof GitHubError)) throw error; // a fault of this program
        batches.unshift(...this.#less(wanted, error));
      }
      if (batches.length > 0) continue;
      batches.push(...batchesOf(followUps));
      followUps = [];
    }
  }

  async #ask(batch: readonly Part[]): Promise<GraphqlReply> {
    const { client, budget, signal } = this.#options;
    const question = questionOf(batch);
    const price = priceOf(batch);
    budget.check('graphql', price, question);
    const reply = await askGraphql(client, queryOf(batch), { question, signal, retries: 0 });
    const { cost } = (reply.data['rateLimit'] ?? {}) as Json;
    budget.spend('graphql', typeof cost === 'number' ? cost : price, reply.headers);
    return reply;
  }

  #take(batch: readonly Part[], { data, faults }: GraphqlReply): Part[] {
    const tooMuch = faults.find(({ type = '', message }) => TOO_MUCH.test(type) || TOO_MUCH_TEXT.test(message));
    if (tooMuch !== undefined) throw tooMuchError(batch, tooMuch);
    return batch.flatMap((part, at) => {
      const alias = `r${String(at)}`;
      const own = faults.filter((fault) => concerns(fault, alias, data) && !isMissingNumber(fault));
      if (own.length > 0) return this.#fail(part.repo, own);
      return this.#read(part, data, alias);
    });
  }

  #read(part: Part, data: Json, alias: string): Part[] {
    try {
      const repository = maybeObjectAt(data, alias);
      if (repository === undefined) throw new UnexpectedAnswer('the repository');
      return part.read(repository);
    } catch (error) {
      if (!(error instanceof UnexpectedAnswer)) throw error;
      return this.#fail(part.repo, [{ type: undefined, message: error.message, path: [] }]);
    }
  }

  #fail(repo: RepoName, faults: readonly GraphqlFault[]): Part[] {
    const isMissing = faults.some(({ type, path }) => type === 'NOT_FOUND' && path.length <= 1);
    const isForbidden = faults.some(({ type }) => type === 'FORBIDDEN');
    const error = errorOf(isMissing ? 'ERR_GITHUB_REFUSED' : 'ERR_GITHUB_INCOMPLETE', scanOf([repo]), {
      why: [...new Set(faults.map(described))].slice(0, 3),
      hint: isMissing
        ? 'See that the name is right and that the token may see the repository.'
        : isForbidden
          ? 'Give the token read access to issues, pull requests, checks, commit statuses and contents.'
          : 'Nothing is done in this repository until an answer is complete; it is asked again in the next cycle.',
    });
    this.#problems.set(repoKey(repo), error);
    return [];
  }

  /** What to ask in the place of a batch that failed. */
  #less(batch: readonly Part[], error: GitHubError): Part[][] {
    const { status, isTimeout } = error;
    if (isCut(error) && !this.#isAskedAgain) {
      this.#isAskedAgain = true; // a connection that was kept may have ended meanwhile
      return [[...batch]];
    }
    if (status === 502 || status === 504 || isTimeout === true) this.#tooMuch += 1;
    else return this.#giveUp(batch, error);
    const smaller = this.#tooMuch > MOST_TOO_MUCH ? [] : smallerBatches(batch);
    return smaller.length > 0 ? smaller : this.#giveUp(batch, error);
  }

  #giveUp(batch: readonly Part[], error: GitHubError): Part[][] {
    for (const { repo } of batch) this.#problems.set(repoKey(repo), error);
    return [];
  }
}

/** Whether there was no answer, and that at once. */
function isCut({ code, status, isTimeout }: GitHubError): boolean {
  return code === 'ERR_GITHUB_REQUEST_FAILED' && status === undefined && isTimeout !== true;
}

/** For errors that concern all of a batch. */
function questionOf(batch: readonly Part[]): Question {
  return scanOf(batch.map(({ repo }) => repo));
}

function scanOf(repos: readonly RepoName[]): Question {
  const names = [...new Set(repos.map(({ owner, name }) => `${owner}/${name}`))];
  const shown = names.length > 3 ? [...names.slice(0, 2), `${String(names.length - 2)} more`] : names;
  return { op: 'github.scan', id: shown.join(', '), what: 'scan' };
}

function tooMuchError(batch: readonly Part[], { message }: GraphqlFault): GitHubError {
  const reasons = { why: [message], isTimeout: true };
  return errorOf('ERR_GITHUB_REQUEST_FAILED', questionOf(batch), reasons);
}

/** An error without a path may concern any part that has no answer; where all have one, it concerns them all. */
function concerns({ path: [alias] }: GraphqlFault, own: string, data: Json): boolean {
  if (alias !== undefined) return alias === own;
  const isMissing = (name: string): boolean => (data[name] ?? null) === null;
  const names = Object.keys(data).filter((name) => name !== 'rateLimit');
  return isMissing(own) || !names.some(isMissing);
}

/** A number in a checklist that is a pull request's, or nobody's; a pull request that is gone. */
function isMissingNumber({ type, message, path }: GraphqlFault): boolean {
  const [, field] = path;
  const isNumber = path.length === 2 && typeof field === 'string' && /^[cq]\d+$/.test(field);
  return isNumber && (type === 'NOT_FOUND' || /could not resolve to an? (?:issue|pull)/i.test(message));
}

function described({ message, path }: GraphqlFault): string {
  const where = path.slice(1).join('.');
  return where === '' ? message : `${where}: ${message}`;
}
