import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { criticalPath } from '../../src/graph/critical-path.ts';
import { Heap } from '../../src/graph/heap.ts';
import { graphOf, type PlanNode } from '../../src/graph/plan.ts';
import { longestPaths } from '../../src/graph/priority.ts';
import { ResourcePool } from '../../src/graph/resources.ts';
import { Schedule, type ScheduleOptions } from '../../src/graph/schedule.ts';
import { chainOf, formatChain, longerChain } from '../../src/graph/skip-chain.ts';
import { layeredGraph, lowerBound, makespan, numbersFrom } from './support/layered.ts';

const node = (name: string, ...after: string[]): PlanNode => ({ name, after });

function scheduleOf(nodes: readonly PlanNode[], options: Partial<ScheduleOptions> = {}): Schedule {
  const graph = graphOf(nodes);
  return new Schedule({ graph, slots: Infinity, priority: longestPaths(graph, []), ...options });
}

/** All that can start now. */
function taken(schedule: Schedule): number[] {
  const tasks: number[] = [];
  for (let task = schedule.take(); task !== undefined; task = schedule.take()) tasks.push(task);
  return tasks;
}

const mean = (of: (seed: number) => number): number =>
  Array.from({ length: 200 }, (_, index) => of((index + 1) * 7919)).reduce((sum, value) => sum + value, 0) / 200;

describe('Schedule', () => {
  describe('Good', () => {
    it('Schedule starts a task the moment that the last one is done for which it waits', () => {
      const schedule = scheduleOf([node('a'), node('b'), node('c', 'a', 'b'), node('d', 'a')]);
      expect(taken(schedule)).toEqual([0, 1]);
      schedule.done(0);
      expect(taken(schedule)).toEqual([3]);
      schedule.done(1);
      expect(taken(schedule)).toEqual([2]);
    });

    it('Schedule starts no more than there are slots, the one with the longest way to the end first', () => {
      const schedule = scheduleOf([node('short'), node('long'), node('end', 'long')], { slots: 1 });
      expect(taken(schedule)).toEqual([1]);
      schedule.freeSlot();
      schedule.done(1);
      expect(taken(schedule)).toEqual([0]);
    });

    it('Schedule follows the plan where nothing is more urgent', () => {
      const nodes = Array.from({ length: 50 }, (_, at) => node(String(at)));
      expect(taken(scheduleOf(nodes))).toEqual([...nodes.keys()]);
    });

    it('longestPaths counts hops, or time, and what is not known as the median of what is', () => {
      const graph = graphOf([node('a'), node('b', 'a'), node('c', 'b'), node('d', 'a')]);
      expect([...longestPaths(graph, [])]).toEqual([3, 2, 1, 1]);
      expect([...longestPaths(graph, [5, 1, undefined, 9])]).toEqual([14, 6, 5, 9]);
      expect([...longestPaths(graph, [4, undefined, undefined, 8])]).toEqual([16, 12, 6, 8]);
    });

    it('criticalPath goes back from the last one to be done, by what let each start', () => {
      const times = [
        { doneMs: 5, startedBy: undefined },
        { doneMs: 9, startedBy: 0 },
        { doneMs: 7, startedBy: 0 },
        { doneMs: undefined, startedBy: 1 },
      ];
      expect(criticalPath(times)).toEqual([0, 1]);
      expect(criticalPath([])).toEqual([]);
    });

    it('Schedule is within 2 % of the best that there could be where durations are known, within 10 % where not', () => {
      const known = mean((seed) => {
        const timed = layeredGraph(seed);
        return makespan(timed, 4, longestPaths(timed.graph, timed.durations)) / lowerBound(timed, 4);
      });
      const unknown = mean((seed) => {
        const timed = layeredGraph(seed);
        return makespan(timed, 4, longestPaths(timed.graph, [])) / lowerBound(timed, 4);
      });
      expect(known).toBeLessThanOrEqual(1.02);
      expect(unknown).toBeLessThanOrEqual(1.1);
    });
  });

  describe('Bad', () => {
    it('Schedule.drop takes out what comes after a task, the nearest first, each once', () => {
      const nodes = [node('a'), node('b', 'a'), node('c', 'b', 'a'), node('d', 'c'), node('e')];
      const schedule = scheduleOf(nodes);
      expect(taken(schedule)).toEqual([0, 4]);
      expect(schedule.drop(0)).toEqual([
        { task: 1, because: 0 },
        { task: 2, because: 0 },
        { task: 3, because: 2 },
      ]);
      expect(schedule.drop(0)).toEqual([]);
    });

    it('Schedule.drop takes out what is ready, too, and leaves to a task that was taken what comes after it', () => {
      const schedule = scheduleOf([node('service'), node('x', 'service'), node('y', 'x'), node('z', 'service')], {
        slots: 1,
      });
      expect(taken(schedule)).toEqual([0]);
      schedule.freeSlot();
      schedule.done(0);
      expect(taken(schedule)).toEqual([1]);
      expect(schedule.drop(0)).toEqual([{ task: 3, because: 0 }]);
      schedule.freeSlot();
      schedule.done(1);
      expect(taken(schedule)).toEqual([2]);
    });

    it('ResourcePool tells the first resource of which there is too little', () => {
      const pool = new ResourcePool({ memory: 4 });
      expect(pool.lacking({ memory: 4 })).toBeUndefined();
      expect(pool.lacking({ memory: 5 })).toEqual({ resource: 'memory', wanted: 5, total: 4 });
      expect(pool.lacking({ gpu: 1 })).toEqual({ resource: 'gpu', wanted: 1, total: 0 });
    });
  });

  describe('Ugly', () => {
    it('Schedule lets nobody pass who needs what a more urgent task waits for', () => {
      const nodes = ['big', 'small', 'other', 'free'].map((name) => node(name));
      const needs = [{ memory: 3 }, { memory: 1 }, { gpu: 1 }, undefined];
      const schedule = scheduleOf([node('holder'), ...nodes], {
        needs: [{ memory: 2 }, ...needs],
        resources: { memory: 4, gpu: 1 },
        priority: Float64Array.of(9, 5, 4, 3, 2),
      });
      expect(taken(schedule)).toEqual([0, 3, 4]);
      schedule.freeResources(0);
      expect(taken(schedule)).toEqual([1, 2]);
    });

    it('Schedule.giveUp takes out the most urgent of the tasks that cannot start', () => {
      const schedule = scheduleOf([node('a'), node('b')], { needs: [{ x: 2 }, { x: 1 }], resources: { x: 0 } });
      expect([schedule.take(), schedule.giveUp(), schedule.giveUp(), schedule.giveUp()]).toEqual([
        undefined,
        0,
        1,
        undefined,
      ]);
    });

    it('Schedule never has more at once than slots and resources allow, and runs everything', () => {
      const need = fc.record({ a: fc.nat({ max: 3 }), b: fc.nat({ max: 3 }) }, { requiredKeys: [] });
      const tasks = fc.array(fc.record({ need, after: fc.array(fc.nat({ max: 19 }), { maxLength: 3 }) }), {
        maxLength: 20,
      });
      fc.assert(
        fc.property(tasks, fc.integer({ min: 1, max: 4 }), fc.nat(), (specs, slots, seed) => {
          const random = numbersFrom(seed);
          const nodes = specs.map(({ after }, at) => node(String(at), ...after.filter((to) => to < at).map(String)));
          const needs = specs.map((spec) => spec.need);
          const schedule = scheduleOf(nodes, { slots, needs, resources: { a: 3, b: 4 } });
          const running: number[] = [];
          const over = new Set<number>();
          for (let next = schedule.take(); running.length > 0 || next !== undefined; next = schedule.take()) {
            if (next !== undefined) {
              expect(graphOf(nodes).before[next]?.every((task) => over.has(task))).toBe(true);
              running.push(next);
              expect(running.length).toBeLessThanOrEqual(slots);
              for (const [name, total] of [
                ['a', 3],
                ['b', 4],
              ] as const) {
                expect(running.reduce((sum, task) => sum + (needs[task]?.[name] ?? 0), 0)).toBeLessThanOrEqual(total);
              }
              if (random() < 0.5) continue;
            }
            const [task = -1] = running.splice(Math.floor(random() * running.length), 1);
            over.add(task);
            schedule.freeSlot();
            schedule.freeResources(task);
            schedule.done(task);
          }
          expect(over.size).toBe(nodes.length);
        }),
      );
    });

    it('Schedule goes along a chain of 10,000, and drops one', () => {
      const nodes = Array.from({ length: 10_000 }, (_, at) => node(String(at), ...(at === 0 ? [] : [String(at - 1)])));
      const schedule = scheduleOf(nodes, { slots: 1 });
      for (let at = 0; at < 5000; at += 1) {
        expect(schedule.take()).toBe(at);
        schedule.freeSlot();
        schedule.done(at);
      }
      expect(schedule.take()).toBe(5000);
      expect(schedule.drop(5000)).toHaveLength(4999);
    });

    it('Heap gives back what it was given, in order', () => {
      fc.assert(
        fc.property(fc.array(fc.integer()), (numbers) => {
          const heap = new Heap((a, b) => a < b);
          for (const number of numbers) heap.push(number);
          expect(heap.size).toBe(numbers.length);
          const out: number[] = [];
          for (let next = heap.pop(); next !== undefined; next = heap.pop()) out.push(next);
          expect(out).toEqual(numbers.toSorted((a, b) => a - b));
        }),
      );
    });

    it('longerChain tells both ends of a long chain, and how many are between', () => {
      let chain = chainOf('t0');
      for (let at = 1; at <= 4; at += 1) chain = longerChain(`t${String(at)}`, chain);
      expect(formatChain(chain)).toBe('t4 → t3 → t2 → t1 → t0');
      for (let at = 5; at < 10_000; at += 1) chain = longerChain(`t${String(at)}`, chain);
      expect(formatChain(chain)).toBe('t9999 → t9998 → t9997 → t9996 → … 9992 more … → t3 → t2 → t1 → t0');
    });
  });
});
