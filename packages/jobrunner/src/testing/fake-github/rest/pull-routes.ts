import type { FakePullRequest } from '../model/pull-request.ts';
import { FakeGitHubRefusal } from '../model/refusal.ts';
import type { FakeMergeMethod } from '../model/words.ts';
import { pullAt } from './find.ts';
import { setState, sorted } from './conversations.ts';
import { created, ok, paged, type RepoRequest, type RepoRoute, type RestAnswer } from './route.ts';
import { pullJson, reviewJson, simplePullJson } from './shapes/pull.ts';

const PULL = '/repos/{owner}/{repo}/pulls/{number}';

/** Pull requests, their reviews and commits, and merging. */
export const PULL_ROUTES: readonly RepoRoute[] = [
  { route: 'GET /repos/{owner}/{repo}/pulls', docs: 'pulls/pulls#list-pull-requests', needs: 'read', run: listPulls },
  {
    route: 'POST /repos/{owner}/{repo}/pulls',
    docs: 'pulls/pulls#create-a-pull-request',
    needs: 'write',
    run: createPull,
  },
  {
    route: `GET ${PULL}`,
    docs: 'pulls/pulls#get-a-pull-request',
    needs: 'read',
    run: (request) => shown(request, pullAt(request)),
  },
  { route: `PATCH ${PULL}`, docs: 'pulls/pulls#update-a-pull-request', needs: 'write', run: updatePull },
  {
    route: `GET ${PULL}/merge`,
    docs: 'pulls/pulls#check-if-a-pull-request-has-been-merged',
    needs: 'read',
    run: (request: RepoRequest): RestAnswer => {
      const isMerged = pullAt(request).merged !== undefined;
      return isMerged ? { status: 204 } : { status: 404, body: { message: 'Not Found' } };
    },
  },
  { route: `PUT ${PULL}/merge`, docs: 'pulls/pulls#merge-a-pull-request', needs: 'write', run: mergePull },
  {
    route: `GET ${PULL}/reviews`,
    docs: 'pulls/reviews#list-reviews-for-a-pull-request',
    needs: 'read',
    run: (request) => paged(request, pullAt(request).reviews, (review) => reviewJson(review, request.api)),
  },
  {
    route: `POST ${PULL}/reviews`,
    docs: 'pulls/reviews#create-a-review-for-a-pull-request',
    needs: 'read',
    run: reviewPull,
  },
];

/** What a pull request says when it is asked for itself, which makes GitHub find out whether it is mergeable. */
function shown({ api }: RepoRequest, pull: FakePullRequest): RestAnswer {
  pull.askMergeable();
  return ok(pullJson(pull, api));
}

function listPulls(request: RepoRequest): RestAnswer {
  const { repo, query, api } = request;
  const state = query.get('state') ?? 'open';
  const [base, head] = [query.get('base'), query.get('head')];
  const found = repo.pulls.filter(
    (pull) =>
      (state === 'all' || (pull.state === 'OPEN') === (state === 'open')) &&
      (base === null || pull.baseRefName === base) &&
      (head === null || `${repo.owner.login}:${pull.headRefName}` === head),
  );
  const isAscending = query.has('sort') && query.get('sort') !== 'created';
  return paged(request, sorted(found, query, isAscending), (pull) => simplePullJson(pull, api));
}

function createPull({ repo, body, by, api }: RepoRequest): RestAnswer {
  const head = body.requiredText('head').replace(/^[^:]*:/, '');
  const base = body.requiredText('base');
  const isThere = repo.pulls.some(
    (pull) => pull.state === 'OPEN' && pull.headRefName === head && pull.baseRefName === base,
  );
  if (isThere) {
    const message = `A pull request already exists for ${repo.owner.login}:${head}.`;
    const errors = [{ resource: 'PullRequest', code: 'custom', message }];
    throw new FakeGitHubRefusal('Validation Failed', { status: 422, type: 'UNPROCESSABLE', errors });
  }
  const words = { title: body.requiredText('title'), body: body.nullableText('body') };
  return created(pullJson(repo.pull({ ...words, head, base, draft: body.flag('draft'), author: by }), api));
}

/** Title, body and state. It takes no `draft`: what publishes a draft is a GraphQL mutation. */
function updatePull(request: RepoRequest): RestAnswer {
  const { body, by } = request;
  const pull = pullAt(request);
  const { title, body: text } = { title: body.text('title'), body: body.nullableText('body') };
  const state = body.word('state', ['open', 'closed']);
  if (title !== undefined || text !== undefined) {
    pull.edit({ title: title ?? pull.title, body: text ?? pull.body, ...(by === undefined ? {} : { by }) });
  }
  if (state !== undefined) setState(pull, state, { by });
  return shown(request, pull);
}

function mergePull(request: RepoRequest): RestAnswer {
  const { body, by } = request;
  const method = (body.word('merge_method', ['merge', 'squash', 'rebase']) ?? 'merge').toUpperCase() as FakeMergeMethod;
  const { oid } = pullAt(request).merge({ by, method, expectedHeadOid: body.text('sha') });
  return ok({ sha: oid, merged: true, message: 'Pull Request successfully merged' });
}

const REVIEW_STATES = { APPROVE: 'APPROVED', REQUEST_CHANGES: 'CHANGES_REQUESTED', COMMENT: 'COMMENTED' } as const;

function reviewPull(request: RepoRequest): RestAnswer {
  const { body, by, api } = request;
  const event = body.word('event', ['APPROVE', 'REQUEST_CHANGES', 'COMMENT']);
  if (event === undefined) {
    throw new FakeGitHubRefusal('The fake makes no pending reviews: give an event', {
      status: 501,
      type: 'UNPROCESSABLE',
    });
  }
  return ok(reviewJson(pullAt(request).review({ by, state: REVIEW_STATES[event], body: body.text('body') }), api));
}
