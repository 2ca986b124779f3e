import type { FakeCheckRun, FakeCommit, FakeStatus } from '../../model/commit.ts';
import { minimalRepositoryJson, repositoryUrl, repositoryWebUrl } from './repository.ts';
import { time, timeOrNull } from './time.ts';
import { userJson } from './user.ts';

/** One check run. */
export function checkRunJson(run: FakeCheckRun, api: string): Record<string, unknown> {
  const { repo } = run.commit.pull;
  const url = `${repositoryUrl(repo, api)}/check-runs/${String(run.databaseId)}`;
  const output = {
    title: null,
    summary: null,
    text: null,
    annotations_count: 0,
    annotations_url: `${url}/annotations`,
  };
  return {
    id: run.databaseId,
    node_id: run.nodeId,
    head_sha: run.commit.oid,
    external_id: '',
    url,
    html_url: `${repositoryWebUrl(repo)}/runs/${String(run.databaseId)}`,
    details_url: null,
    status: run.status,
    conclusion: run.conclusion ?? null,
    started_at: time(run.startedAt),
    completed_at: timeOrNull(run.completedAt),
    output,
    name: run.name,
    check_suite: null,
    app: null,
    pull_requests: [],
  };
}

/** One status; what a list of them shows lacks the `creator`. */
function simpleStatusJson(status: FakeStatus, api: string): Record<string, unknown> {
  return {
    url: `${repositoryUrl(status.commit.pull.repo, api)}/statuses/${status.commit.oid}`,
    avatar_url: null,
    id: status.databaseId,
    node_id: status.nodeId,
    state: status.state,
    description: null,
    target_url: null,
    context: status.context,
    created_at: time(status.createdAt),
    updated_at: time(status.createdAt),
  };
}

/** One status, with who set it. */
export function statusJson(status: FakeStatus, api: string): Record<string, unknown> {
  const creator = userJson(status.commit.pull.repo.world.user('ci[bot]'), api);
  return { ...simpleStatusJson(status, api), creator };
}

/** All statuses of a commit in one word; `pending` where there are none, and check runs do not count. */
export function combinedStatusJson(commit: FakeCommit, api: string): Record<string, unknown> {
  const { repo } = commit.pull;
  const states = new Set(commit.statuses.map(({ state }) => state));
  const isBad = states.has('failure') || states.has('error');
  const isPending = states.has('pending') || states.size === 0;
  return {
    state: isBad ? 'failure' : isPending ? 'pending' : 'success',
    sha: commit.oid,
    total_count: commit.statuses.length,
    statuses: commit.statuses.map((status) => simpleStatusJson(status, api)),
    repository: minimalRepositoryJson(repo, api),
    commit_url: `${repositoryUrl(repo, api)}/commits/${commit.oid}`,
    url: `${repositoryUrl(repo, api)}/commits/${commit.oid}/status`,
  };
}
