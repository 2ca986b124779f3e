import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { type FakeGitHub, fakeGitHub } from '../../../src/testing/fake-github/fake-github.ts';
import { refuse } from '../../../src/testing/fake-github/graphql/load.ts';
import type { FakeRepository } from '../../../src/testing/fake-github/model/repository.ts';
import { graphql, type GraphqlReply, pullFields } from './support.ts';

let github: FakeGitHub;
let repo: FakeRepository;
let now: number;

beforeEach(async () => {
  now = Date.UTC(2026, 1, 5, 12);
  github = await fakeGitHub({ mergeability: 'immediate', clock: () => now });
  repo = github.repo('host-uk/core');
});

afterEach(() => github.close());

/** Fields of the repository. */
async function ofRepo(fields: string, variables: Readonly<Record<string, unknown>> = {}): Promise<GraphqlReply> {
  const declared = Object.keys(variables).map((name) => `$${name}: String`);
  const head = declared.length === 0 ? '' : `query (${declared.join(', ')})`;
  return graphql(github, `${head} { repository(owner: "host-uk", name: "core") { ${fields} } }`, variables);
}

describe('fakeGitHub GraphQL', () => {
  describe('Good', () => {
    it('fakeGitHub answers a whole scan in one request', async () => {
      const child = repo.issue({ title: 'child', assignees: ['bot'] });
      repo.epic({ title: 'epic', children: [child], form: 'both' });
      const pull = repo.pull({
        draft: true,
        closes: [child],
        checks: { build: 'success' },
        statuses: { ci: 'pending' },
      });
      pull.thread({ resolved: true, outdated: true });
      const { data } = await ofRepo(`
        issues(first: 5, labels: ["EPIC"], states: [OPEN]) {
          pageInfo { hasNextPage } nodes { number body subIssues(first: 5) { nodes { number state assignees(first: 1) { nodes { login } } } } }
        }
        pullRequests(first: 5, states: [OPEN]) {
          nodes {
            number state isDraft mergeable mergeStateStatus headRefOid statusCheckRollup { state }
            reviewThreads(first: 5) { totalCount nodes { isResolved isOutdated line } }
            commits(last: 1) { nodes { commit { oid committedDate } } }
            closingIssuesReferences(first: 5) { nodes { number repository { nameWithOwner } } }
          }
        }`);
      expect(data?.['repository']).toEqual({
        issues: {
          pageInfo: { hasNextPage: false },
          nodes: [
            {
              number: 2,
              body: '- [ ] #1',
              subIssues: { nodes: [{ number: 1, state: 'OPEN', assignees: { nodes: [{ login: 'bot' }] } }] },
            },
          ],
        },
        pullRequests: {
          nodes: [
            {
              number: 3,
              state: 'OPEN',
              isDraft: true,
              mergeable: 'MERGEABLE',
              mergeStateStatus: 'DRAFT',
              headRefOid: pull.head.oid,
              statusCheckRollup: { state: 'PENDING' },
              reviewThreads: { totalCount: 1, nodes: [{ isResolved: true, isOutdated: true, line: null }] },
              commits: { nodes: [{ commit: { oid: pull.head.oid, committedDate: '2026-02-05T12:00:00Z' } }] },
              closingIssuesReferences: { nodes: [{ number: 1, repository: { nameWithOwner: 'host-uk/core' } }] },
            },
          ],
        },
      });
    });

    it('fakeGitHub hides merged pull requests among those that close an issue unless they are asked for', async () => {
      const child = repo.issue();
      repo.pull({ closes: [child] }).merge();
      const { data } = await ofRepo(`issue(number: 1) {
        open: closedByPullRequestsReferences(first: 5) { totalCount }
        all: closedByPullRequestsReferences(first: 5, includeClosedPrs: true) { nodes { number merged mergedBy { login } } }
      }`);
      expect(data?.['repository']).toEqual({
        issue: {
          open: { totalCount: 0 },
          all: { nodes: [{ number: 2, merged: true, mergedBy: { login: 'octocat' } }] },
        },
      });
    });

    it('fakeGitHub shows checks and statuses together in the roll-up', async () => {
      const { number, ...pull } = repo.pull({
        checks: { build: 'timed_out', lint: 'in_progress' },
        statuses: { ci: 'error' },
      });
      expect(pull).toBeDefined();
      const fields = `statusCheckRollup { state contexts(first: 9) { totalCount nodes {
        __typename
        ... on CheckRun { name status conclusion isRequired(pullRequestNumber: ${String(number)}) }
        ... on StatusContext { context state isRequired(pullRequestNumber: ${String(number)}) } } } }`;
      expect(await pullFields(github, number, fields)).toEqual({
        statusCheckRollup: {
          state: 'FAILURE',
          contexts: {
            totalCount: 3,
            nodes: [
              {
                __typename: 'CheckRun',
                name: 'build',
                status: 'COMPLETED',
                conclusion: 'TIMED_OUT',
                isRequired: false,
              },
              { __typename: 'CheckRun', name: 'lint', status: 'IN_PROGRESS', conclusion: null, isRequired: false },
              { __typename: 'StatusContext', context: 'ci', state: 'ERROR', isRequired: false },
            ],
          },
        },
      });
      expect(await pullFields(github, repo.pull().number, 'statusCheckRollup { state }')).toEqual({
        statusCheckRollup: null,
      });
    });

    it('fakeGitHub pages on from a cursor, forwards and backwards, while others come and go', async () => {
      for (let left = 5; left > 0; left--) repo.pull();
      const page = async (args: string): Promise<{ numbers: number[]; end: string; start: string; info: unknown }> => {
        const { data } = await ofRepo(
          `pullRequests(${args}) { nodes { number } pageInfo { startCursor endCursor hasNextPage hasPreviousPage } }`,
        );
        const { nodes, pageInfo } = (
          data?.['repository'] as { pullRequests: { nodes: { number: number }[]; pageInfo: Record<string, unknown> } }
        ).pullRequests;
        return {
          numbers: nodes.map(({ number }) => number),
          start: String(pageInfo['startCursor']),
          end: String(pageInfo['endCursor']),
          info: [pageInfo['hasPreviousPage'], pageInfo['hasNextPage']],
        };
      };
      const first = await page('first: 2, states: [OPEN]');
      expect([first.numbers, first.info]).toEqual([
        [1, 2],
        [false, true],
      ]);
      repo.findPull(1)?.close();
      repo.findPull(2)?.close();
      repo.pull();
      const second = await page(`first: 3, states: [OPEN], after: "${first.end}"`);
      expect([second.numbers, second.info]).toEqual([
        [3, 4, 5],
        [false, true],
      ]);
      const back = await page(`last: 2, before: "${second.end}"`);
      expect([back.numbers, back.info]).toEqual([
        [3, 4],
        [true, true],
      ]);
      expect((await page('last: 2')).numbers).toEqual([5, 6]);
      expect((await page('first: 2, orderBy: { field: CREATED_AT, direction: DESC }')).numbers).toEqual([6, 5]);
    });

    it('fakeGitHub filters and orders as it is told', async () => {
      repo.issue({ labels: ['a'], author: 'one' });
      repo.issue({ labels: ['b'], assignees: ['bot'] });
      repo.pull({ labels: ['b'], base: 'dev', head: 'x' });
      now += 60_000;
      repo.findIssue(1)?.comment('hello');
      const { data, errors } = await ofRepo(`
        either: issues(first: 9, labels: ["a", "b"], orderBy: { field: UPDATED_AT, direction: DESC }) { nodes { number } }
        talked: issues(first: 9, orderBy: { field: COMMENTS, direction: DESC }) { nodes { number } }
        mine: issues(first: 9, filterBy: { assignee: "bot", since: "2026-01-01T00:00:00Z", states: [OPEN] }) { nodes { number } }
        anybody: issues(first: 9, filterBy: { assignee: "*" }) { nodes { number } }
        nobody: issues(first: 9, filterBy: { assignee: null, createdBy: "one", labels: ["a"] }) { nodes { number } }
        dev: pullRequests(first: 9, baseRefName: "dev", headRefName: "x", labels: ["b"]) { nodes { number } }
        none: pullRequests(first: 9, baseRefName: "main") { nodes { number } }
        labels(first: 9) { nodes { name color } } label(name: "A") { name }
        issueOrPullRequest(number: 3) { __typename ... on PullRequest { number } }`);
      expect(errors).toBeUndefined();
      const found = data?.['repository'] as Record<string, { nodes?: { number: number }[] }>;
      const numbers = (name: string): number[] | undefined => found[name]?.nodes?.map(({ number }) => number);
      expect(['either', 'talked', 'mine', 'anybody', 'nobody', 'dev', 'none'].map(numbers)).toEqual([
        [1, 2],
        [1, 2],
        [2],
        [2],
        [1],
        [3],
        [],
      ]);
      expect(found['label']).toEqual({ name: 'a' });
      expect(found['issueOrPullRequest']).toEqual({ __typename: 'PullRequest', number: 3 });
    });

    it('fakeGitHub answers every field that it implements', async () => {
      const child = repo.issue({ title: 'child' });
      const epic = repo.epic({ children: [child], form: 'both' });
      epic.comment('Hello', { by: 'helper[bot]' }).edit('Bye');
      repo.protect('main', { requiredChecks: ['build'] });
      const pull = repo.pull({ closes: [child], checks: { build: 'queued' }, statuses: { ci: 'success' }, threads: 1 });
      pull.enableAutoMerge({ headline: 'All of it' });
      pull.review({ state: 'APPROVED' });
      pull.comment('Fine');
      const conversation = `id databaseId fullDatabaseId number title body bodyText state closed locked author { __typename login url avatarUrl ... on User { id databaseId name email } }
        authorAssociation createdAt updatedAt closedAt repository { id } url resourcePath milestone { number } viewerCanUpdate labels(first: 5) { nodes { id name color description isDefault } }
        comments(first: 5) { edges { cursor node { id databaseId body bodyText author { login } authorAssociation createdAt publishedAt updatedAt lastEditedAt isMinimized viewerDidAuthor repository { id } url issue { number } pullRequest { number } } } }`;
      const thread = `id isResolved isOutdated isCollapsed resolvedBy { login } path line originalLine diffSide subjectType pullRequest { number } repository { id } viewerCanResolve viewerCanUnresolve viewerCanReply
        comments(first: 1) { nodes { id databaseId body author { login } authorAssociation createdAt publishedAt updatedAt path line outdated state isMinimized pullRequest { number } repository { id } url } }`;
      const commit = `id oid abbreviatedOid message messageHeadline committedDate authoredDate author { name email user { login } } committer { name } repository { id } url
        statusCheckRollup { id state commit { oid } contexts(first: 5) { nodes { ... on CheckRun { id databaseId name status conclusion startedAt completedAt detailsUrl externalId title summary text repository { id } url } ... on StatusContext { id context state description targetUrl createdAt commit { oid } creator { login } } } } }
        status { id state commit { oid } contexts { context } context(name: "ci") { state } }`;
      const review = `id databaseId body author { login } authorAssociation state createdAt updatedAt submittedAt commit { oid } pullRequest { number } repository { id } url`;
      const { data, errors } = await ofRepo(`
        id databaseId name nameWithOwner owner { login } url description createdAt isPrivate isArchived isDisabled isFork isLocked hasIssuesEnabled visibility defaultBranchRef { name prefix }
        autoMergeAllowed mergeCommitAllowed rebaseMergeAllowed squashMergeAllowed viewerPermission viewerCanAdminister
        issue(number: 2) { ${conversation} stateReason parent { number } subIssues(first: 5) { nodes { parent { number } } } subIssuesSummary { total completed percentCompleted } }
        pullRequest(number: 3) { ${conversation} permalink isDraft isCrossRepository merged mergedAt mergedBy { login } mergeCommit { oid } mergeable mergeStateStatus headRefName headRefOid headRepository { id } headRepositoryOwner { login }
          baseRefName baseRefOid baseRepository { id } maintainerCanModify totalCommentsCount reviewDecision statusCheckRollup { id } autoMergeRequest { enabledAt enabledBy { login } mergeMethod commitHeadline commitBody authorEmail pullRequest { number } }
          viewerCanEnableAutoMerge viewerCanDisableAutoMerge commits(first: 1) { nodes { id pullRequest { number } commit { ${commit} } } } reviewThreads(first: 1) { nodes { ${thread} } }
          reviews(first: 1, states: [APPROVED]) { nodes { ${review} } } latestReviews(first: 1) { nodes { id } } latestOpinionatedReviews(first: 1) { nodes { id } } }`);
      expect(errors).toBeUndefined();
      expect(data?.['repository']).toMatchObject({
        viewerPermission: 'ADMIN',
        issue: {
          subIssuesSummary: { total: 1, completed: 0, percentCompleted: 0 },
          comments: { edges: [{ node: { body: 'Bye', author: { login: 'helper' } } }] },
        },
        pullRequest: {
          autoMergeRequest: { commitHeadline: 'All of it' },
          totalCommentsCount: 2,
          viewerCanDisableAutoMerge: true,
        },
      });
    });

    it('fakeGitHub finds things by their ids, and users by their logins', async () => {
      const pull = repo.pull({ threads: 1, checks: { build: 'success' }, statuses: { ci: 'success' } });
      pull.review({ state: 'APPROVED' });
      const [thread, check] = [pull.threads[0], pull.head.checks[0]];
      const comment = pull.comment('x');
      const nodes = [
        repo,
        repo.issue(),
        pull,
        thread,
        thread?.comments[0],
        pull.reviews[0],
        pull.head,
        check,
        pull.head.statuses[0],
        comment,
        repo.label('a'),
        repo.owner,
      ];
      const ids = nodes.map((node) => node?.nodeId);
      const { data, errors } = await graphql(
        github,
        'query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } viewer { login } user(login: "HOST-UK") { login } }',
        { ids },
      );
      expect(errors).toBeUndefined();
      expect((data?.['nodes'] as { id: string }[]).map(({ id }) => id)).toEqual(ids);
      expect([data?.['viewer'], data?.['user']]).toEqual([{ login: 'core-bot' }, { login: 'host-uk' }]);
    });
  });

  describe('Bad', () => {
    it('fakeGitHub says what it cannot find, in the words of GitHub', async () => {
      repo.issue().delete();
      github.repo('host-uk/secret', { permission: 'none' });
      const { data, errors } = await graphql(
        github,
        `
          {
            none: repository(owner: "host-uk", name: "none") {
              id
            }
            secret: repository(owner: "host-uk", name: "secret") {
              id
            }
            there: repository(owner: "host-uk", name: "core") {
              issue(number: 1) {
                id
              }
              pullRequest(number: 2) {
                id
              }
              issueOrPullRequest(number: 3) {
                id: __typename
              }
            }
            user(login: "nobody") {
              id
            }
            node(id: "PR_x") {
              id
            }
            nodes(ids: ["PR_y"]) {
              id
            }
          }
        `,
      );
      expect(data).toEqual({
        none: null,
        secret: null,
        there: { issue: null, pullRequest: null, issueOrPullRequest: null },
        user: null,
        node: null,
        nodes: [null],
      });
      expect(errors?.map(({ type, message, path }) => [type, path?.join('.'), message])).toEqual([
        ['NOT_FOUND', 'none', "Could not resolve to a Repository with the name 'host-uk/none'."],
        ['NOT_FOUND', 'secret', "Could not resolve to a Repository with the name 'host-uk/secret'."],
        ['NOT_FOUND', 'there.issue', 'Could not resolve to an Issue with the number of 1.'],
        ['NOT_FOUND', 'there.pullRequest', 'Could not resolve to a PullRequest with the number of 2.'],
        [
          'NOT_FOUND',
          'there.issueOrPullRequest',
          'Could not resolve to an issue or pull request with the number of 3.',
        ],
        ['NOT_FOUND', 'user', "Could not resolve to a User with the login of 'nobody'."],
        ['NOT_FOUND', 'node', "Could not resolve to a node with the global id of 'PR_x'."],
        ['NOT_FOUND', 'nodes.0', "Could not resolve to a node with the global id of 'PR_y'."],
      ]);
    });

    it.each([
      ['{ viewer { qqqqqqqq } }', 'Cannot query field "qqqqqqqq" on type "User".'],
      ['{ viewer {', 'Syntax Error: Expected Name, found <EOF>.'],
      ['query a { viewer { id } } query b { viewer { id } }', 'No operation named that way, or several and no name'],
      [
        'mutation { addComment(input: { body: "x" }) { clientMutationId } }',
        'Field "AddCommentInput.subjectId" of required type "ID!" was not provided.',
      ],
    ])('fakeGitHub refuses %j', async (query, message) => {
      expect(await graphql(github, query)).toEqual({ errors: [expect.objectContaining({ message })] });
    });

    it('fakeGitHub refuses a body without a query, and whoever has no token', async () => {
      const headers = { authorization: 'bearer x' };
      const empty = await fetch(github.graphqlUrl, { method: 'POST', headers, body: '{}' });
      expect(await empty.json()).toEqual({
        errors: [{ message: 'A query attribute must be specified and must be a string.' }],
      });
      const anonymous = await fetch(github.graphqlUrl, { method: 'POST', body: '{"query":"{ viewer { id } }"}' });
      expect(anonymous.status).toBe(401);
      const broken = await fetch(github.graphqlUrl, { method: 'POST', headers, body: '{' });
      expect(broken.status).toBe(400);
      expect((await fetch(github.graphqlUrl, { headers })).status).toBe(404);
    });

    it.each([
      ['Repository.stargazerCount', 'stargazerCount'],
      [
        'Repository.issues(…)',
        'issues(first: 1, filterBy: { milestone: "x" }) { nodes { id } }',
        'IssueFilters.milestone',
      ],
      ['PullRequest.files', 'pullRequest(number: 1) { files(first: 1) { nodes { path } } }'],
      [
        'StatusCheckRollupContextConnection.checkRunCount',
        'pullRequest(number: 1) { statusCheckRollup { contexts(first: 1) { checkRunCount } } }',
      ],
      ['Ref.target', 'defaultBranchRef { target { oid } }'],
      ['Repository.labels(…)', 'labels(first: 1, query: "x") { nodes { id } }', 'Repository.labels(query:)'],
      ['Query.search', undefined, 'Query.search'],
    ])('fakeGitHub says that it does not implement %s', async (name, fields, what = name) => {
      repo.pull({ checks: { build: 'success' } });
      const { errors } =
        fields === undefined
          ? await graphql(github, '{ search(query: "x", type: ISSUE, first: 1) { issueCount } }')
          : await ofRepo(fields);
      expect(errors?.map(({ type, message }) => [type, message])).toEqual([
        ['FAKE_GITHUB_NOT_IMPLEMENTED', `The fake GitHub does not implement ${what}`],
      ]);
    });

    it('loadGraphql says what to install', () => {
      const cause = new Error('Cannot find package');
      expect(() => refuse(cause)).toThrow(
        expect.objectContaining({ cause, message: expect.stringMatching(/install .*graphql-schema/) }),
      );
    });

    it('fakeGitHub refuses what is no cursor', async () => {
      const { errors } = await ofRepo('issues(first: 1, after: "abc") { nodes { id } }');
      expect(errors).toMatchObject([
        { type: 'INVALID_CURSOR_ARGUMENTS', message: '`abc` does not appear to be a valid cursor.' },
      ]);
    });
  });

  describe('Ugly', () => {
    it('fakeGitHub executes 4,000 pull requests with 12,000 threads in one request', async () => {
      for (let at = 0; at < 40; at++) {
        const one = github.repo(`host-uk/r${String(at)}`);
        const children = Array.from({ length: 100 }, () => one.issue());
        for (const child of children) one.pull({ closes: [child], threads: 3 });
      }
      const repos = Array.from(
        { length: 40 },
        (_, at) => `r${String(at)}: repository(owner: "host-uk", name: "r${String(at)}") { ...R }`,
      );
      const { data } = await graphql(
        github,
        `{ ${repos.join(' ')} } fragment R on Repository { pullRequests(first: 100, states: [OPEN]) { nodes {
          mergeable closingIssuesReferences(first: 5) { nodes { number } } reviewThreads(first: 100) { nodes { isResolved } } } } }`,
      );
      const pulls = Object.values(data ?? {}).flatMap(
        (one) => (one as { pullRequests: { nodes: object[] } }).pullRequests.nodes,
      );
      expect(pulls).toHaveLength(4_000);
      expect(JSON.stringify(pulls).match(/isResolved/g)).toHaveLength(12_000);
      expect(github.requests.at(-1)?.graphql).toMatchObject({ nodes: 424_000, cost: 80 });
    });
  });
});
