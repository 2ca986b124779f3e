import { describe, expect, it } from '@jest/globals';

import { githubClient } from '../../../src/github/client/github-client.ts';
import { GitHubSource } from '../../../src/github/source/github-source.ts';
import { poll } from '../support/with-github.ts';

const END = { hasNextPage: false, endCursor: null };
const NONE = { pageInfo: END, nodes: [] };
const HERE = { nameWithOwner: 'A/B' };

const PULL = {
  ...{ number: 3, state: 'OPEN', isDraft: false, mergeable: 'MERGEABLE', headRefOid: 'abc', body: '' },
  ...{ statusCheckRollup: { state: 'EXPECTED' }, commits: { nodes: [] }, reviews: { nodes: [{ submittedAt: null }] } },
  reviewThreads: { ...NONE, totalCount: 0 },
  closingIssuesReferences: { pageInfo: END, nodes: [{ number: 1, state: 'OPEN', repository: HERE }] },
};
const EPIC = { number: 2, body: '- [ ] #1', subIssues: NONE };

type Answer = Record<string, unknown>;

/** What a repository with an epic, a child and a pull request answers, but for these fields. */
const repository = (pull: object = {}, fields: object = {}): Answer => ({
  ...{ epics: { pageInfo: END, nodes: [EPIC] }, open: { pageInfo: END, nodes: [{ ...PULL, ...pull }] }, merged: NONE },
  ...fields,
});

/** A source whose GitHub gives these answers, the last one for ever. */
function sourceOf(...answers: Answer[]): { readonly source: GitHubSource; readonly queries: string[] } {
  const queries: string[] = [];
  const fetch = async (url: string, init: RequestInit): Promise<Response> => {
    const isQuery = url.endsWith('/graphql');
    if (isQuery) queries.push((JSON.parse(init.body as string) as { query: string }).query);
    const answer = isQuery ? answers[Math.min(queries.length, answers.length) - 1] : [];
    return Promise.resolve(new Response(JSON.stringify(answer), { headers: { 'content-type': 'application/json' } }));
  };
  return { source: new GitHubSource({ repos: ['a/b'], octokit: githubClient({ fetch, retries: 0 }) }), queries };
}

const data = (r0: unknown, more: object = {}): Answer => ({ data: { rateLimit: null, r0 }, ...more });

describe('Good', () => {
  it('a scan reads an answer whose rate limit is null and whose names are spelled in another way', async () => {
    const { source, queries } = sourceOf(data(repository()));
    expect(await poll(source)).toMatchObject([{ childNumber: 1, prNumber: 3, checkStatus: 'PENDING', repoName: 'b' }]);
    expect(queries).toHaveLength(1);
  });

  it('a scan leaves out what may not be seen, and follows sub-issues over pages', async () => {
    const sub = (number: number): object => ({ number, state: 'CLOSED', repository: HERE });
    const first = { pageInfo: { hasNextPage: true, endCursor: 'x"y' }, nodes: [null, sub(7)] };
    const { source, queries } = sourceOf(
      data(repository({}, { epics: { pageInfo: END, nodes: [null, { ...EPIC, subIssues: first }] } })),
      data({ e2: { subIssues: { pageInfo: { hasNextPage: true, endCursor: 'z' }, nodes: [sub(8)] } } }),
      data({ e2: { subIssues: { pageInfo: END, nodes: [{ ...sub(9), repository: { nameWithOwner: 'c/d' } }] } } }),
    );
    expect(await poll(source)).toHaveLength(1);
    expect(queries[1]).toContain('e2:issue(number:2){subIssues(first:100,after:"x\\"y")');
    expect(queries).toHaveLength(3);
  });

  it('a scan asks for a pull request that is in no list any more, and does without one that is gone', async () => {
    const child = {
      number: 1,
      state: 'OPEN',
      title: '',
      body: '',
      assignees: NONE,
      closedByPullRequestsReferences: NONE,
    };
    const message = 'Could not resolve to a PullRequest with the number of 3.';
    const { source, queries } = sourceOf(data(repository()), data(repository({}, { open: NONE })), {
      data: { rateLimit: null, r0: { c1: child }, r1: { q3: null } },
      errors: [{ type: 'NOT_FOUND', path: ['r1', 'q3'], message }],
    });
    expect(await poll(source)).toMatchObject([{ prNumber: 3 }]);
    expect(await poll(source)).toMatchObject([{ prNumber: 0, needsCoding: true }]);
    expect([queries.length, source.problems]).toEqual([3, []]);
    expect(queries[2]).toContain('q3:pullRequest(number:3){number state headRefOid body closingIssuesReferences');
  });

  it('a scan knows a repository that was renamed by its new name', async () => {
    const renamed = { nameWithOwner: 'a/new' };
    const closingIssuesReferences = { pageInfo: END, nodes: [{ number: 1, state: 'OPEN', repository: renamed }] };
    const { source } = sourceOf(data({ ...renamed, ...repository({ closingIssuesReferences }) }));
    expect(await poll(source)).toMatchObject([{ childNumber: 1, prNumber: 3, repoName: 'b' }]);
  });

  it.each([
    ['SUCCESS', 'SUCCESS'],
    ['FAILURE', 'FAILURE'],
    ['ERROR', 'FAILURE'],
    ['PENDING', 'PENDING'],
    ['EXPECTED', 'PENDING'],
    ['OF TOMORROW', 'UNKNOWN'],
  ])('a roll-up of checks that says %s is %s', async (state, checkStatus) => {
    const { source } = sourceOf(data(repository({ statusCheckRollup: { state } })));
    expect(await poll(source)).toMatchObject([{ checkStatus }]);
  });

  it('no checks are NONE, and no threads are counted where GitHub counts none', async () => {
    const { source } = sourceOf(data(repository({ statusCheckRollup: null, reviewThreads: NONE })));
    expect(await poll(source)).toMatchObject([{ checkStatus: 'NONE', threadsTotal: 0, threadsResolved: 0 }]);
  });
});

describe('Ugly', () => {
  it.each<[string, Answer, string]>([
    ['no repository', data(null), 'lacks the repository'],
    ['no list', data(repository({}, { open: null })), 'lacks open'],
    ['no records', data(repository({}, { merged: {} })), 'lacks the records of merged'],
    ['no number', data(repository({ number: '3' })), 'lacks number'],
    ['no commit', data(repository({ headRefOid: null })), 'lacks headRefOid'],
    ['no state', data(repository({ state: 'LOCKED' })), 'lacks a known state'],
    ['no mergeability', data(repository({ mergeable: null })), 'lacks a known mergeable'],
    ['no threads', data(repository({ reviewThreads: undefined })), 'lacks reviewThreads'],
    [
      'a page without an end',
      data(repository({}, { open: { ...NONE, pageInfo: { hasNextPage: true } } })),
      'the end of open',
    ],
    ['an error without a place', data(null, { errors: [{ message: 'Oh' }] }), 'Oh'],
    ['an error beside all data', data(repository(), { errors: [{ message: 'Oh', path: null }] }), 'Oh'],
    ['an error of no kind', data(repository(), { errors: [{}] }), 'an error without a message'],
    [
      'an unknown field',
      { errors: [{ message: "Field 'open' doesn't exist", extensions: { code: 'undefinedField' } }] },
      'exist',
    ],
  ])('a scan makes no signal of %s', async (_, answer, why) => {
    const { source, queries } = sourceOf(answer);
    await expect(poll(source)).rejects.toMatchObject({
      code: 'ERR_GITHUB_INCOMPLETE',
      id: 'a/b',
      message: expect.stringContaining(why) as unknown,
    });
    expect(queries).toHaveLength(1);
  });

  it('a scan that is always too much for GitHub comes to an end', async () => {
    const error = { type: 'MAX_NODE_LIMIT_EXCEEDED', message: 'This query requests up to 644,080 possible nodes' };
    const { source, queries } = sourceOf({ errors: [error] });
    await expect(poll(source)).rejects.toMatchObject({ code: 'ERR_GITHUB_REQUEST_FAILED' });
    const firsts = queries.map((query) => Number(/open:pullRequests\(first:(\d+)/.exec(query)?.[1]));
    expect(firsts).toEqual([50, 25, 12, 6, 5]);
  });
});
