import type { FakeConversation } from '../model/conversation.ts';
import { FakeIssue } from '../model/issue.ts';
import { notFound } from '../model/refusal.ts';
import { conversationAt, issueAt } from './find.ts';
import { created, paged, type RepoRequest, type RepoRoute, type RestAnswer } from './route.ts';
import { issueJson, labelJson } from './shapes/issue.ts';

const ISSUE = '/repos/{owner}/{repo}/issues/{number}';

/** What hangs on an issue: labels and sub-issues. */
export const LABEL_ROUTES: readonly RepoRoute[] = [
  {
    route: `GET ${ISSUE}/labels`,
    docs: 'issues/labels#list-labels-for-an-issue',
    needs: 'read',
    run: (request) => labelsOf(request, conversationAt(request)),
  },
  {
    route: `POST ${ISSUE}/labels`,
    docs: 'issues/labels#add-labels-to-an-issue',
    needs: 'write',
    run: (request: RepoRequest): RestAnswer => {
      const conversation = conversationAt(request);
      conversation.addLabels(request.body.texts('labels', 'name') ?? [], { by: request.by });
      return labelsOf(request, conversation);
    },
  },
  {
    route: `DELETE ${ISSUE}/labels/{name}`,
    docs: 'issues/labels#remove-a-label-from-an-issue',
    needs: 'write',
    run: (request: RepoRequest): RestAnswer => {
      const conversation = conversationAt(request);
      const name = request.param('name').toLowerCase();
      if (!conversation.labels.some((label) => label.name.toLowerCase() === name))
        throw notFound('Label does not exist');
      conversation.removeLabel(name, { by: request.by });
      return labelsOf(request, conversation);
    },
  },
  {
    route: 'GET /repos/{owner}/{repo}/labels',
    docs: 'issues/labels#list-labels-for-a-repository',
    needs: 'read',
    run: (request) => paged(request, request.repo.labels, (label) => labelJson(label, request.repo, request.api)),
  },
  {
    route: `GET ${ISSUE}/sub_issues`,
    docs: 'issues/sub-issues#list-sub-issues',
    needs: 'read',
    run: (request) => paged(request, issueAt(request).subIssues, (issue) => issueJson(issue, request.api)),
  },
  {
    route: `POST ${ISSUE}/sub_issues`,
    docs: 'issues/sub-issues#add-sub-issue',
    needs: 'write',
    run: addSubIssue,
  },
];

function addSubIssue(request: RepoRequest): RestAnswer {
  const { repo, body, by, api } = request;
  const id = body.number('sub_issue_id');
  const issues = [...repo.world.repos.values()].flatMap(({ issues: all }) => all);
  const child = issues.find(({ databaseId }) => databaseId === id);
  if (!(child instanceof FakeIssue)) throw notFound('The provided sub-issue does not exist');
  const parent = issueAt(request);
  parent.addSubIssue(child, { by });
  return created(issueJson(parent, api));
}

function labelsOf(request: RepoRequest, conversation: FakeConversation): RestAnswer {
  return paged(request, conversation.labels, (label) => labelJson(label, request.repo, request.api));
}
