import { describe, expect, it } from '@jest/globals';

import { InProcessDispatcher } from '../../src/dispatch/in-process-dispatcher.ts';
import type { Job } from '../../src/dispatcher.ts';
import { Gate } from '../poller/support/fixtures.ts';

function job(key: string, repo: string = 'host-uk/core'): Job {
  return { key, repo, source: 'github', handler: 'h', cycle: 1, attempt: 1, run: 1, payload: '{}' };
}

describe('InProcessDispatcher', () => {
  describe('Good', () => {
    it('dispatch takes a job once while it waits or runs, and again when it is done', async () => {
      await using dispatcher = new InProcessDispatcher();
      const gate = new Gate();
      const done: string[] = [];
      dispatcher.start(async ({ key }) => {
        await gate.pass();
        done.push(key);
        return undefined;
      });
      const answers = [await dispatcher.dispatch(job('a')), await dispatcher.dispatch(job('a'))];
      await gate.reached;
      answers.push(await dispatcher.dispatch(job('a')), await dispatcher.dispatch(job('b')));
      gate.open();
      await dispatcher.idle();
      answers.push(await dispatcher.dispatch(job('a')));
      await dispatcher.idle();
      expect(answers.map(({ isTaken }) => isTaken)).toEqual([true, false, false, true, true]);
      expect(done).toEqual(['a', 'b', 'a']);
    });

    it('dispatch never runs more jobs at once than it may, and one in a repository', async () => {
      await using dispatcher = new InProcessDispatcher({ concurrency: 2 });
      const running = new Set<string>();
      let most = 0;
      dispatcher.start(async ({ repo }) => {
        expect(running.has(repo)).toBe(false);
        running.add(repo);
        most = Math.max(most, running.size);
        await new Promise((resolve) => setImmediate(resolve));
        running.delete(repo);
        return undefined;
      });
      for (let at = 0; at < 30; at += 1) await dispatcher.dispatch(job(String(at), `a/${String(at % 5)}`));
      await dispatcher.idle();
      expect([most, running.size]).toEqual([2, 0]);
    });
  });

  describe('Bad', () => {
    it.each([0, 1.5, Number.NaN])('InProcessDispatcher refuses a concurrency of %p', (concurrency) => {
      expect(() => new InProcessDispatcher({ concurrency })).toThrow(RangeError);
    });

    it('dispatch takes nothing before the start, and after the end', async () => {
      const dispatcher = new InProcessDispatcher();
      expect(await dispatcher.dispatch(job('a'))).toEqual({ isTaken: false });
      dispatcher.start(() => Promise.resolve(undefined));
      await dispatcher.close();
      await dispatcher.close();
      expect(await dispatcher.dispatch(job('a'))).toEqual({ isTaken: false });
      await dispatcher.idle();
    });
  });

  describe('Ugly', () => {
    it('dispatch goes on after a runner that throws', async () => {
      await using dispatcher = new InProcessDispatcher();
      const done: string[] = [];
      dispatcher.start(({ key }) => {
        if (key === 'a') throw new Error('no');
        done.push(key);
        return Promise.resolve(undefined);
      });
      await dispatcher.dispatch(job('a'));
      await dispatcher.dispatch(job('b'));
      await dispatcher.idle();
      expect(done).toEqual(['b']);
    });

    it('close aborts what runs with the reason, forgets what waits, and can be followed by a start', async () => {
      const dispatcher = new InProcessDispatcher();
      const gate = new Gate();
      const reasons: unknown[] = [];
      dispatcher.start(async (_, { signal }) => {
        await gate.pass();
        reasons.push(signal.reason);
        return undefined;
      });
      await dispatcher.dispatch(job('a'));
      await dispatcher.dispatch(job('b'));
      await gate.reached;
      const closing = dispatcher.close({ graceMs: 60_000, reason: 'enough' });
      gate.open();
      await closing;
      expect(reasons).toEqual(['enough']);
      const done: string[] = [];
      dispatcher.start(({ key }) => {
        done.push(key);
        return Promise.resolve(undefined);
      });
      await dispatcher.dispatch(job('b'));
      await dispatcher.idle();
      expect(done).toEqual(['b']);
    });

    it('close does not wait longer than it may for what does not end', async () => {
      const dispatcher = new InProcessDispatcher();
      const gate = new Gate();
      dispatcher.start(async () => {
        await gate.pass();
        return undefined;
      });
      await dispatcher.dispatch(job('a'));
      await gate.reached;
      await dispatcher.close({ graceMs: 1 });
      gate.open();
    });
  });
});
