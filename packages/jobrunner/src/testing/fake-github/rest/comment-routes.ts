import { FakeGitHubRefusal } from '../model/refusal.ts';
import { sinceOf } from './conversations.ts';
import { commentAt, conversationAt } from './find.ts';
import { created, ok, paged, type RepoRequest, type RepoRoute, type RestAnswer } from './route.ts';
import { commentJson } from './shapes/issue.ts';

const ISSUE = '/repos/{owner}/{repo}/issues/{number}';

/** Comments on issues and pull requests. */
export const COMMENT_ROUTES: readonly RepoRoute[] = [
  {
    route: `GET ${ISSUE}/comments`,
    docs: 'issues/comments#list-issue-comments',
    needs: 'read',
    run: (request: RepoRequest): RestAnswer => {
      const since = sinceOf(request);
      const comments = conversationAt(request).comments.filter(({ updatedAt }) => updatedAt.getTime() >= since);
      return paged(request, comments, (comment) => commentJson(comment, request.api));
    },
  },
  {
    route: `POST ${ISSUE}/comments`,
    docs: 'issues/comments#create-an-issue-comment',
    needs: 'read',
    run: (request: RepoRequest): RestAnswer => {
      const { body, by, api } = request;
      return created(commentJson(conversationAt(request).comment(textOf(body.requiredText('body')), { by }), api));
    },
  },
  {
    route: 'GET /repos/{owner}/{repo}/issues/comments/{id}',
    docs: 'issues/comments#get-an-issue-comment',
    needs: 'read',
    run: (request) => ok(commentJson(commentAt(request), request.api)),
  },
  {
    route: 'PATCH /repos/{owner}/{repo}/issues/comments/{id}',
    docs: 'issues/comments#update-an-issue-comment',
    needs: 'write',
    run: (request: RepoRequest): RestAnswer => {
      const comment = commentAt(request);
      comment.edit(textOf(request.body.requiredText('body')), { by: request.by });
      return ok(commentJson(comment, request.api));
    },
  },
  {
    route: 'DELETE /repos/{owner}/{repo}/issues/comments/{id}',
    docs: 'issues/comments#delete-an-issue-comment',
    needs: 'write',
    run: (request: RepoRequest): RestAnswer => {
      commentAt(request).delete();
      return { status: 204 };
    },
  },
];

function textOf(body: string): string {
  if (body.trim() !== '') return body;
  const errors = [{ resource: 'IssueComment', code: 'unprocessable', field: 'data', message: 'Body cannot be blank' }];
  throw new FakeGitHubRefusal('Validation Failed', { status: 422, type: 'UNPROCESSABLE', errors });
}
