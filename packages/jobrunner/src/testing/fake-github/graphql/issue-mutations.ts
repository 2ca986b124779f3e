import { FakeComment } from '../model/comment.ts';
import { FakeConversation } from '../model/conversation.ts';
import { FakeIssue, type FakeStateReason } from '../model/issue.ts';
import { unprocessable } from '../model/refusal.ts';
import { FakeLabel } from '../model/label.ts';
import { FakeRepository } from '../model/repository.ts';
import type { FakeUser } from '../model/world.ts';
import { nodeOf } from './find.ts';
import type { GraphqlContext } from './load.ts';
import { mutation } from './mutation.ts';
import { type Args, Data, text, texts, type TypeResolvers } from './resolver.ts';

const ON_ISSUE = ['issueId', 'Issue', FakeIssue] as const;
const ON_LABELABLE = ['labelableId', 'Labelable', FakeConversation] as const;

/** What is done to issues, and to pull requests where they are issues, too. */
export const ISSUE_MUTATIONS: TypeResolvers<unknown> = {
  ...mutation('createIssue', {
    on: ['repositoryId', 'Repository', FakeRepository],
    inputs: ['title', 'body', 'labelIds', 'assigneeIds'],
    needs: 'read',
    run: (repo, input, context) => ({
      issue: repo.issue({
        title: text(input, 'title'),
        body: text(input, 'body'),
        labels: labelNames(input, context) ?? [],
        assignees: logins(input, context) ?? [],
        author: context.by,
      }),
    }),
  }),
  ...mutation('updateIssue', {
    on: ['id', 'Issue', FakeIssue],
    inputs: ['title', 'body', 'state', 'labelIds', 'assigneeIds'],
    run: (issue, input, context) => {
      updateIssue(issue, input, context);
      return { issue };
    },
  }),
  ...mutation('closeIssue', {
    on: ON_ISSUE,
    inputs: ['stateReason'],
    run: (issue, input, { by }) => {
      issue.close({ by, reason: (text(input, 'stateReason') ?? 'COMPLETED') as FakeStateReason });
      return { issue };
    },
  }),
  ...mutation('reopenIssue', {
    on: ON_ISSUE,
    run: (issue, _input, { by }) => {
      issue.reopen({ by });
      return { issue };
    },
  }),
  ...mutation('addSubIssue', {
    on: ON_ISSUE,
    inputs: ['subIssueId'],
    run: (issue, input, context) => {
      const child = subIssue(input, context);
      issue.addSubIssue(child, { by: context.by });
      return { issue, subIssue: child };
    },
  }),
  ...mutation('removeSubIssue', {
    on: ON_ISSUE,
    inputs: ['subIssueId'],
    run: (issue, input, context) => {
      const child = subIssue(input, context);
      issue.removeSubIssue(child, { by: context.by });
      return { issue, subIssue: child };
    },
  }),
  ...mutation('addComment', {
    on: ['subjectId', 'Commentable', FakeConversation],
    inputs: ['body'],
    needs: 'read',
    run: (subject, input, { by }) => {
      const comment = subject.comment(bodyOf(input), { by });
      return { subject, commentEdge: new Data({ node: comment, cursor: comment.nodeId }) };
    },
  }),
  ...mutation('updateIssueComment', {
    on: ['id', 'IssueComment', FakeComment],
    inputs: ['body'],
    run: (comment, input, { by }) => {
      comment.edit(bodyOf(input), { by });
      return { issueComment: comment };
    },
  }),
  ...mutation('deleteIssueComment', {
    on: ['id', 'IssueComment', FakeComment],
    run: (comment) => {
      comment.delete();
      return {};
    },
  }),
  ...mutation('addLabelsToLabelable', {
    on: ON_LABELABLE,
    inputs: ['labelIds'],
    run: (labelable, input, context) => {
      labelable.addLabels(labelNames(input, context) ?? [], { by: context.by });
      return { labelable };
    },
  }),
  ...mutation('removeLabelsFromLabelable', {
    on: ON_LABELABLE,
    inputs: ['labelIds'],
    run: (labelable, input, context) => {
      for (const name of labelNames(input, context) ?? []) labelable.removeLabel(name, { by: context.by });
      return { labelable };
    },
  }),
};

function updateIssue(
  issue: FakeIssue,
  input: Args,
  context: GraphqlContext & { readonly by: string | undefined },
): void {
  const { by = '' } = context;
  const { title = issue.title, body = issue.body } = { title: text(input, 'title'), body: text(input, 'body') };
  const [labels, assignees, state] = [labelNames(input, context), logins(input, context), text(input, 'state')];
  if (title !== issue.title || body !== issue.body) issue.edit({ title, body, by });
  if (labels !== undefined) issue.setLabels(labels, { by });
  if (assignees !== undefined) issue.assign(assignees, { by });
  if (state === 'OPEN') issue.reopen({ by });
  if (state === 'CLOSED') issue.close({ by });
}

function bodyOf(input: Args): string {
  const body = text(input, 'body') ?? '';
  if (body.trim() === '') throw unprocessable('Body cannot be blank');
  return body;
}

function subIssue(input: Args, context: GraphqlContext): FakeIssue {
  const found = nodeOf(text(input, 'subIssueId') ?? '', context);
  if (found instanceof FakeIssue) return found;
  throw unprocessable('The provided sub-issue does not exist');
}

function labelNames(input: Args, context: GraphqlContext): string[] | undefined {
  return texts(input, 'labelIds')?.map((id) => {
    const found = nodeOf(id, context);
    if (found instanceof FakeLabel) return found.name;
    throw unprocessable(`Could not resolve to Label node with the global id of '${id}'.`);
  });
}

function logins(input: Args, context: GraphqlContext): string[] | undefined {
  return texts(input, 'assigneeIds')?.map((id) => (nodeOf(id, context) as FakeUser).login);
}
