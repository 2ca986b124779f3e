import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { type FakeGitHub, fakeGitHub } from '../../../src/testing/fake-github/fake-github.ts';
import type { FakePullRequest } from '../../../src/testing/fake-github/model/pull-request.ts';
import type { FakeRepository } from '../../../src/testing/fake-github/model/repository.ts';
import { graphql, rest } from './support.ts';

let github: FakeGitHub;
let repos = 0;

beforeAll(async () => {
  github = await fakeGitHub({ rateLimits: { core: 1e9, graphql: 1e9 } });
});

afterAll(() => github.close());

/** What somebody does to a pull request; what is refused changes nothing. */
const STEPS: Readonly<Record<string, (pull: FakePullRequest) => void>> = {
  publish: (pull) => {
    pull.markReady();
  },
  draft: (pull) => {
    pull.convertToDraft();
  },
  push: (pull) => {
    pull.push();
  },
  green: (pull) => {
    pull.check('build', 'success');
  },
  red: (pull) => {
    pull.check('build', 'failure');
  },
  conflict: (pull) => {
    pull.setConflict(!pull.hasConflict);
  },
  look: (pull) => {
    pull.computeMergeability();
  },
  label: (pull) => {
    pull.addLabels(['a', 'b']);
  },
  auto: (pull) => {
    pull.enableAutoMerge({ method: 'SQUASH' });
  },
  merge: (pull) => {
    pull.merge();
  },
  close: (pull) => {
    pull.close();
  },
  reopen: (pull) => {
    pull.reopen();
  },
};

const FIELDS = `number title state isDraft merged mergeable mergeStateStatus headRefOid baseRefName
  labels(first: 9) { nodes { name } } autoMergeRequest { mergeMethod } mergeCommit { oid }`;

/** A repository that no other run uses. */
function freshRepo(): FakeRepository {
  return github.repo(`host-uk/r${String(++repos)}`, { protect: { main: { requiredChecks: ['build'] } } });
}

async function byGraphql({ repo, number }: FakePullRequest): Promise<unknown> {
  const query = `query ($name: String!, $number: Int!) {
    repository(owner: "host-uk", name: $name) { pullRequest(number: $number) { ${FIELDS} } }
  }`;
  const { data } = await graphql(github, query, { name: repo.name, number });
  const { pullRequest: pull } = data?.['repository'] as { pullRequest: Record<string, unknown> };
  const auto = pull['autoMergeRequest'] as { mergeMethod: string } | null;
  return {
    ...pull,
    labels: (pull['labels'] as { nodes: { name: string }[] }).nodes.map(({ name }) => name),
    autoMergeRequest: auto?.mergeMethod.toLowerCase() ?? null,
    mergeCommit: (pull['mergeCommit'] as { oid: string } | null)?.oid ?? null,
  };
}

/** The same from REST, in the words of GraphQL. */
async function byRest({ repo, number }: FakePullRequest): Promise<unknown> {
  const { json } = await rest(github, `GET /repos/${repo.fullName}/pulls/${String(number)}`);
  const pull = json as Record<string, unknown> & {
    head: { sha: string };
    base: { ref: string };
    labels: { name: string }[];
  };
  const mergeable = pull['mergeable'] as boolean | null;
  const open = pull['state'] === 'open' ? 'OPEN' : 'CLOSED';
  return {
    number: pull['number'],
    title: pull['title'],
    state: pull['merged'] === true ? 'MERGED' : open,
    isDraft: pull['draft'],
    merged: pull['merged'],
    mergeable: mergeable === null ? 'UNKNOWN' : mergeable ? 'MERGEABLE' : 'CONFLICTING',
    mergeStateStatus: (pull['mergeable_state'] as string).toUpperCase(),
    headRefOid: pull.head.sha,
    baseRefName: pull.base.ref,
    labels: pull.labels.map(({ name }) => name),
    autoMergeRequest: (pull['auto_merge'] as { merge_method: string } | null)?.merge_method ?? null,
    mergeCommit: pull['merge_commit_sha'],
  };
}

/** Does a step as somebody who tries. */
function attempt(pull: FakePullRequest, step: string): void {
  try {
    STEPS[step]?.(pull);
  } catch {
    // refused: both APIs must tell the same of what it was before
  }
}

describe('fakeGitHub agreement', () => {
  describe('Ugly', () => {
    it('fakeGitHub tells the same through both APIs, whatever was done', async () => {
      const steps = fc.array(fc.constantFrom(...Object.keys(STEPS)), { maxLength: 12 });
      await fc.assert(
        fc.asyncProperty(fc.boolean(), steps, async (draft, done) => {
          const pull = freshRepo().pull({ draft });
          for (const step of done) attempt(pull, step);
          await byGraphql(pull); // whoever asks first is told that its mergeability is UNKNOWN
          expect(await byRest(pull)).toEqual(await byGraphql(pull));
        }),
        { numRuns: 60 },
      );
    });

    it('fakeGitHub pages so that everything is seen once, in order, by both APIs', async () => {
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 1, max: 9 }), async (count, size) => {
          const repo = freshRepo();
          const numbers = Array.from({ length: count }, () => repo.issue().number);
          expect(await followCursors(repo, size)).toEqual(numbers);
          expect(await followLinks(repo, size)).toEqual(numbers);
        }),
        { numRuns: 25 },
      );
    });
  });
});

async function followCursors({ name }: FakeRepository, size: number): Promise<number[]> {
  const query = `query ($name: String!, $size: Int!, $after: String) { repository(owner: "host-uk", name: $name) {
    issues(first: $size, after: $after) { nodes { number } pageInfo { hasNextPage endCursor } } } }`;
  const found: number[] = [];
  for (let after: string | undefined, more = true; more;) {
    const { data } = await graphql(github, query, { name, size, after });
    const { issues } = data?.['repository'] as {
      issues: { nodes: { number: number }[]; pageInfo: { hasNextPage: boolean; endCursor: string } };
    };
    found.push(...issues.nodes.map(({ number }) => number));
    [more, after] = [issues.pageInfo.hasNextPage, issues.pageInfo.endCursor];
  }
  return found;
}

async function followLinks({ fullName }: FakeRepository, size: number): Promise<number[]> {
  const found: number[] = [];
  let path: string | undefined = `/repos/${fullName}/issues?direction=asc&per_page=${String(size)}`;
  while (path !== undefined) {
    const { json, headers } = await rest(github, `GET ${path}`);
    found.push(...(json as { number: number }[]).map(({ number }) => number));
    const next: string | undefined = /<([^>]*)>; rel="next"/.exec(headers.get('link') ?? '')?.[1];
    path = next?.replace(github.url, '');
  }
  return found;
}
