import type { FakeCheckRun, FakeCommit, FakeStatus } from '../model/commit.ts';
import type { FakeUser } from '../model/world.ts';
import { repositoryWebUrl } from '../rest/shapes/repository.ts';
import { time, timeOrNull } from '../rest/shapes/time.ts';
import { always, Data, list, type TypeResolvers } from './resolver.ts';

/** A commit. */
export const COMMIT: TypeResolvers<FakeCommit> = {
  id: ({ nodeId }) => nodeId,
  oid: ({ oid }) => oid,
  abbreviatedOid: ({ oid }) => oid.slice(0, 7),
  message: ({ message }) => message,
  messageHeadline: ({ message }) => message.split('\n')[0],
  committedDate: ({ committedAt }) => time(committedAt),
  authoredDate: ({ committedAt }) => time(committedAt),
  author: ({ author }) => gitActor(author),
  committer: ({ author }) => gitActor(author),
  repository: ({ pull }) => pull.repo,
  url: ({ pull, oid }) => `${repositoryWebUrl(pull.repo)}/commit/${oid}`,
  statusCheckRollup: (commit) => (commit.rollup === undefined ? null : commit),
  status: (commit) => (commit.statuses.length === 0 ? null : commit),
};

function gitActor(user: FakeUser): Data {
  return new Data({ name: user.login, email: `${user.login}@users.noreply.github.com`, user });
}

/** A commit in a pull request: the commit, and the pull request. */
export const PULL_REQUEST_COMMIT: TypeResolvers<FakeCommit> = {
  id: ({ nodeId }) => nodeId.replace(/^C_/, 'PRC_'),
  commit: (commit) => commit,
  pullRequest: ({ pull }) => pull,
};

/** All checks and statuses of a commit together: its source is the commit. */
export const ROLLUP: TypeResolvers<FakeCommit> = {
  id: ({ nodeId }) => nodeId.replace(/^C_/, 'SCR_'),
  state: ({ rollup }) => rollup,
  commit: (commit) => commit,
  contexts: list<FakeCommit, FakeCheckRun | FakeStatus>({
    items: ({ checks, statuses }) => [...checks, ...statuses],
  }),
};

/** The statuses of a commit, without its check runs. */
export const STATUS: TypeResolvers<FakeCommit> = {
  id: ({ nodeId }) => nodeId.replace(/^C_/, 'CS_'),
  state: ({ statuses }) => {
    const states = statuses.map(({ rollup }) => rollup);
    return (['FAILURE', 'ERROR', 'PENDING', 'SUCCESS'] as const).find((state) => states.includes(state));
  },
  commit: (commit) => commit,
  contexts: ({ statuses }) => statuses,
  context: {
    args: ['name'],
    resolve: ({ statuses }, args) => statuses.find(({ context }) => context === args['name']),
  },
};

/** One check run. */
export const CHECK_RUN: TypeResolvers<FakeCheckRun> = {
  id: ({ nodeId }) => nodeId,
  databaseId: ({ databaseId }) => databaseId,
  name: ({ name }) => name,
  status: ({ status }) => status.toUpperCase(),
  conclusion: ({ conclusion }) => conclusion?.toUpperCase(),
  startedAt: ({ startedAt }) => time(startedAt),
  completedAt: ({ completedAt }) => timeOrNull(completedAt),
  detailsUrl: always(null),
  externalId: always(null),
  title: always(null),
  summary: always(null),
  text: always(null),
  repository: ({ commit }) => commit.pull.repo,
  url: ({ commit, databaseId }) => `${repositoryWebUrl(commit.pull.repo)}/runs/${String(databaseId)}`,
  isRequired: {
    args: ['pullRequestId', 'pullRequestNumber'],
    resolve: ({ commit, name }) => isRequired(commit, name),
  },
};

/** One commit status. */
export const STATUS_CONTEXT: TypeResolvers<FakeStatus> = {
  id: ({ nodeId }) => nodeId,
  context: ({ context }) => context,
  state: ({ state }) => state.toUpperCase(),
  description: always(null),
  targetUrl: always(null),
  createdAt: ({ createdAt }) => time(createdAt),
  commit: ({ commit }) => commit,
  creator: ({ commit }) => commit.pull.repo.world.user('ci[bot]'),
  isRequired: {
    args: ['pullRequestId', 'pullRequestNumber'],
    resolve: ({ commit, context }) => isRequired(commit, context),
  },
};

function isRequired({ pull }: FakeCommit, name: string): boolean {
  return pull.protection.requiredChecks?.includes(name) ?? false;
}
