import type { FakePullRequest } from '../../model/pull-request.ts';
import type { FakeReview } from '../../model/review.ts';
import { associationOf, conversationJson, issueUrl, webUrl } from './issue.ts';
import { repositoryJson, repositoryUrl } from './repository.ts';
import { time, timeOrNull } from './time.ts';
import { userJson } from './user.ts';

/** Address of a pull request in the API. */
function pullUrl({ repo, number }: FakePullRequest, api: string): string {
  return `${repositoryUrl(repo, api)}/pulls/${String(number)}`;
}

/** A pull request as lists show it: they say nothing of `mergeable`, `mergeable_state` and `merged`. */
export function simplePullJson(pull: FakePullRequest, api: string): Record<string, unknown> {
  const url = pullUrl(pull, api);
  const html = webUrl(pull);
  return {
    ...conversationJson(pull, api),
    url,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: issueUrl(pull, api),
    commits_url: `${url}/commits`,
    review_comments_url: `${url}/comments`,
    review_comment_url: `${repositoryUrl(pull.repo, api)}/pulls/comments{/number}`,
    statuses_url: `${repositoryUrl(pull.repo, api)}/statuses/${pull.head.oid}`,
    draft: pull.isDraft,
    merged_at: timeOrNull(pull.merged?.at),
    merge_commit_sha: pull.merged?.oid ?? null,
    requested_reviewers: [],
    requested_teams: [],
    head: endJson(pull, pull.headRefName, pull.head.oid, api),
    base: endJson(pull, pull.baseRefName, pull.baseOid, api),
    auto_merge: autoMergeJson(pull, api),
    active_lock_reason: null,
    _links: linksJson(pull, api),
  };
}

/** A pull request that is asked for itself, with what is known of its mergeability. */
export function pullJson(pull: FakePullRequest, api: string): Record<string, unknown> {
  const { mergeable } = pull;
  return {
    ...simplePullJson(pull, api),
    merged: pull.merged !== undefined,
    mergeable: mergeable === 'UNKNOWN' ? null : mergeable === 'MERGEABLE',
    rebaseable: mergeable === 'UNKNOWN' ? null : mergeable === 'MERGEABLE',
    mergeable_state: pull.mergeState.toLowerCase(),
    merged_by: pull.merged === undefined ? null : userJson(pull.merged.by, api),
    comments: pull.comments.length,
    review_comments: pull.threads.reduce((sum, { comments }) => sum + comments.length, 0),
    maintainer_can_modify: false,
    commits: pull.commits.length,
    additions: 0,
    deletions: 0,
    changed_files: 0,
  };
}

/** One review of a pull request. */
export function reviewJson(review: FakeReview, api: string): Record<string, unknown> {
  const { pull, databaseId } = review;
  const html = `${webUrl(pull)}#pullrequestreview-${String(databaseId)}`;
  return {
    id: databaseId,
    node_id: review.nodeId,
    user: userJson(review.author, api),
    body: review.body,
    state: review.state,
    html_url: html,
    pull_request_url: pullUrl(pull, api),
    author_association: associationOf(pull.repo, review.author),
    submitted_at: time(review.submittedAt),
    commit_id: review.commitOid,
    _links: { html: { href: html }, pull_request: { href: pullUrl(pull, api) } },
  };
}

function endJson(pull: FakePullRequest, ref: string, sha: string, api: string): Record<string, unknown> {
  const { repo } = pull;
  const label = `${repo.owner.login}:${ref}`;
  return { label, ref, sha, user: userJson(repo.owner, api), repo: repositoryJson(repo, api) };
}

function autoMergeJson({ autoMerge, title }: FakePullRequest, api: string): Record<string, unknown> | null {
  if (autoMerge === undefined) return null;
  return {
    enabled_by: userJson(autoMerge.by, api),
    merge_method: autoMerge.method.toLowerCase(),
    commit_title: autoMerge.headline ?? title,
    commit_message: autoMerge.body ?? '',
  };
}

function linksJson(pull: FakePullRequest, api: string): Record<string, unknown> {
  const self = pullUrl(pull, api);
  const issue = issueUrl(pull, api);
  const links = {
    self,
    html: webUrl(pull),
    issue,
    comments: `${issue}/comments`,
    review_comments: `${self}/comments`,
    review_comment: `${repositoryUrl(pull.repo, api)}/pulls/comments{/number}`,
    commits: `${self}/commits`,
    statuses: `${repositoryUrl(pull.repo, api)}/statuses/${pull.head.oid}`,
  };
  return Object.fromEntries(Object.entries(links).map(([name, href]) => [name, { href }]));
}
