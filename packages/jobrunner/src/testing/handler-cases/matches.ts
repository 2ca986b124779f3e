import { equal, match } from 'node:assert/strict';

import { decodeSignal, encodeSignal } from '../../signal-codec.ts';
import type { HandlerConformanceCase, HandlerSubject, OpenHandler } from '../handler-conformance.ts';

/** One case, with a handler of its own. */
export function behaviour(name: string, run: (open: OpenHandler) => Promise<void>): HandlerConformanceCase {
  return {
    name,
    async run(subject) {
      await using open = await subject.open();
      await run(open);
    },
  };
}

/** What a handler says of a signal. */
export const matches: readonly HandlerConformanceCase[] = [
  {
    name: 'name is one word, and the same every time',
    async run(subject: HandlerSubject): Promise<void> {
      await using one = await subject.open();
      await using other = await subject.open();
      match(one.handler.name, /^[\w.:/@ -]{1,100}$/);
      equal(one.handler.name, other.handler.name);
    },
  },
  behaviour(
    'match() says yes where there is something to do, and no elsewhere',
    async ({ handler, matching, others }) => {
      await Promise.resolve();
      equal(handler.match(matching), true);
      for (const other of others) equal(handler.match(other), false, JSON.stringify(other));
    },
  ),
  behaviour('match() looks at the signal only, and leaves it alone', async (open) => {
    const { handler, matching, others, state } = open;
    const before = JSON.stringify(state());
    for (const one of [matching, ...others]) {
      const text = encodeSignal(one);
      const answer = handler.match(Object.freeze({ ...one }));
      equal(handler.match(one), answer);
      equal(handler.match(decodeSignal(text)), answer);
      equal(encodeSignal(one), text);
    }
    await open.setBroken(true);
    equal(handler.match(matching), true);
    equal(JSON.stringify(state()), before);
  }),
];
