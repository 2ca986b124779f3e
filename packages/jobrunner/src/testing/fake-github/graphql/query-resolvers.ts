import { FakeIssue } from '../model/issue.ts';
import type { FakeLabel } from '../model/label.ts';
import type { FakePullRequest } from '../model/pull-request.ts';
import { FakeGitHubRefusal, notFound } from '../model/refusal.ts';
import type { FakeRepository } from '../model/repository.ts';
import type { FakeUser } from '../model/world.ts';
import { issueOrder, issuesWanted, pullsWanted } from './filters.ts';
import { nodeOf } from './find.ts';
import type { GraphqlContext } from './load.ts';
import { always, Data, list, text, type TypeResolvers } from './resolver.ts';
import { time } from '../rest/shapes/time.ts';
import { repositoryWebUrl } from '../rest/shapes/repository.ts';
import { webUrlOf } from '../rest/shapes/user.ts';

/** What an operation has cost, beside the rest of the context. */
export interface CostContext extends GraphqlContext {
  readonly cost: number;
  readonly nodeCount: number;
}

/** Where every query begins. */
export const QUERY: TypeResolvers<unknown> = {
  repository: {
    args: ['owner', 'name', 'followRenames'],
    resolve: (_source, args, context) => findRepository(`${String(args['owner'])}/${String(args['name'])}`, context),
  },
  viewer: (_source, { world, viewer }) => world.user(viewer.login ?? ''),
  user: {
    args: ['login'],
    resolve: (_source, args, { world }) => {
      const login = text(args, 'login') ?? '';
      if (world.knowsUser(login)) return world.user(login);
      throw notFound(`Could not resolve to a User with the login of '${login}'.`);
    },
  },
  node: { args: ['id'], resolve: (_source, args, context) => nodeOf(text(args, 'id') ?? '', context) },
  nodes: {
    args: ['ids'],
    // one that is not there fails alone: an Error in a list is an error at its place
    resolve: (_source, args, context) => (args['ids'] as readonly string[]).map((id) => nodeOrError(id, context)),
  },
  rateLimit: {
    args: ['dryRun'],
    resolve: (_source, _args, context) => rateLimit(context as CostContext),
  },
};

function findRepository(fullName: string, { world, viewer }: GraphqlContext): FakeRepository {
  const repo = world.repos.get(fullName.toLowerCase());
  if (repo?.allows(viewer.login, 'read') === true) return repo;
  throw notFound(`Could not resolve to a Repository with the name '${fullName}'.`);
}

function nodeOrError(id: string, context: GraphqlContext): object {
  try {
    return nodeOf(id, context);
  } catch (error) {
    if (error instanceof FakeGitHubRefusal) return error;
    throw error;
  }
}

function rateLimit({ budget, cost, nodeCount }: CostContext): Data {
  const { limit, used, remaining, reset } = budget;
  const resetAt = time(new Date(reset * 1_000));
  return new Data({ limit, cost, nodeCount, used: used + cost, remaining: Math.max(0, remaining - cost), resetAt });
}

/** A repository. */
export const REPOSITORY: TypeResolvers<FakeRepository> = {
  id: ({ nodeId }) => nodeId,
  databaseId: ({ databaseId }) => databaseId,
  name: ({ name }) => name,
  nameWithOwner: ({ fullName }) => fullName,
  owner: ({ owner }) => owner,
  url: repositoryWebUrl,
  description: always(null),
  createdAt: ({ createdAt }) => time(createdAt),
  isPrivate: ({ isPrivate }) => isPrivate,
  isArchived: always(false),
  isDisabled: always(false),
  isFork: always(false),
  isLocked: always(false),
  hasIssuesEnabled: always(true),
  visibility: ({ isPrivate }) => (isPrivate ? 'PRIVATE' : 'PUBLIC'),
  defaultBranchRef: ({ defaultBranch }) => new Data({ name: defaultBranch, prefix: 'refs/heads/' }),
  autoMergeAllowed: ({ allowAutoMerge }) => allowAutoMerge,
  mergeCommitAllowed: ({ mergeMethods }) => mergeMethods.includes('MERGE'),
  rebaseMergeAllowed: ({ mergeMethods }) => mergeMethods.includes('REBASE'),
  squashMergeAllowed: ({ mergeMethods }) => mergeMethods.includes('SQUASH'),
  viewerPermission: (repo, { viewer }) => repo.permissionOf(viewer.login).toUpperCase(),
  viewerCanAdminister: (repo, { viewer }) => repo.allows(viewer.login, 'admin'),
  issues: list<FakeRepository, FakeIssue>({
    args: ['states', 'labels', 'filterBy', 'orderBy'],
    items: ({ issues }, args) => issuesWanted(issues, args),
    order: issueOrder,
  }),
  pullRequests: list<FakeRepository, FakePullRequest>({
    args: ['states', 'labels', 'baseRefName', 'headRefName', 'orderBy'],
    items: ({ pulls }, args) => pullsWanted(pulls, args),
    order: issueOrder,
  }),
  issue: { args: ['number'], resolve: (repo, args) => issueOf(repo, Number(args['number'])) },
  pullRequest: { args: ['number'], resolve: (repo, args) => pullOf(repo, Number(args['number'])) },
  issueOrPullRequest: {
    args: ['number'],
    resolve: (repo, args) =>
      repo.findIssue(Number(args['number'])) ?? pullOf(repo, Number(args['number']), 'issue or pull request'),
  },
  labels: list<FakeRepository, FakeLabel>({ items: ({ labels }) => labels }),
  label: {
    args: ['name'],
    resolve: ({ labels }, args) => labels.find(({ name }) => name.toLowerCase() === String(args['name']).toLowerCase()),
  },
};

function issueOf(repo: FakeRepository, number: number): FakeIssue {
  const found = repo.findIssue(number);
  if (found instanceof FakeIssue) return found;
  throw notFound(`Could not resolve to an Issue with the number of ${String(number)}.`);
}

function pullOf(repo: FakeRepository, number: number, what: string = 'PullRequest'): FakePullRequest {
  const found = repo.findPull(number);
  if (found !== undefined) return found;
  const article = what === 'PullRequest' ? 'a' : 'an';
  throw notFound(`Could not resolve to ${article} ${what} with the number of ${String(number)}.`);
}

/** Somebody, or an app: in GraphQL its login goes without `[bot]`. */
export const USER: TypeResolvers<FakeUser> = {
  id: ({ nodeId }) => nodeId,
  databaseId: ({ databaseId }) => databaseId,
  login: ({ login }) => login.replace('[bot]', ''),
  url: webUrlOf,
  avatarUrl: {
    args: ['size'],
    resolve: ({ databaseId }) => `https://avatars.githubusercontent.com/u/${String(databaseId)}?v=4`,
  },
  name: always(null),
  email: always(''),
};

/** A label. */
export const LABEL: TypeResolvers<FakeLabel> = {
  id: ({ nodeId }) => nodeId,
  name: ({ name }) => name,
  color: ({ color }) => color,
  description: ({ description }) => description,
  isDefault: always(false),
};
