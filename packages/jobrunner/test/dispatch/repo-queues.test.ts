import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { RepoQueues } from '../../src/dispatch/repo-queues.ts';

interface Item {
  readonly repo: string;
  readonly number: number;
}

describe('RepoQueues', () => {
  describe('Good', () => {
    it('next gives repositories their turns', () => {
      const queues = new RepoQueues<Item>();
      for (const [number, repo] of ['a', 'a', 'a', 'b', 'c', 'b'].entries()) queues.add({ repo, number });
      const order: number[] = [];
      for (let item = queues.next(); item !== undefined; item = queues.next()) {
        order.push(item.number);
        queues.done(item.repo);
      }
      expect(order).toEqual([0, 3, 4, 1, 5, 2]);
      expect(queues.isEmpty).toBe(true);
    });

    it('next gives nothing of a repository in which something runs', () => {
      const queues = new RepoQueues<Item>();
      for (const [number, repo] of ['a', 'a', 'b'].entries()) queues.add({ repo, number });
      expect([queues.next()?.number, queues.next()?.number, queues.next()]).toEqual([0, 2, undefined]);
      queues.done('a');
      expect(queues.next()?.number).toBe(1);
    });
  });

  describe('Ugly', () => {
    it('next gives everything once, in order within a repository, and starves none', () => {
      const steps = fc.array(fc.oneof(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('next', 'done')), {
        maxLength: 60,
      });
      fc.assert(
        fc.property(steps, (words) => {
          const queues = new RepoQueues<Item>();
          const running: Item[] = [];
          const given: Item[] = [];
          const added: Item[] = [];
          const take = (): void => {
            const item = queues.next();
            if (item === undefined) return;
            expect(running.map(({ repo }) => repo)).not.toContain(item.repo);
            running.push(item);
            given.push(item);
          };
          const end = (): void => {
            const item = running.shift();
            if (item !== undefined) queues.done(item.repo);
          };
          for (const [number, word] of words.entries()) {
            if (word === 'next') take();
            else if (word === 'done') end();
            else {
              added.push({ repo: word, number });
              queues.add({ repo: word, number });
            }
          }
          while (!queues.isEmpty || running.length > 0) {
            take();
            end();
          }
          expect(given.toSorted((x, y) => x.number - y.number)).toEqual(added);
          for (const repo of ['a', 'b', 'c']) {
            const numbers = given.filter((item) => item.repo === repo).map(({ number }) => number);
            expect(numbers).toEqual(numbers.toSorted((x, y) => x - y));
          }
        }),
      );
    });

    it('clear gives back what waits, and nothing of it later', () => {
      const queues = new RepoQueues<Item>();
      for (const [number, repo] of ['a', 'a', 'b'].entries()) queues.add({ repo, number });
      queues.next();
      expect(queues.clear().map(({ number }) => number)).toEqual([2, 1]);
      queues.done('a');
      expect([queues.next(), queues.isEmpty]).toEqual([undefined, true]);
    });
  });
});
