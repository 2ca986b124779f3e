import { describe, expect, it } from '@jest/globals';

import type { ActionResult } from '../../../src/action-result.ts';
import { poll, withGitHub } from '../support/with-github.ts';

const RESULT: ActionResult = {
  ...{ action: 'publish_draft', repoOwner: 'host-uk', repoName: 'core', epicNumber: 2, childNumber: 1, prNumber: 3 },
  ...{ success: true, timestamp: new Date(), durationMs: 7, cycle: 1 },
};
const options = { signal: new AbortController().signal };

describe('Good', () => {
  it('GitHubSource.report comments on the epic once for each state, also after a restart', async () => {
    await withGitHub(async (bench) => {
      const { repo } = bench;
      const child = repo.issue({ title: 'A title' });
      const epic = repo.epic({ children: [child] });
      const pull = repo.pull({ closes: [child] });
      const [one, other] = [bench.source({ report: true }), bench.source({ report: true })];
      for (const source of [one, other]) {
        await poll(source);
        for (let time = 0; time < 3; time += 1) await source.report(RESULT, options);
      }
      const texts = (): string[] => epic.comments.map(({ body }) => body.split('\n')[0] ?? '');
      expect(texts()).toEqual(['`publish_draft` for #1 (#3): done.']);
      await one.report({ ...RESULT, success: false, error: 'A title of trouble' }, options);
      pull.push();
      await poll(one);
      await one.report(RESULT, options);
      await one.report({ ...RESULT, action: 'dispatch', prNumber: 0 }, options);
      expect(texts().slice(1)).toEqual([
        '`publish_draft` for #1 (#3): failed.',
        '`publish_draft` for #1 (#3): done.',
        '`dispatch` for #1: done.',
      ]);
      expect(epic.comments.map(({ body }) => body).join()).not.toContain('title');
    });
  });
});

describe('Bad', () => {
  it('GitHubSource.report writes nothing unless it is asked to, and the repository is read again', async () => {
    await withGitHub(async (bench) => {
      bench.repo.epic({ children: [] });
      const source = bench.source();
      await poll(source);
      bench.taken();
      await source.report(RESULT, options);
      await source.report({ ...RESULT, repoName: 'other' }, options);
      await poll(source);
      expect(bench.taken()).toEqual(['GET 304', 'query 200']);
      const reason = new Error('enough');
      await expect(source.report(RESULT, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    });
  });
});
