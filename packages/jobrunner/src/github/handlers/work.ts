import type { JobrunnerErrorCode } from '../../errors.ts';
import { type PipelineSignal, repoFullName } from '../../pipeline-signal.ts';
import { askGraphql, askRest, type GraphqlFault, type Reply } from '../client/ask.ts';
import { commentOnce } from '../client/comments.ts';
import type { GitHubClient } from '../client/github-client.ts';
import { errorOf, type GitHubError, type Question } from '../client/github-error.ts';
import { type Json, maybeObjectAt, UnexpectedAnswer } from '../scan/json.ts';
import type { TextHome } from '../text/epic-checklist.ts';
import { webHosts } from '../text/issue-reference.ts';
import { repoOf } from '../text/repo-name.ts';

/** What one execution of a handler is about. */
export interface WorkOptions {
  readonly client: GitHubClient;
  readonly pipelineSignal: PipelineSignal;
  readonly signal: AbortSignal;
  readonly op: string;
  readonly what: string;
  readonly subject: 'childNumber' | 'epicNumber' | 'prNumber';
}

/** One execution of a handler: what it asks and tells GitHub. */
export class Work {
  readonly pipelineSignal: PipelineSignal;
  readonly signal: AbortSignal;
  readonly home: TextHome;
  readonly #client: GitHubClient;
  readonly #question: Question;

  constructor({ client, pipelineSignal, signal, op, what, subject }: WorkOptions) {
    this.pipelineSignal = pipelineSignal;
    this.signal = signal;
    this.#client = client;
    this.home = { repo: repoOf(pipelineSignal), hosts: webHosts(client.request.endpoint.DEFAULTS.baseUrl) };
    this.#question = { op, what, id: `${repoFullName(pipelineSignal)}#${String(pipelineSignal[subject])}` };
  }

  /** Fields of the signal's pull request. */
  async pull(fields: string): Promise<Json> {
    return this.#field(`pullRequest(number:${String(this.pipelineSignal.prNumber)})`, fields);
  }

  /** Fields of the signal's child. */
  async child(fields: string): Promise<Json> {
    return this.#field(`issue(number:${String(this.pipelineSignal.childNumber)})`, fields);
  }

  /** An issue, as the REST API has it. */
  async issue(number: number): Promise<Json> {
    return bodyOf(await this.#rest('GET /repos/{owner}/{repo}/issues/{issue_number}', { issue_number: number }));
  }

  /** Changes an issue; each of its fields is what it is then, however often. */
  async updateIssue(number: number, fields: Readonly<Record<string, string>>): Promise<void> {
    await this.#rest('PATCH /repos/{owner}/{repo}/issues/{issue_number}', { issue_number: number, ...fields });
  }

  /** Merges the signal's pull request, if its head is still the signal's. */
  async merge(method: string): Promise<void> {
    const { prNumber, lastCommitSha } = this.pipelineSignal;
    const parameters = { pull_number: prNumber, sha: lastCommitSha, merge_method: method };
    await this.#rest('PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge', parameters);
  }

  /** Comments on the signal's pull request, once for each mark. */
  async commentOnce(text: string, mark: string): Promise<void> {
    const { signal } = this;
    const number = this.pipelineSignal.prNumber;
    await commentOnce(this.#client, { repo: this.home.repo, number, text, mark, op: this.#question.op, signal });
  }

  /** Sends a mutation, and returns what GitHub objects to. */
  async mutate(query: string, variables: Readonly<Record<string, unknown>>): Promise<readonly GraphqlFault[]> {
    const { signal } = this;
    const { faults } = await askGraphql(this.#client, query, { question: this.#question, signal, variables });
    return faults;
  }

  /** Sends a mutation that GitHub has to do. */
  async demand(query: string, variables: Readonly<Record<string, unknown>>): Promise<void> {
    const faults = await this.mutate(query, variables);
    if (faults.length > 0) throw this.refused(faults);
  }

  refused(faults: readonly GraphqlFault[]): GitHubError {
    return this.fail('ERR_GITHUB_REFUSED', [...new Set(faults.map(({ message }) => message))].join('; '));
  }

  /** What is there now is not what the signal said: the next poll will see. */
  changed(why: string): GitHubError {
    return this.fail('ERR_GITHUB_CHANGED_MEANWHILE', why);
  }

  fail(code: JobrunnerErrorCode, why: string, cause?: unknown): GitHubError {
    return errorOf(code, this.#question, { why: [why], cause });
  }

  async #rest(route: string, parameters: Readonly<Record<string, unknown>>): Promise<Reply> {
    const { owner, name } = this.home.repo;
    const { signal } = this;
    return askRest(this.#client, route, { owner, repo: name, ...parameters, question: this.#question, signal });
  }

  async #field(field: string, fields: string): Promise<Json> {
    const { owner, name } = this.home.repo;
    const { signal } = this;
    const query = `query Look($owner:String!,$name:String!){repository(owner:$owner,name:$name){it:${field}{${fields}}}}`;
    const options = { question: this.#question, signal, variables: { owner, name } };
    const { data, faults } = await askGraphql(this.#client, query, options);
    if (faults.length > 0) throw this.refused(faults);
    const repository = maybeObjectAt(data, 'repository');
    const found = repository === undefined ? undefined : maybeObjectAt(repository, 'it');
    if (found === undefined) throw this.fail('ERR_GITHUB_REFUSED', 'there is no such thing any more');
    return found;
  }
}

function bodyOf({ data }: Reply): Json {
  if (typeof data === 'object' && data !== null) return data as Json;
  throw new UnexpectedAnswer('an object');
}
