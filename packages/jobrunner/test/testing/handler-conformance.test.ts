import { describe, expect, it } from '@jest/globals';

import type { JobHandler } from '../../src/job-handler.ts';
import { handlerConformance } from '../../src/testing/handler-conformance.ts';
import { done } from '../poller/support/fixtures.ts';
import { openHandler, TOKEN, ToyHandler, type ToyServer } from './support/toy.ts';

let made = 0;

type Make = (server: ToyServer) => JobHandler;

/** A toy handler that does something otherwise. */
function faulty(change: (toy: ToyHandler) => Partial<JobHandler>): Make {
  return (server) => {
    const toy = new ToyHandler(server);
    const other = change(toy);
    return Object.assign(Object.create(toy) as ToyHandler, other);
  };
}

const never = new AbortController().signal;

const FAULTY: readonly (readonly [string, Make, string])[] = [
  [
    'calls itself anew',
    faulty(() => ({ name: `toy${String((made += 1))}` })),
    'name is one word, and the same every time',
  ],
  [
    'matches everything',
    faulty(() => ({ match: () => true })),
    'match() says yes where there is something to do, and no elsewhere',
  ],
  [
    'asks the server',
    faulty((toy) => ({ match: (one) => !toy.server.isBroken && toy.match(one) })),
    'match() looks at the signal only, and leaves it alone',
  ],
  [
    'only says that it did its work',
    faulty(() => ({ execute: (one) => Promise.resolve(done(one)) })),
    'execute() does its work, and says so',
  ],
  [
    'gives a result of other work',
    faulty((toy) => ({ execute: async (one, options) => ({ ...(await toy.execute(one, options)), prNumber: 1 }) })),
    'execute() does its work, and says so',
  ],
  [
    'comments every time',
    (server): JobHandler => {
      const toy = new ToyHandler(server);
      const act = toy.execute.bind(toy);
      return Object.assign(toy, {
        execute: (...given: Parameters<typeof act>) => {
          toy.comments += 1;
          return act(...given);
        },
      });
    },
    'execute() changes nothing more the second time',
  ],
  [
    'believes its signal',
    faulty((toy) => ({
      execute: async (one, { signal }) => {
        const now = await toy.server.ask(signal);
        toy.server.pull = { ...now, isDraft: false };
        return done(one);
      },
    })),
    'execute() looks at the server before it acts, for the signal may be out of date',
  ],
  [
    'takes a failure for a success',
    faulty((toy) => ({ execute: (one, options) => toy.execute(one, options).catch(() => done(one)) })),
    'execute() does not say that it is done where its server fails, and does it when that works again',
  ],
  [
    'acts although it was aborted',
    faulty((toy) => ({ execute: (one) => toy.execute(one, { signal: never }) })),
    'execute() does nothing where it was aborted before',
  ],
  [
    'wraps the reason',
    faulty((toy) => ({
      execute: (one, options) =>
        toy.execute(one, options).catch((cause: unknown) => Promise.reject(new Error('no', { cause }))),
    })),
    'execute() rejects with the reason where it is aborted while it waits',
  ],
  [
    'shows its token',
    faulty((toy) => ({
      execute: (one, options) => toy.execute(one, options).catch(() => Promise.reject(new Error(TOKEN))),
    })),
    'execute() keeps its secret',
  ],
];

describe('handlerConformance', () => {
  describe('Good', () => {
    it.each(handlerConformance().map((one) => [one.name, one] as const))('%s', async (_, { run }) => {
      await run({ open: openHandler((server) => new ToyHandler(server)) });
    });

    it('handlerConformance has a name for each case', () => {
      const names = handlerConformance().map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
    });
  });

  describe('Bad', () => {
    it.each(FAULTY)('handlerConformance finds a handler that %s', async (_, make, name) => {
      const found = handlerConformance().find((one) => one.name === name);
      const tried = found?.run({ open: openHandler(make) }) ?? Promise.resolve();
      await expect(tried).rejects.toMatchObject({ name: 'AssertionError' });
    });

    it('handlerConformance has a faulty handler for each case', () => {
      expect(new Set(FAULTY.map(([, , name]) => name))).toEqual(new Set(handlerConformance().map(({ name }) => name)));
    });
  });
});
