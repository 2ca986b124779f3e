import type { FakeComment } from '../model/comment.ts';
import type { FakeConversation } from '../model/conversation.ts';
import type { FakeIssue } from '../model/issue.ts';
import type { FakeLabel } from '../model/label.ts';
import { FakePullRequest } from '../model/pull-request.ts';
import type { FakeReaction, Reactions } from '../model/reaction.ts';
import type { FakeUser } from '../model/world.ts';
import { associationOf, webUrl } from '../rest/shapes/issue.ts';
import { time, timeOrNull } from '../rest/shapes/time.ts';
import { always, Data, type FieldWithArgs, list, text, type TypeResolvers } from './resolver.ts';

/** The field `reactions` of whatever has them. */
function reactions<T extends { readonly reactions: Reactions }>(): FieldWithArgs<T> {
  return list<T, FakeReaction>({
    args: ['content'],
    items: ({ reactions: { all } }, args) =>
      all.filter(({ content }) => (text(args, 'content') ?? content) === content),
  });
}

/** One reaction. */
export const REACTION: TypeResolvers<FakeReaction> = {
  id: ({ nodeId }) => nodeId,
  databaseId: ({ databaseId }) => databaseId,
  content: ({ content }) => content,
  createdAt: ({ createdAt }) => time(createdAt),
  user: ({ user }) => user,
};

/** The fields that issues and pull requests have alike. */
export const CONVERSATION: TypeResolvers<FakeConversation> = {
  id: ({ nodeId }) => nodeId,
  databaseId: ({ databaseId }) => databaseId,
  fullDatabaseId: ({ databaseId }) => String(databaseId),
  number: ({ number }) => number,
  title: ({ title }) => title,
  body: ({ body }) => body,
  bodyText: ({ body }) => body,
  state: ({ state }) => state,
  closed: ({ state }) => state !== 'OPEN',
  locked: always(false),
  author: ({ author }) => author,
  authorAssociation: ({ repo, author }) => associationOf(repo, author),
  createdAt: ({ createdAt }) => time(createdAt),
  updatedAt: ({ updatedAt }) => time(updatedAt),
  closedAt: ({ closedAt }) => timeOrNull(closedAt),
  repository: ({ repo }) => repo,
  url: webUrl,
  resourcePath: (conversation) => new URL(webUrl(conversation)).pathname,
  milestone: always(null),
  viewerCanUpdate: ({ repo }, { viewer }) => repo.allows(viewer.login, 'write'),
  reactions: reactions(),
  labels: list<FakeConversation, FakeLabel>({
    args: ['orderBy'],
    items: ({ labels }) => labels,
  }),
  assignees: list<FakeConversation, FakeUser>({ items: ({ assignees }) => assignees }),
  comments: list<FakeConversation, FakeComment>({
    args: ['orderBy'],
    items: ({ comments }) => comments,
    order: (args) => {
      const orderBy = args['orderBy'] as { readonly direction: string } | null | undefined;
      if (!orderBy) return { key: ({ databaseId }) => databaseId };
      return { key: ({ updatedAt }) => updatedAt.getTime(), isDescending: orderBy.direction === 'DESC' };
    },
  }),
};

/** An issue. */
export const ISSUE: TypeResolvers<FakeIssue> = {
  ...CONVERSATION,
  stateReason: { args: ['enableDuplicate'], resolve: ({ stateReason }) => stateReason },
  parent: ({ parent }) => parent,
  subIssues: list<FakeIssue, FakeIssue>({
    items: ({ subIssues }) => subIssues,
    order: () => ({ key: (issue) => issue.parent?.subIssues.indexOf(issue) ?? 0 }),
  }),
  subIssuesSummary: ({ subIssues }) => {
    const completed = subIssues.filter(({ state }) => state === 'CLOSED').length;
    const percent = subIssues.length === 0 ? 0 : Math.floor((100 * completed) / subIssues.length);
    return new Data({ total: subIssues.length, completed, percentCompleted: percent });
  },
  closedByPullRequestsReferences: list<FakeIssue, FakePullRequest>({
    args: ['includeClosedPrs'],
    items: ({ closedBy }, args, { viewer }) =>
      closedBy.filter(
        ({ state, repo }) =>
          (state === 'OPEN' || args['includeClosedPrs'] === true) && repo.allows(viewer.login, 'read'),
      ),
  }),
};

/** A comment on an issue or a pull request. */
export const ISSUE_COMMENT: TypeResolvers<FakeComment> = {
  id: ({ nodeId }) => nodeId,
  databaseId: ({ databaseId }) => databaseId,
  body: ({ body }) => body,
  bodyText: ({ body }) => body,
  author: ({ author }) => author,
  authorAssociation: ({ conversation, author }) => associationOf(conversation.repo, author),
  createdAt: ({ createdAt }) => time(createdAt),
  publishedAt: ({ createdAt }) => time(createdAt),
  updatedAt: ({ updatedAt }) => time(updatedAt),
  lastEditedAt: ({ createdAt, updatedAt }) => (updatedAt > createdAt ? time(updatedAt) : null),
  reactions: reactions(),
  isMinimized: always(false),
  viewerDidAuthor: ({ author }, { viewer }) => author.login === viewer.login,
  repository: ({ conversation }) => conversation.repo,
  url: ({ conversation, databaseId }) => `${webUrl(conversation)}#issuecomment-${String(databaseId)}`,
  issue: ({ conversation }) => conversation,
  pullRequest: ({ conversation }) => (conversation instanceof FakePullRequest ? conversation : null),
};
