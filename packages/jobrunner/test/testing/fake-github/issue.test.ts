import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { type FakeGitHub, fakeGitHub } from '../../../src/testing/fake-github/fake-github.ts';
import { closingReferences } from '../../../src/testing/fake-github/model/closing-keywords.ts';
import type { FakeRepository } from '../../../src/testing/fake-github/model/repository.ts';

let github: FakeGitHub;
let repo: FakeRepository;

beforeEach(async () => {
  github = await fakeGitHub();
  repo = github.repo('host-uk/core');
});

afterEach(() => github.close());

describe('FakeRepository', () => {
  describe('Good', () => {
    it('FakeRepository numbers issues and pull requests together', () => {
      const made = [repo.issue(), repo.pull(), repo.issue({ number: 10 }), repo.pull()];
      expect(made.map(({ number }) => number)).toEqual([1, 2, 10, 11]);
      expect(repo.conversations).toEqual(made);
      expect(new Set(made.map(({ nodeId }) => nodeId)).size).toBe(4);
    });

    it('FakeRepository makes epics in all forms', () => {
      const children = [repo.issue(), github.repo('host-uk/docs').issue()];
      const checklist = repo.epic({ children, body: 'Do this:' });
      expect(checklist.body).toBe('Do this:\n\n- [ ] #1\n- [ ] host-uk/docs#1');
      expect(checklist.labels.map(({ name }) => name)).toEqual(['epic']);
      const native = repo.epic({ children, form: 'sub-issues' });
      expect([native.body, native.subIssues, children[0]?.parent]).toEqual(['', children, native]);
      expect(repo.epic({ children: [], form: 'both', labels: ['big'] }).body).toBe('');
    });

    it('FakeRepository knows who may do what', () => {
      const secret = github.repo('host-uk/secret', { private: true, permission: 'none' });
      secret.permit('Reader', 'read');
      expect(['reader', 'stranger', undefined].map((login) => secret.permissionOf(login))).toEqual([
        'read',
        'none',
        'none',
      ]);
      expect([repo.permissionOf('anybody'), repo.permissionOf(undefined)]).toEqual(['admin', 'read']);
      expect([secret.allows('reader', 'read'), secret.allows('reader', 'write')]).toEqual([true, false]);
    });

    it('FakeGitHub.repo is the same each time, whatever the case of its name', () => {
      expect(github.repo('Host-UK/Core')).toBe(repo);
    });
  });

  describe('Bad', () => {
    it.each(['core', 'a/b/c', '../core', '', 'a /b'])('FakeGitHub.repo refuses the name %j', (name) => {
      expect(() => github.repo(name)).toThrow(TypeError);
    });

    it('FakeGitHub.repo refuses input for what is there', () => {
      expect(() => github.repo('host-uk/core', { private: true })).toThrow(RangeError);
    });

    it.each([0, -1, 1.5, NaN])('FakeRepository.issue refuses the number %d', (number) => {
      expect(() => repo.issue({ number })).toThrow(RangeError);
    });

    it('FakeRepository.pull refuses a number that somebody has, or had', () => {
      repo.issue().delete();
      expect(() => repo.pull({ number: 1 })).toThrow('number must be one that host-uk/core has not used');
    });
  });
});

describe('FakeIssue', () => {
  describe('Good', () => {
    it('FakeIssue closes and opens, with its reason', () => {
      const issue = repo.issue();
      issue.close({ reason: 'NOT_PLANNED' });
      issue.close();
      expect([issue.state, issue.stateReason]).toEqual(['CLOSED', 'NOT_PLANNED']);
      issue.reopen();
      issue.reopen();
      expect([issue.state, issue.stateReason, issue.closedAt]).toEqual(['OPEN', 'REOPENED', undefined]);
    });

    it('FakeIssue is edited, labelled, assigned and commented on', () => {
      const issue = repo.issue({ labels: ['a'], assignees: ['one'] });
      issue.edit({ body: 'New' });
      issue.addLabels(['b', 'A']);
      issue.removeLabel('B');
      issue.assign(['two', 'TWO']);
      const comment = issue.comment('Hello', { by: 'somebody' });
      comment.edit('Bye');
      expect([issue.title, issue.body]).toEqual(['Number 1', 'New']);
      expect(issue.labels.map(({ name }) => name)).toEqual(['a']);
      expect(issue.assignees.map(({ login }) => login)).toEqual(['two']);
      expect(issue.comments.map(({ body, author }) => [body, author.login])).toEqual([['Bye', 'somebody']]);
      comment.delete();
      expect(issue.comments).toEqual([]);
    });
  });

  describe('Bad', () => {
    it('FakeIssue refuses a second parent, itself, its own parents, and more than 100', () => {
      const [parent, child, other] = [repo.issue(), repo.issue(), repo.issue()];
      parent.addSubIssue(child);
      const add = (to: typeof parent, what: typeof parent) => (): void => {
        to.addSubIssue(what);
      };
      expect(add(other, child)).toThrow('duplicate');
      expect(add(parent, parent)).toThrow('cycle');
      expect(add(child, parent)).toThrow('cycle');
      for (let left = 99; left > 0; left--) parent.addSubIssue(repo.issue());
      expect(add(parent, other)).toThrow('100');
      expect(() => {
        other.removeSubIssue(child);
      }).toThrow('does not exist');
      parent.removeSubIssue(child);
      expect(child.parent).toBeUndefined();
    });

    it('FakeIssue refuses to nest deeper than eight levels', () => {
      let parent = repo.issue();
      for (let level = 0; level < 8; level++) {
        const child = repo.issue();
        parent.addSubIssue(child);
        parent = child;
      }
      expect(() => {
        parent.addSubIssue(repo.issue());
      }).toThrow('deeper');
    });
  });

  describe('Ugly', () => {
    it('FakeIssue that is deleted leaves its parent and its repository', () => {
      const child = repo.issue();
      const epic = repo.epic({ children: [child], form: 'both' });
      child.delete();
      expect([epic.subIssues, repo.findIssue(1), repo.wasDeleted(1)]).toEqual([[], undefined, true]);
    });
  });
});

describe('closingReferences', () => {
  describe('Good', () => {
    it.each([
      ['Closes #1', [[undefined, 1]]],
      ['FIXED: #2 and resolve a/b#3', [[undefined, 2], ['a/b', 3]]], // prettier-ignore
      ['fixes https://github.com/a/b.c/issues/4.', [['a/b.c', 4]]],
    ])('closingReferences finds those of %j', (text, wanted) => {
      expect(closingReferences(text).map(({ repo: of, number }) => [of, number])).toEqual(wanted);
    });
  });

  describe('Bad', () => {
    it.each(['see #1', 'closes 1', 'disclose #1', 'fixing #1', 'closes `#1`', '`closes #1`', '```\ncloses #1\n```'])(
      'closingReferences finds nothing in %j',
      (text) => {
        expect(closingReferences(text)).toEqual([]);
      },
    );
  });

  describe('Ugly', () => {
    it('closingReferences finds the whole number, and ends on whatever text', () => {
      const keyword = fc.constantFrom(
        'close',
        'closes',
        'closed',
        'fix',
        'fixes',
        'fixed',
        'resolve',
        'Resolves',
        'resolved',
      );
      fc.assert(
        fc.property(keyword, fc.integer({ min: 1, max: 1e9 }), fc.string(), (word, number, noise) => {
          expect(closingReferences(`${word} #${String(number)}`)).toEqual([{ repo: undefined, number }]);
          expect(closingReferences(noise).every((found) => found.number >= 0)).toBe(true);
        }),
      );
    });
  });
});
