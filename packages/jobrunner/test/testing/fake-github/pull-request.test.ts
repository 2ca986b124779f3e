import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { type FakeGitHub, fakeGitHub } from '../../../src/testing/fake-github/fake-github.ts';
import type { FakeRepository } from '../../../src/testing/fake-github/model/repository.ts';
import { mutate, pullFields, rest } from './support.ts';

let github: FakeGitHub;
let repo: FakeRepository;
let now: number;

beforeEach(async () => {
  now = Date.UTC(2026, 1, 5, 12);
  github = await fakeGitHub({ clock: () => now });
  repo = github.repo('host-uk/core', { protect: { guarded: { requiredChecks: ['build', 'ci'] } } });
});

afterEach(() => github.close());

describe('FakePullRequest', () => {
  describe('Good', () => {
    it('FakePullRequest is UNKNOWN to whoever asks first, and known afterwards', async () => {
      const { number } = repo.pull();
      const conflicting = repo.pull({ conflict: true });
      const fields = 'mergeable mergeStateStatus';
      expect(await pullFields(github, number, fields)).toEqual({ mergeable: 'UNKNOWN', mergeStateStatus: 'UNKNOWN' });
      expect(await pullFields(github, number, fields)).toEqual({ mergeable: 'MERGEABLE', mergeStateStatus: 'CLEAN' });
      const path = `GET /repos/host-uk/core/pulls/${String(conflicting.number)}`;
      expect((await rest(github, path)).json).toMatchObject({ mergeable: null, mergeable_state: 'unknown' });
      expect((await rest(github, path)).json).toMatchObject({ mergeable: false, mergeable_state: 'dirty' });
    });

    it('FakePullRequest forgets its mergeability when it is pushed to', () => {
      const pull = repo.pull({ mergeability: 'immediate' });
      expect(pull.mergeable).toBe('MERGEABLE');
      const lazy = repo.pull();
      lazy.computeMergeability();
      const { oid } = lazy.push();
      expect([lazy.mergeable, lazy.head.oid, lazy.commits.length]).toEqual(['UNKNOWN', oid, 2]);
    });

    it('FakePullRequest is blocked by what its base branch requires, and not by anything else', () => {
      const pull = repo.pull({ base: 'guarded', mergeability: 'immediate', checks: { other: 'failure' } });
      expect(pull.mergeState).toBe('BLOCKED');
      pull.check('build', 'success');
      pull.status('ci', 'pending');
      expect(pull.mergeState).toBe('BLOCKED');
      pull.status('ci', 'success');
      expect(pull.mergeState).toBe('UNSTABLE');
      pull.check('other', 'skipped');
      expect(pull.mergeState).toBe('CLEAN');
    });

    it('FakePullRequest waits for reviews, threads and its base where the branch says so', () => {
      repo.protect('strict', { requiredReviews: 1, requireResolvedThreads: true, strict: true });
      const pull = repo.pull({ base: 'strict', mergeability: 'immediate', threads: 1 });
      expect(pull.reviewDecision).toBe('REVIEW_REQUIRED');
      pull.review({ state: 'CHANGES_REQUESTED' });
      expect(pull.reviewDecision).toBe('CHANGES_REQUESTED');
      pull.review({ state: 'APPROVED' });
      expect([pull.reviewDecision, pull.mergeState]).toEqual(['APPROVED', 'BLOCKED']);
      pull.threads[0]?.resolve();
      pull.setBehind(true);
      expect(pull.mergeState).toBe('BEHIND');
      pull.setBehind(false);
      expect(pull.mergeState).toBe('CLEAN');
    });

    it('FakePullRequest merges by itself once its checks are green, and closes its issue', async () => {
      const child = repo.issue();
      repo.protect('main', { requiredChecks: ['build'] });
      const pull = repo.pull({ closes: [child] });
      const input = { pullRequestId: pull.nodeId, mergeMethod: 'SQUASH', expectedHeadOid: pull.head.oid };
      expect(await mutate(github, 'enablePullRequestAutoMerge', input)).not.toHaveProperty('errors');
      expect(pull.autoMerge).toMatchObject({ method: 'SQUASH', by: { login: 'core-bot' } });
      pull.push();
      pull.check('build', 'failure');
      expect([pull.state, child.state]).toEqual(['OPEN', 'OPEN']);
      pull.check('build', 'success');
      expect([pull.state, child.state, child.stateReason]).toEqual(['MERGED', 'CLOSED', 'COMPLETED']);
      expect(pull.merged).toMatchObject({ method: 'SQUASH', by: { login: 'core-bot' } });
    });

    it('FakePullRequest loses its auto-merge when it becomes a draft, or is closed', () => {
      for (const end of ['convertToDraft', 'close', 'disableAutoMerge'] as const) {
        const pull = repo.pull({ base: 'guarded' });
        pull.enableAutoMerge();
        pull[end]();
        expect(pull.autoMerge).toBeUndefined();
      }
    });

    it('FakePullRequest is UNKNOWN for ever once it is merged', async () => {
      const pull = repo.pull();
      pull.merge();
      await pullFields(github, pull.number, 'mergeable');
      expect(await pullFields(github, pull.number, 'state mergeable')).toEqual({
        state: 'MERGED',
        mergeable: 'UNKNOWN',
      });
    });

    it('FakePullRequest closes issues of its own and of other repositories, by keyword or by hand', () => {
      const [own, linked, other] = [repo.issue(), repo.issue(), github.repo('host-uk/docs').issue()];
      const pull = repo.pull({ body: `Fixes #${String(own.number)}, resolves host-uk/docs#1, closes #99` });
      pull.link(linked);
      expect(pull.closingIssues).toEqual([own, other, linked]);
      expect([own, linked, other].map(({ closedBy }) => closedBy)).toEqual([[pull], [pull], [pull]]);
    });

    it('FakePullRequest moves updatedAt for what GitHub moves it for', () => {
      const pull = repo.pull({ threads: 1, checks: { build: 'queued' } });
      const moves = (change: () => void): boolean => {
        now += 60_000;
        change();
        return pull.updatedAt.getTime() === now;
      };
      expect(moves(() => pull.push())).toBe(true);
      expect(moves(() => pull.comment('Hello'))).toBe(true);
      expect(moves(() => pull.review({ state: 'COMMENTED' }))).toBe(true);
      expect(moves(() => pull.thread())).toBe(true);
      expect(moves(() => pull.threads[0]?.reply('Done'))).toBe(true);
      expect(moves(() => pull.check('build', 'success'))).toBe(false);
      expect(moves(() => pull.status('ci', 'success'))).toBe(false);
      expect(moves(() => pull.threads[0]?.resolve())).toBe(false);
      expect(moves(() => pull.computeMergeability())).toBe(false);
    });
  });

  describe('Bad', () => {
    it.each([
      ['is in clean status', { checks: { build: 'success' } }],
      ['is in unstable status', { checks: { build: 'failure' } }],
      ['is in dirty status', { conflict: true }],
      ['is in draft status', { draft: true }],
    ] as const)('FakePullRequest refuses auto-merge: %s', (why, input) => {
      expect(() => {
        repo.pull(input).enableAutoMerge();
      }).toThrow(`Pull request Pull request ${why}`);
    });

    it('FakePullRequest refuses auto-merge where the repository forbids it, or its head is another', () => {
      const pull = repo.pull({ base: 'guarded' });
      expect(() => {
        pull.enableAutoMerge({ expectedHeadOid: 'f'.repeat(40) });
      }).toThrow('head sha');
      repo.allowAutoMerge = false;
      expect(() => {
        pull.enableAutoMerge();
      }).toThrow('Pull request Auto merge is not allowed for this repository');
    });

    it('FakePullRequest refuses to merge what must not be merged', () => {
      expect(() => repo.pull({ draft: true }).merge()).toThrow('Pull Request is still a draft');
      expect(() => repo.pull({ conflict: true }).merge()).toThrow('Pull Request is not mergeable');
      expect(() => repo.pull({ base: 'guarded' }).merge()).toThrow('"build", "ci" is expected');
      const pull = repo.pull();
      expect(() => pull.merge({ expectedHeadOid: 'f'.repeat(40) })).toThrow('Head branch was modified');
      repo.mergeMethods = ['SQUASH'];
      expect(() => pull.merge()).toThrow('Merge merges are not allowed on this repository.');
      pull.merge({ method: 'SQUASH' });
      expect(() => pull.merge({ method: 'SQUASH' })).toThrow('not mergeable');
    });

    it('FakePullRequest says what its base branch still wants', () => {
      repo.protect('strict', { requiredReviews: 1, requireResolvedThreads: true, strict: true });
      const pull = repo.pull({ base: 'strict', threads: 1 });
      pull.setBehind(true);
      expect(() => pull.merge()).toThrow('A conversation must be resolved');
      const [thread] = pull.threads;
      thread?.markOutdated();
      thread?.resolve();
      expect(thread).toMatchObject({ isOutdated: true, isResolved: true });
      expect(() => pull.merge()).toThrow('At least 1 approving review is required');
      pull.review({ state: 'APPROVED' });
      expect(() => pull.merge()).toThrow('Head branch is out of date');
    });

    it('FakePullRequest refuses auto-merge of what is closed, or in a way that the repository forbids', () => {
      const pull = repo.pull({ base: 'guarded' });
      repo.mergeMethods = ['SQUASH'];
      expect(() => {
        pull.enableAutoMerge({ method: 'MERGE' });
      }).toThrow('Merge merging is not allowed on this repository');
      pull.close();
      expect(() => {
        pull.enableAutoMerge({ method: 'SQUASH' });
      }).toThrow('Pull request is closed');
    });

    it('FakePullRequest closes nothing where its base is not the default branch', () => {
      const child = repo.issue();
      const pull = repo.pull({ base: 'dev', closes: [child] });
      expect([pull.closingIssues, child.closedBy]).toEqual([[], []]);
      pull.merge();
      expect(child.state).toBe('OPEN');
    });

    it('FakePullRequest stays merged and closed', () => {
      const pull = repo.pull();
      pull.merge();
      pull.close();
      expect(pull.state).toBe('MERGED');
      expect(() => {
        pull.reopen();
      }).toThrow('cannot be reopened');
      expect(() => {
        pull.markReady();
      }).toThrow('closed');
      expect(() => {
        pull.convertToDraft();
      }).toThrow('closed');
      expect(() => {
        pull.disableAutoMerge();
      }).toThrow('disable');
    });
  });

  describe('Ugly', () => {
    it('FakePullRequest merges once when a conflict ends that somebody made in between', () => {
      repo.protect('main', { requiredChecks: ['build'] });
      const pull = repo.pull();
      pull.enableAutoMerge();
      pull.setConflict(true);
      pull.check('build', 'success');
      expect([pull.state, pull.mergeState]).toEqual(['OPEN', 'DIRTY']);
      pull.setConflict(false);
      expect(pull.state).toBe('MERGED');
    });

    it('FakePullRequest merges when the last rule that blocks it is taken away', () => {
      const pull = repo.pull({ base: 'guarded' });
      pull.enableAutoMerge();
      repo.protect('guarded', {});
      expect(pull.state).toBe('MERGED');
    });

    it('FakePullRequest opens and closes again, and its state says so', () => {
      const pull = repo.pull();
      pull.close();
      pull.close();
      expect([pull.state, pull.closedAt]).toEqual(['CLOSED', new Date(now)]);
      pull.reopen();
      pull.reopen();
      expect([pull.state, pull.closedAt]).toEqual(['OPEN', undefined]);
    });
  });
});
