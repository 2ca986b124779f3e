import { githubClient, type GitHubClientOptions } from '../../../src/github/client/github-client.ts';
import type { GitHubSourceOptions } from '../../../src/github/source/github-source-options.ts';
import { GitHubSource } from '../../../src/github/source/github-source.ts';
import type { PipelineSignal } from '../../../src/pipeline-signal.ts';
import { type FakeGitHub, fakeGitHub } from '../../../src/testing/fake-github/fake-github.ts';
import type { FakeRepository } from '../../../src/testing/fake-github/model/repository.ts';
import type { FakeGitHubOptions } from '../../../src/testing/fake-github/options.ts';

const REPO = 'host-uk/core';
const TOKEN = 'ghp_0123456789abcdefghijABCDEFGHIJ012345';

/** A GitHub, and what talks to it. */
export class Bench {
  readonly github: FakeGitHub;
  readonly client: ReturnType<typeof githubClient>;
  readonly repo: FakeRepository;

  constructor(github: FakeGitHub, options: GitHubClientOptions) {
    this.github = github;
    this.repo = github.repo(REPO);
    this.client = this.clientWith(options);
  }

  /** Without pauses, and asking once. */
  clientWith(options: GitHubClientOptions = {}): ReturnType<typeof githubClient> {
    return githubClient({ auth: TOKEN, baseUrl: this.github.url, retries: 0, writePauseMs: 0, ...options });
  }

  source(options: Partial<GitHubSourceOptions> = {}): GitHubSource {
    return new GitHubSource({ repos: [REPO], octokit: this.client, ...options });
  }

  /** Requests since the last call: `GET 304`, `query 200`, `mutation 200`. */
  taken(): string[] {
    const taken = this.github.requests.map(({ method, graphql, status }) => {
      return `${graphql?.type ?? method} ${String(status)}`;
    });
    this.github.clearRequests();
    return taken;
  }

  /** What changed something. */
  get writes(): string[] {
    return this.github.requests
      .filter(({ isWrite }) => isWrite)
      .map(({ method, path, graphql }) => graphql?.fields.join() ?? `${method} ${path}`);
  }
}

/** Mergeability is known at once unless the options say otherwise. */
export async function withGitHub(
  test: (bench: Bench) => Promise<void>,
  { client = {}, ...options }: FakeGitHubOptions & { readonly client?: GitHubClientOptions } = {},
): Promise<void> {
  const github = await fakeGitHub({ mergeability: 'immediate', ...options });
  try {
    await test(new Bench(github, client));
  } finally {
    await github.close();
  }
}

export async function poll(source: GitHubSource): Promise<PipelineSignal[]> {
  return source.poll({ signal: new AbortController().signal });
}

/** The signal of the first, and here the only, piece of work. */
export async function firstSignal(bench: Bench): Promise<PipelineSignal> {
  const [signal] = await poll(bench.source());
  if (signal === undefined) throw new Error('there is no signal');
  return signal;
}
