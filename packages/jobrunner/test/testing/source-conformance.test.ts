import { describe, expect, it } from '@jest/globals';

import type { JobSource } from '../../src/job-source.ts';
import { sourceConformance } from '../../src/testing/source-conformance.ts';
import { draft } from '../poller/support/fixtures.ts';
import { openSource, TOKEN, type ToyServer, ToySource } from './support/toy.ts';

let made = 0;

/** A toy source that does something otherwise. */
function faulty(
  change: (source: ToySource, server: ToyServer) => Partial<JobSource>,
): (server: ToyServer) => JobSource {
  return (server) => Object.assign(new ToySource(server), change(new ToySource(server), server));
}

const FAULTY: readonly (readonly [string, (server: ToyServer) => JobSource, string])[] = [
  [
    'calls itself anew',
    faulty(() => ({ name: `toy${String((made += 1))}` })),
    'name is one word, and the same every time',
  ],
  ['finds nothing', faulty(() => ({ poll: () => Promise.resolve([]) })), 'poll() gives signals, one or more'],
  [
    'gives half of a signal',
    faulty(() => ({ poll: () => Promise.resolve([{ ...draft(), mergeable: undefined } as never]) })),
    'poll() gives signals, one or more',
  ],
  [
    'gives work twice',
    faulty((toy) => ({ poll: async (options) => [...(await toy.poll(options)), ...(await toy.poll(options))] })),
    'poll() names each piece of work once',
  ],
  [
    'is blind where nothing has changed',
    faulty((toy) => {
      let polls = 0;
      return { poll: (options) => ((polls += 1) === 1 ? toy.poll(options) : Promise.resolve([])) };
    }),
    'poll() gives every signal again where nothing has changed',
  ],
  [
    'remembers what it saw first',
    faulty((toy) => {
      let first: Promise<never[]> | undefined;
      return { poll: (options) => (first ??= toy.poll(options) as Promise<never[]>) };
    }),
    'poll() sees what has changed, and leaves alone what it gave before',
  ],
  [
    'changes what it gave',
    faulty((toy) => {
      const given: object = {};
      return { poll: async (options) => [Object.assign(given, (await toy.poll(options))[0])] as never };
    }),
    'poll() sees what has changed, and leaves alone what it gave before',
  ],
  [
    'cannot report failures',
    faulty(() => ({ report: ({ error }) => Promise.reject(new Error(error)) })),
    'report() takes what was done, and what failed',
  ],
  [
    'takes a failure for an empty list',
    faulty((toy) => ({ poll: (options) => toy.poll(options).catch(() => []) })),
    'poll() rejects where its server fails from the first',
  ],
  [
    'gives what it knew before where its server fails',
    faulty((toy) => {
      let last: Awaited<ReturnType<ToySource['poll']>> = [];
      return { poll: async (options) => (last = await toy.poll(options).catch(() => last)) };
    }),
    'poll() rejects where its server fails, and is as before when that works again',
  ],
  [
    'polls although it was aborted',
    faulty((toy) => ({ poll: () => toy.poll({ signal: new AbortController().signal }) })),
    'poll() rejects with the reason where it was aborted before',
  ],
  [
    'wraps the reason',
    faulty((toy) => ({
      poll: (options) =>
        toy.poll(options).catch((cause: unknown) => Promise.reject(new Error('poll failed', { cause }))),
    })),
    'poll() rejects with the reason where it is aborted while it waits',
  ],
  [
    'shows its token',
    faulty((toy) => ({
      poll: (options) => toy.poll(options).catch(() => Promise.reject(new Error('502', { cause: new Error(TOKEN) }))),
    })),
    'poll() keeps its secret',
  ],
];

describe('sourceConformance', () => {
  describe('Good', () => {
    it.each(sourceConformance().map((one) => [one.name, one] as const))('%s', async (_, { run }) => {
      await run({ open: openSource((server) => new ToySource(server)) });
    });

    it('sourceConformance has a name for each case', () => {
      const names = sourceConformance().map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
    });
  });

  describe('Bad', () => {
    it.each(FAULTY)('sourceConformance finds a source that %s', async (_, make, name) => {
      const found = sourceConformance().find((one) => one.name === name);
      const tried = found?.run({ open: openSource(make) }) ?? Promise.resolve();
      await expect(tried).rejects.toBeInstanceOf(Error);
    });

    it('sourceConformance has a faulty source for each case', () => {
      expect(new Set(FAULTY.map(([, , name]) => name))).toEqual(new Set(sourceConformance().map(({ name }) => name)));
    });
  });
});
