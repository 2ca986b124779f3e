import type { FakeRepository } from '../../model/repository.ts';
import { time } from './time.ts';
import { userJson } from './user.ts';

/** What comes after the address of a repository, by the name of the property. */
const REPOSITORY_LINKS = {
  archive_url: '/{archive_format}{/ref}',
  assignees_url: '/assignees{/user}',
  blobs_url: '/git/blobs{/sha}',
  branches_url: '/branches{/branch}',
  collaborators_url: '/collaborators{/collaborator}',
  comments_url: '/comments{/number}',
  commits_url: '/commits{/sha}',
  compare_url: '/compare/{base}...{head}',
  contents_url: '/contents/{+path}',
  contributors_url: '/contributors',
  deployments_url: '/deployments',
  downloads_url: '/downloads',
  events_url: '/events',
  forks_url: '/forks',
  git_commits_url: '/git/commits{/sha}',
  git_refs_url: '/git/refs{/sha}',
  git_tags_url: '/git/tags{/sha}',
  hooks_url: '/hooks',
  issue_comment_url: '/issues/comments{/number}',
  issue_events_url: '/issues/events{/number}',
  issues_url: '/issues{/number}',
  keys_url: '/keys{/key_id}',
  labels_url: '/labels{/name}',
  languages_url: '/languages',
  merges_url: '/merges',
  milestones_url: '/milestones{/number}',
  notifications_url: '/notifications{?since,all,participating}',
  pulls_url: '/pulls{/number}',
  releases_url: '/releases{/id}',
  stargazers_url: '/stargazers',
  statuses_url: '/statuses/{sha}',
  subscribers_url: '/subscribers',
  subscription_url: '/subscription',
  tags_url: '/tags',
  teams_url: '/teams',
  trees_url: '/git/trees{/sha}',
} as const;

/** Address of a repository in the API. */
export function repositoryUrl(repo: FakeRepository, api: string): string {
  return `${api}/repos/${repo.fullName}`;
}

/** Where people look at a repository. */
export function repositoryWebUrl(repo: FakeRepository): string {
  return `https://github.com/${repo.fullName}`;
}

/** A repository in a few words, as other things name it. */
export function minimalRepositoryJson(repo: FakeRepository, api: string): Record<string, unknown> {
  const url = repositoryUrl(repo, api);
  return {
    id: repo.databaseId,
    node_id: repo.nodeId,
    name: repo.name,
    full_name: repo.fullName,
    private: repo.isPrivate,
    owner: userJson(repo.owner, api),
    html_url: repositoryWebUrl(repo),
    description: null,
    fork: false,
    url,
    ...Object.fromEntries(Object.entries(REPOSITORY_LINKS).map(([name, path]) => [name, url + path])),
  };
}

/** A repository as the ends of a pull request name it. */
export function repositoryJson(repo: FakeRepository, api: string): Record<string, unknown> {
  const open = repo.conversations.filter(({ state }) => state === 'OPEN').length;
  const web = repositoryWebUrl(repo);
  return {
    ...minimalRepositoryJson(repo, api),
    git_url: `git://github.com/${repo.fullName}.git`,
    ssh_url: `git@github.com:${repo.fullName}.git`,
    clone_url: `${web}.git`,
    svn_url: web,
    default_branch: repo.defaultBranch,
    created_at: time(repo.createdAt),
    updated_at: time(repo.createdAt),
    pushed_at: time(repo.createdAt),
    open_issues: open,
    open_issues_count: open,
    visibility: repo.isPrivate ? 'private' : 'public',
    ...WITHOUT_CONTENT,
  };
}

/** All that a repository says when it is asked itself. */
export function fullRepositoryJson(repo: FakeRepository, api: string): Record<string, unknown> {
  return {
    ...repositoryJson(repo, api),
    allow_auto_merge: repo.allowAutoMerge,
    allow_merge_commit: repo.mergeMethods.includes('MERGE'),
    allow_rebase_merge: repo.mergeMethods.includes('REBASE'),
    allow_squash_merge: repo.mergeMethods.includes('SQUASH'),
    network_count: 0,
    subscribers_count: 0,
  };
}

/** It has issues and pull requests, and nothing else. */
const WITHOUT_CONTENT = {
  homepage: null,
  size: 0,
  stargazers_count: 0,
  watchers_count: 0,
  language: null,
  has_issues: true,
  has_projects: false,
  has_downloads: false,
  has_wiki: false,
  has_pages: false,
  has_discussions: false,
  forks_count: 0,
  mirror_url: null,
  archived: false,
  disabled: false,
  license: null,
  allow_forking: true,
  is_template: false,
  topics: [],
  forks: 0,
  watchers: 0,
} as const;
