import { describe, expect, it } from '@jest/globals';

import type { PipelineSignal } from '../../../src/pipeline-signal.ts';
import type { FakeIssue } from '../../../src/testing/fake-github/model/issue.ts';
import { tickParent } from '../../../src/github/handlers/tick-parent.ts';
import { type Bench, withGitHub } from '../support/with-github.ts';

const MERGED: PipelineSignal = {
  ...{ epicNumber: 50, childNumber: 1, prNumber: 3, repoOwner: 'host-uk', repoName: 'core' },
  ...{ prState: 'MERGED', isDraft: false, mergeable: 'UNKNOWN', checkStatus: 'UNKNOWN' },
  ...{ threadsTotal: 0, threadsResolved: 0, lastCommitSha: 'a'.repeat(40), needsCoding: false },
};
const EPIC = /\/issues\/50$/;

async function tick({ client }: Bench): Promise<string | undefined> {
  const result = await tickParent(client).execute(MERGED, { signal: new AbortController().signal });
  return result.error;
}

const epicOf = ({ repo }: Bench, body: string): FakeIssue => repo.issue({ number: 50, labels: ['epic'], body });

describe('Good', () => {
  it('tickParent ticks exactly the line of the child, and leaves every other byte', async () => {
    await withGitHub(async (bench) => {
      const before = '# Epic\r\n\r\n- [ ] #12\r\n- [ ] #1 — « über »\t\r\n```\r\n- [ ] #1\r\n```\r\n* [ ] #11 ';
      const epic = epicOf(bench, before);
      expect(await tick(bench)).toBeUndefined();
      expect(epic.body).toBe(before.replace('[ ] #1 ', '[x] #1 '));
      expect(bench.writes).toHaveLength(1);
    });
  });

  it.each([
    ['is ticked', '- [X] #1'],
    ['is not listed', '- [ ] #12'],
    ['has no body', ''],
  ])('tickParent writes nothing where the child %s', async (_, body) => {
    await withGitHub(async (bench) => {
      const epic = epicOf(bench, body);
      expect(await tick(bench)).toBeUndefined();
      expect([epic.body, bench.writes]).toEqual([body, []]);
    });
  });
});

describe('Ugly', () => {
  it.each([1, 2, 3])('tickParent keeps what somebody else writes after it has read %d times', async (times) => {
    await withGitHub(async (bench) => {
      const epic = epicOf(bench, '- [ ] #1\n- [ ] #2');
      const bodies = ['- [x] #2\n- [ ] #1', '- [ ] #1\n\nNew words', 'Other words\n\n1. [ ] #1 done?'];
      const edits = bodies.slice(0, times).map((body) => async () => {
        await bench.github.nextRequest({ method: 'GET', path: EPIC });
        epic.edit({ body, by: 'alice' });
      });
      const editing = (async () => {
        for (const edit of edits) await edit();
      })();
      // what is read is read before the edit, as far as the handler can know
      expect(await tick(bench)).toBeUndefined();
      await editing;
      expect(epic.body).toBe(bodies[times - 1]?.replace('[ ] #1', '[x] #1'));
    });
  });

  it('tickParent ticks again where somebody saves an older text over the tick', async () => {
    await withGitHub(async (bench) => {
      const epic = epicOf(bench, '- [ ] #1');
      const overwriting = bench.github.nextRequest({ method: 'PATCH', path: EPIC }).then(() => {
        epic.edit({ body: '- [ ] #1\n- [ ] #7', by: 'alice' });
      });
      expect(await tick(bench)).toBeUndefined();
      await overwriting;
      expect(epic.body).toBe('- [x] #1\n- [ ] #7');
    });
  });

  it('tickParent gives up on an epic that never rests', async () => {
    await withGitHub(async (bench) => {
      const epic = epicOf(bench, '- [ ] #1');
      const stop = new AbortController();
      const stopped = new Promise((resolve) => {
        stop.signal.addEventListener('abort', resolve);
      });
      const editing = (async () => {
        for (let edit = 0; ; edit += 1) {
          await Promise.race([bench.github.nextRequest({ method: 'GET', path: EPIC }), stopped]);
          if (stop.signal.aborted) return;
          epic.edit({ body: `- [ ] #1 ${String(edit)}`, by: 'alice' });
        }
      })();
      const error = await tick(bench);
      stop.abort();
      await editing;
      expect(error).toBe('Cannot tick a child in host-uk/core#50: somebody else is editing the epic');
      expect(bench.writes).toEqual([]);
    });
  });
});
