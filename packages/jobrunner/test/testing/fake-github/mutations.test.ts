import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { type FakeGitHub, fakeGitHub } from '../../../src/testing/fake-github/fake-github.ts';
import type { FakeRepository } from '../../../src/testing/fake-github/model/repository.ts';
import { graphql, mutate } from './support.ts';

let github: FakeGitHub;
let repo: FakeRepository;

beforeEach(async () => {
  github = await fakeGitHub();
  repo = github.repo('host-uk/core', { protect: { main: { requiredChecks: ['build'] } } });
});

afterEach(() => github.close());

/** A mutation that must succeed. */
async function done(name: string, input: Readonly<Record<string, unknown>>): Promise<void> {
  expect(await mutate(github, name, { ...input, clientMutationId: 'me' })).toEqual({
    data: { [name]: { clientMutationId: 'me' } },
  });
}

describe('fakeGitHub mutations', () => {
  describe('Good', () => {
    it('fakeGitHub publishes drafts, and takes it back', async () => {
      const pull = repo.pull({ draft: true });
      await done('markPullRequestReadyForReview', { pullRequestId: pull.nodeId });
      await done('markPullRequestReadyForReview', { pullRequestId: pull.nodeId });
      expect(pull.isDraft).toBe(false);
      await done('convertPullRequestToDraft', { pullRequestId: pull.nodeId });
      await done('convertPullRequestToDraft', { pullRequestId: pull.nodeId });
      expect(pull.isDraft).toBe(true);
    });

    it('fakeGitHub resolves threads, opens them again, and answers in them', async () => {
      const thread = repo.pull().thread();
      await done('resolveReviewThread', { threadId: thread.nodeId });
      expect([thread.isResolved, thread.resolvedBy?.login]).toEqual([true, 'core-bot']);
      await done('unresolveReviewThread', { threadId: thread.nodeId });
      await done('addPullRequestReviewThreadReply', { pullRequestReviewThreadId: thread.nodeId, body: 'Done' });
      expect([thread.isResolved, thread.comments.map(({ body }) => body)]).toEqual([
        false,
        ['Please look at this.', 'Done'],
      ]);
    });

    it('fakeGitHub enables auto-merge, disables it, and merges', async () => {
      const pull = repo.pull();
      const input = { pullRequestId: pull.nodeId, expectedHeadOid: pull.head.oid };
      await done('enablePullRequestAutoMerge', {
        ...input,
        mergeMethod: 'SQUASH',
        commitHeadline: 'x',
        commitBody: 'y',
      });
      expect(pull.autoMerge).toMatchObject({ method: 'SQUASH', headline: 'x', body: 'y' });
      await done('disablePullRequestAutoMerge', { pullRequestId: pull.nodeId });
      pull.check('build', 'success');
      expect(pull.state).toBe('OPEN');
      await done('mergePullRequest', { ...input, mergeMethod: 'REBASE' });
      expect(pull.merged).toMatchObject({ method: 'REBASE', by: { login: 'core-bot' } });
    });

    it('fakeGitHub comments, edits comments, and takes them away', async () => {
      const issue = repo.issue();
      const query =
        'mutation ($input: AddCommentInput!) { addComment(input: $input) { commentEdge { cursor node { id body } } subject { id } } }';
      const { data } = await graphql(github, query, { input: { subjectId: issue.nodeId, body: 'Hello' } });
      const [comment] = issue.comments;
      expect(data).toMatchObject({
        addComment: { commentEdge: { node: { id: comment?.nodeId, body: 'Hello' } }, subject: { id: issue.nodeId } },
      });
      await done('updateIssueComment', { id: comment?.nodeId, body: 'Bye' });
      expect(comment?.body).toBe('Bye');
      await done('deleteIssueComment', { id: comment?.nodeId });
      expect(issue.comments).toEqual([]);
    });

    it('fakeGitHub makes, changes, closes and opens issues', async () => {
      await done('createIssue', { repositoryId: repo.nodeId, title: 'made', labelIds: [repo.label('a').nodeId] });
      const issue = repo.findIssue(1);
      expect([issue?.title, issue?.author.login, issue?.labels.map(({ name }) => name)]).toEqual([
        'made',
        'core-bot',
        ['a'],
      ]);
      const change = { title: 'x', body: 'y', state: 'CLOSED', assigneeIds: [github.user('one').nodeId], labelIds: [] };
      await done('updateIssue', { id: issue?.nodeId, ...change });
      expect([issue?.title, issue?.body, issue?.state, issue?.assignees[0]?.login, issue?.labels]).toEqual([
        'x',
        'y',
        'CLOSED',
        'one',
        [],
      ]);
      await done('updateIssue', { id: issue?.nodeId, state: 'OPEN' });
      await done('closeIssue', { issueId: issue?.nodeId, stateReason: 'NOT_PLANNED' });
      expect(issue?.stateReason).toBe('NOT_PLANNED');
      await done('reopenIssue', { issueId: issue?.nodeId });
      expect(issue?.state).toBe('OPEN');
    });

    it('fakeGitHub gives and takes sub-issues and labels', async () => {
      const [parent, child] = [repo.issue(), repo.issue()];
      await done('addSubIssue', { issueId: parent.nodeId, subIssueId: child.nodeId });
      expect(parent.subIssues).toEqual([child]);
      await done('removeSubIssue', { issueId: parent.nodeId, subIssueId: child.nodeId });
      expect(parent.subIssues).toEqual([]);
      const labels = { labelableId: child.nodeId, labelIds: [repo.label('a').nodeId] };
      await done('addLabelsToLabelable', labels);
      expect(child.labels.map(({ name }) => name)).toEqual(['a']);
      await done('removeLabelsFromLabelable', labels);
      expect(child.labels).toEqual([]);
    });

    it('fakeGitHub takes reactions, each of each person once, and forgets them', async () => {
      const issue = repo.issue();
      const comment = issue.comment('x');
      for (const { nodeId } of [issue, issue, comment])
        await done('addReaction', { subjectId: nodeId, content: 'ROCKET' });
      expect([issue, comment].map(({ reactions }) => reactions.all.length)).toEqual([1, 1]);
      const fields =
        'reactions(first: 5, content: ROCKET) { nodes { id databaseId content createdAt user { login } } }';
      const { data } = await graphql(github, `query ($id: ID!) { node(id: $id) { ... on Issue { ${fields} } } }`, {
        id: issue.nodeId,
      });
      expect(data).toMatchObject({
        node: { reactions: { nodes: [{ content: 'ROCKET', user: { login: 'core-bot' } }] } },
      });
      await done('removeReaction', { subjectId: issue.nodeId, content: 'ROCKET' });
      expect(issue.reactions.all).toEqual([]);
    });

    it('fakeGitHub changes, closes and opens pull requests', async () => {
      const pull = repo.pull();
      await done('updatePullRequest', { pullRequestId: pull.nodeId, title: 'x', body: 'y', state: 'CLOSED' });
      expect([pull.title, pull.body, pull.state]).toEqual(['x', 'y', 'CLOSED']);
      await done('updatePullRequest', { pullRequestId: pull.nodeId, state: 'OPEN' });
      await done('closePullRequest', { pullRequestId: pull.nodeId });
      expect(pull.state).toBe('CLOSED');
      await done('reopenPullRequest', { pullRequestId: pull.nodeId });
      expect(pull.state).toBe('OPEN');
    });
  });

  describe('Bad', () => {
    it.each([
      [
        'NOT_FOUND',
        'resolveReviewThread',
        { threadId: 'PRRT_x' },
        "Could not resolve to a node with the global id of 'PRRT_x'.",
      ],
      ['NOT_FOUND', 'closeIssue', { issueId: 'PULL' }, "Could not resolve to Issue node with the global id of 'PULL'."],
      ['UNPROCESSABLE', 'addComment', { subjectId: 'PULL', body: ' ' }, 'Body cannot be blank'],
      ['UNPROCESSABLE', 'mergePullRequest', { pullRequestId: 'PULL' }, 'Required status check "build" is expected.'],
      [
        'UNPROCESSABLE',
        'disablePullRequestAutoMerge',
        { pullRequestId: 'PULL' },
        "Can't disable auto-merge for this pull request",
      ],
      [
        'UNPROCESSABLE',
        'addLabelsToLabelable',
        { labelableId: 'PULL', labelIds: ['PULL'] },
        'Could not resolve to Label node',
      ],
      [
        'UNPROCESSABLE',
        'addSubIssue',
        { issueId: 'ISSUE', subIssueId: 'PULL' },
        'The provided sub-issue does not exist',
      ],
      [
        'FAKE_GITHUB_NOT_IMPLEMENTED',
        'updatePullRequest',
        { pullRequestId: 'PULL', milestoneId: 'x' },
        'updatePullRequest(input.…).milestoneId',
      ],
      [
        'UNPROCESSABLE',
        'addReaction',
        { subjectId: 'REPO', content: 'EYES' },
        'The fake GitHub knows no reactions to that',
      ],
    ])('fakeGitHub refuses with %s: %s', async (type, name, input, message) => {
      const [pull, issue] = [repo.pull(), repo.issue()];
      const ids = new Map([
        ['PULL', pull.nodeId],
        ['ISSUE', issue.nodeId],
        ['REPO', repo.nodeId],
      ]);
      const fill = (value: unknown): unknown =>
        Array.isArray(value) ? value.map(fill) : (ids.get(String(value)) ?? value);
      const filled = Object.fromEntries(Object.entries(input).map(([key, value]) => [key, fill(value)]));
      const { data, errors } = await mutate(github, name, filled);
      expect(data).toEqual({ [name]: null });
      expect(errors).toMatchObject([
        { type, path: [name], message: expect.stringContaining(message.replace('PULL', pull.nodeId)) },
      ]);
    });

    it('fakeGitHub refuses who may only read, and hides what one may not see', async () => {
      const readable = github.repo('host-uk/public', { permission: 'read' }).pull({ draft: true });
      const secret = github.repo('host-uk/secret', { permission: 'none' }).issue();
      const refused = await mutate(github, 'markPullRequestReadyForReview', { pullRequestId: readable.nodeId });
      const message = 'core-bot does not have the correct permissions to execute `MarkPullRequestReadyForReview`';
      expect([refused.errors, readable.isDraft]).toMatchObject([[{ type: 'FORBIDDEN', message }], true]);
      expect((await mutate(github, 'closeIssue', { issueId: secret.nodeId })).errors).toMatchObject([
        { type: 'NOT_FOUND' },
      ]);
      await done('addComment', { subjectId: readable.nodeId, body: 'Allowed' });
    });
  });

  describe('Ugly', () => {
    it('fakeGitHub does the mutations of one request one after another, and goes on after one that fails', async () => {
      const pull = repo.pull({ threads: 2 });
      const [one, two] = pull.threads.map(({ nodeId }) => nodeId);
      const resolve = (alias: string, id: string | undefined): string =>
        `${alias}: resolveReviewThread(input: { threadId: "${id ?? ''}" }) { thread { isResolved } }`;
      const { data, errors } = await graphql(
        github,
        `mutation { ${resolve('a', one)} ${resolve('b', 'none')} ${resolve('c', two)} }`,
      );
      expect(data).toEqual({ a: { thread: { isResolved: true } }, b: null, c: { thread: { isResolved: true } } });
      expect(errors?.map(({ path }) => path)).toEqual([['b']]);
      expect(github.requests.at(-1)).toMatchObject({
        isWrite: true,
        graphql: { type: 'mutation', fields: ['resolveReviewThread', 'resolveReviewThread', 'resolveReviewThread'] },
      });
    });
  });
});
