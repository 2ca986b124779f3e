import { AppRegistry, type FakeAppInput } from './app-auth.ts';
import { type FakeFault, type FakeFaultHandle, type FakeFaultOptions, FaultPlan } from './faults.ts';
import { FakeRepository } from './model/repository.ts';
import type { FakeRepositoryInput } from './model/words.ts';
import { type FakeUser, World } from './model/world.ts';
import type { FakeGitHubOptions } from './options.ts';
import { RateLimits, type FakeRateLimitResource, type FakeRateLimitState } from './rate-limits.ts';
import { type FakeGitHubRequest, matchesRequest, type FakeRequestMatch } from './request-log.ts';
import { PUBLISHED_SECONDARY_LIMITS, SecondaryLimits } from './secondary-limits.ts';
import { FakeServer } from './server.ts';
import { type FakeDelivery, type FakeHookInput, Webhooks } from './webhooks.ts';

/** What `fakeGitHub` gives: the state of a GitHub, the server that shows it, and what was asked of it. */
export class FakeGitHub implements AsyncDisposable {
  readonly #world: World;
  readonly #faults = new FaultPlan();
  readonly #rateLimits: RateLimits;
  readonly #apps: AppRegistry;
  readonly #webhooks: Webhooks;
  readonly #server: FakeServer;
  readonly #viewer: string;
  readonly #waiting = new Set<(request: FakeGitHubRequest) => void>();
  #requests: FakeGitHubRequest[] = [];
  #closing: Promise<void> | undefined;

  constructor(options: FakeGitHubOptions = {}) {
    const { clock = Date.now, viewer = 'core-bot', mergeability = 'lazy', tokens, secondaryLimits = {} } = options;
    this.#viewer = viewer;
    this.#world = new World(clock, mergeability);
    this.#rateLimits = new RateLimits(options.rateLimits ?? {}, clock);
    this.#apps = new AppRegistry(this.#world, clock);
    this.#webhooks = new Webhooks(this.#world);
    const secondary = secondaryLimits === 'published' ? PUBLISHED_SECONDARY_LIMITS : secondaryLimits;
    this.#server = new FakeServer({
      world: this.#world,
      faults: this.#faults,
      rateLimits: this.#rateLimits,
      secondary: new SecondaryLimits(secondary, clock),
      apps: this.#apps,
      webhooks: this.#webhooks,
      loginOf: (token) => (tokens === undefined ? viewer : tokens[token]),
      log: (request) => {
        this.#log(request);
      },
    });
  }

  /** Address of the REST API, for `baseUrl` of an Octokit: `http://127.0.0.1:8080`. */
  get url(): string {
    return this.#server.url;
  }

  /** Address of the GraphQL API. */
  get graphqlUrl(): string {
    return `${this.url}/graphql`;
  }

  /** What has reached it, in the order of the answers. */
  get requests(): readonly FakeGitHubRequest[] {
    return this.#requests;
  }

  /** What its webhooks have sent. */
  get deliveries(): readonly FakeDelivery[] {
    return this.#webhooks.deliveries;
  }

  /**
   * The repository `owner/name`, made when it is first named.
   *
   * @throws `TypeError` for what is no name; `RangeError` where `input` is given for one that is there.
   */
  repo(fullName: string, input?: FakeRepositoryInput): FakeRepository {
    const found = this.#world.repos.get(fullName.toLowerCase());
    if (found !== undefined) {
      if (input !== undefined) throw new RangeError(`${fullName} is there already: its input comes too late`);
      return found;
    }
    const [, owner, name] = /^([A-Za-z0-9][A-Za-z0-9-]*)\/([\w.-]+)$/.exec(fullName) ?? [];
    if (owner === undefined || name === undefined) {
      throw new TypeError(`A repository must be named owner/name, not ${JSON.stringify(fullName)}`);
    }
    const repo = new FakeRepository(this.#world, owner, name, input ?? {});
    this.#world.repos.set(fullName.toLowerCase(), repo);
    return repo;
  }

  /** The user of a login, made when it is first named. */
  user(login: string): FakeUser {
    return this.#world.user(login);
  }

  /** Makes a GitHub App, whose JWTs and installation tokens are good from now on. */
  app(input: FakeAppInput): void {
    this.#apps.add(input);
  }

  /** Sends what happens in a repository to a URL, signed as GitHub signs it. */
  hook(fullName: string, input: FakeHookInput): void {
    this.#webhooks.add(this.repo(fullName), input);
  }

  /** Resolves when all deliveries that are under way have their answer. */
  async delivered(): Promise<void> {
    await this.#webhooks.idle();
  }

  /** Sends a delivery again, byte for byte, under its own id. */
  async redeliver(delivery: FakeDelivery): Promise<void> {
    await this.#webhooks.redeliver(delivery);
  }

  /** The next request that matches goes wrong; of several such faults the first planned is the first to strike. */
  failNext(fault: FakeFault, options: FakeFaultOptions = {}): FakeFaultHandle {
    return this.#faults.add(fault, options);
  }

  /** Resolves with the next request that matches, once it has its answer. */
  nextRequest(match: FakeRequestMatch = {}): Promise<FakeGitHubRequest> {
    return new Promise((resolve) => {
      const wait = (request: FakeGitHubRequest): void => {
        if (!matchesRequest(request, match)) return;
        this.#waiting.delete(wait);
        resolve(request);
      };
      this.#waiting.add(wait);
    });
  }

  /** Empties `requests`. */
  clearRequests(): void {
    this.#requests = [];
  }

  /** What is left of a budget of a login; of the viewer unless it is given. */
  rateLimit(resource: FakeRateLimitResource, login: string = this.#viewer): FakeRateLimitState {
    return this.#rateLimits.state(login, resource);
  }

  /** Finds out, now, about the mergeability of all pull requests. */
  computeMergeability(): void {
    for (const repo of this.#world.repos.values()) for (const pull of repo.pulls) pull.computeMergeability();
  }

  /** Listens; the second time does nothing more. */
  async start(port: number = 0): Promise<void> {
    await this.#server.start(port);
  }

  /** Cuts all connections, and frees the port; the second time does nothing more. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** `close()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    await this.#server.close();
    await this.#webhooks.close();
  }

  #log(request: FakeGitHubRequest): void {
    this.#requests.push(request);
    for (const wait of [...this.#waiting]) wait(request);
  }
}

/**
 * A GitHub of one's own, on this machine only: an HTTP server that executes GitHub's own GraphQL schema, and answers the
 * part of its REST API that bots use. What is done through it changes its state, and so does the test, as somebody else
 * would. It needs the packages `graphql` and `@octokit/graphql-schema` once GraphQL is asked for the first time.
 *
 * What it does not implement it refuses by name (a GraphQL error, or 501); it never makes up an answer.
 *
 * @example
 * ```ts
 * import { fakeGitHub } from '@core/jobrunner/testing';
 *
 * await using github = await fakeGitHub();
 * const repo = github.repo('host-uk/core');
 * const child = repo.issue({ title: 'Write it down' });
 * const pull = repo.pull({ draft: true, closes: [child], checks: { build: 'success' }, threads: 3 });
 *
 * const headers = { authorization: 'token any' };
 * const answer = await fetch(`${github.url}/repos/host-uk/core/pulls/${pull.number}`, { headers });
 * assert.equal((await answer.json()).draft, true);
 * pull.markReady({ by: 'somebody-else' });
 * assert.equal(pull.isDraft, false);
 * assert.deepEqual(github.requests.map(({ method, path }) => `${method} ${path}`), ['GET /repos/host-uk/core/pulls/2']);
 * ```
 */
export async function fakeGitHub(options: FakeGitHubOptions = {}): Promise<FakeGitHub> {
  const github = new FakeGitHub(options);
  await github.start(options.port);
  return github;
}
