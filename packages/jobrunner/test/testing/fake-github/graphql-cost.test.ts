import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { type FakeGitHub, fakeGitHub } from '../../../src/testing/fake-github/fake-github.ts';
import { graphql } from './support.ts';

let github: FakeGitHub;

beforeAll(async () => {
  github = await fakeGitHub();
  github.repo('host-uk/core');
});

afterAll(() => github.close());

/** Points and nodes of a query. */
async function cost(query: string, variables: Readonly<Record<string, unknown>> = {}): Promise<unknown[]> {
  await graphql(github, query, variables);
  const { cost: points, nodes } = github.requests.at(-1)?.graphql ?? {};
  return [points, nodes];
}

const REPO = 'repository(owner: "host-uk", name: "core")';

describe('fakeGitHub cost', () => {
  describe('Good', () => {
    it('fakeGitHub counts the example of the documentation as GitHub does', async () => {
      // 1 + 100 + 5,000 calls
      const query = `{ ${REPO} { issues(first: 100) { nodes { comments(first: 50) { nodes { author { login } } } } }
        pullRequests(first: 100) { nodes { reviewThreads(first: 50) { nodes { comments(first: 60) { nodes { id } } } } } } } }`;
      expect(await cost(query)).toEqual([52, 100 + 5_000 + 100 + 5_000 + 300_000]);
    });

    it('fakeGitHub counts one scan of four repositories as nine points', async () => {
      const pull = `number reviewThreads(first: 50) { nodes { isResolved } } commits(last: 1) { nodes { commit { oid } } } reviews(last: 1) { nodes { submittedAt } }`;
      const fields = `issues(first: 10) { nodes { subIssues(first: 100) { nodes { number } } } }
        open: pullRequests(first: 50) { nodes { ${pull} closingIssuesReferences(first: 5) { nodes { number } } } }
        merged: pullRequests(first: 20, states: [MERGED]) { nodes { closingIssuesReferences(first: 5) { nodes { number } } } }`;
      const repos = [0, 1, 2, 3].map((at) => `r${String(at)}: ${REPO} { ${fields} }`).join(' ');
      expect((await cost(`{ ${repos} }`))[0]).toBe(9);
    });

    it('fakeGitHub reads sizes from variables and their defaults, and skips what is left out', async () => {
      const query = `query ($n: Int = 30, $on: Boolean = true) { ${REPO} {
        issues(first: $n) { nodes { id } } pullRequests(first: 100) @include(if: $on) { nodes { id } }
        labels(first: 100) @skip(if: true) { nodes { id } } } }`;
      expect(await cost(query)).toEqual([1, 130]);
      expect(await cost(query, { n: 7, on: false })).toEqual([1, 7]);
    });

    it('fakeGitHub counts fragments where they stand', async () => {
      const query = `{ ${REPO} { ...I ... on Repository { pullRequests(first: 2) { ...P } } } }
        fragment I on Repository { issues(first: 3) { edges { node { labels(first: 4) { nodes { id } } } } } } fragment P on PullRequestConnection { nodes { id } }`;
      expect(await cost(query)).toEqual([1, 3 + 12 + 2]);
    });

    it('fakeGitHub tells the cost in rateLimit, and takes it from the budget', async () => {
      const before = github.rateLimit('graphql').remaining;
      const { data } = await graphql(github, '{ rateLimit { cost limit remaining used nodeCount resetAt } }');
      expect(data?.['rateLimit']).toMatchObject({ cost: 1, limit: 5_000, remaining: before - 1, nodeCount: 0 });
      expect(github.rateLimit('graphql').remaining).toBe(before - 1);
    });

    it('fakeGitHub counts without records where only their number is asked for', async () => {
      expect(await graphql(github, `{ ${REPO} { issues { totalCount } } }`)).toEqual({
        data: { repository: { issues: { totalCount: 0 } } },
      });
    });
  });

  describe('Bad', () => {
    it.each([
      [
        'MISSING_PAGINATION_BOUNDARIES',
        'issues { nodes { id } }',
        'You must provide a `first` or `last` value to properly paginate the `issues` connection.',
      ],
      [
        'EXCESSIVE_PAGINATION',
        'issues(last: 101) { nodes { id } }',
        'Requesting 101 records on the `issues` connection exceeds the `last` limit of 100 records.',
      ],
      [
        'INVALID_PAGINATION',
        'issues(first: 1, last: 1) { nodes { id } }',
        'Passing both `first` and `last` to paginate the `issues` connection is not supported.',
      ],
      [
        'INVALID_PAGINATION',
        'issues(first: -1) { nodes { id } }',
        '`first` on the `issues` connection cannot be less than zero.',
      ],
    ])('fakeGitHub refuses with %s: %s', async (type, fields, message) => {
      const { data, errors } = await graphql(github, `{ ${REPO} { ${fields} } }`);
      expect([data, errors]).toMatchObject([undefined, [{ type, message, path: ['query', 'repository', 'issues'] }]]);
    });

    it('fakeGitHub refuses more than 500,000 nodes', async () => {
      const pulls =
        'pullRequests(first: 100) { nodes { reviewThreads(first: 100) { nodes { comments(first: 50) { nodes { id } } } } } }';
      const { errors } = await graphql(github, `{ ${REPO} { ${pulls} } }`);
      const message = 'This query requests up to 510,100 possible nodes which exceeds the maximum limit of 500,000.';
      expect(errors).toEqual([{ type: 'MAX_NODE_LIMIT_EXCEEDED', message }]);
    });
  });
});
