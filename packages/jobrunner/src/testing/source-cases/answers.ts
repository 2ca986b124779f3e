import { deepEqual, equal, match, notDeepEqual, notEqual, ok } from 'node:assert/strict';

import { workOf } from '../../action-key.ts';
import type { PipelineSignal } from '../../pipeline-signal.ts';
import { isSignal } from '../../signal-codec.ts';
import { stateDigest } from '../../state-digest.ts';
import type { OpenSource, SourceConformanceCase, SourceSubject } from '../source-conformance.ts';

/** One case, with a source of its own. */
export function behaviour(name: string, run: (open: OpenSource) => Promise<void>): SourceConformanceCase {
  return {
    name,
    async run(subject) {
      await using open = await subject.open();
      await run(open);
    },
  };
}

/** A signal for those who never abort. */
export function never(): AbortSignal {
  return new AbortController().signal;
}

/** What a source finds. */
export const answers: readonly SourceConformanceCase[] = [
  {
    name: 'name is one word, and the same every time',
    async run(subject: SourceSubject): Promise<void> {
      await using one = await subject.open();
      await using other = await subject.open();
      match(one.source.name, /^[\w.:/@ -]{1,100}$/);
      equal(one.source.name, other.source.name);
    },
  },
  behaviour('poll() gives signals, one or more', async ({ source }) => {
    const signals = await source.poll({ signal: never() });
    notEqual(signals.length, 0);
    for (const one of signals) ok(isSignal(one), `not a signal: ${JSON.stringify(one)}`);
  }),
  behaviour('poll() names each piece of work once', async ({ source }) => {
    const works = (await source.poll({ signal: never() })).map(workOf);
    deepEqual(works, [...new Set(works)]);
  }),
  behaviour('poll() gives every signal again where nothing has changed', async ({ source }) => {
    const first = states(await source.poll({ signal: never() }));
    deepEqual(states(await source.poll({ signal: never() })), first);
    deepEqual(states(await source.poll({ signal: never() })), first);
  }),
  behaviour('poll() sees what has changed, and leaves alone what it gave before', async ({ source, change }) => {
    const given = await source.poll({ signal: never() });
    const [before, text] = [states(given), JSON.stringify(given)];
    await change();
    notDeepEqual(states(await source.poll({ signal: never() })), before);
    equal(JSON.stringify(given), text);
  }),
  behaviour('report() takes what was done, and what failed', async ({ source }) => {
    const [one] = await source.poll({ signal: never() });
    ok(one !== undefined);
    const { repoOwner, repoName, epicNumber, childNumber, prNumber } = one;
    const facts = { repoOwner, repoName, epicNumber, childNumber, prNumber, action: 'conformance' };
    const result = { ...facts, timestamp: new Date(), durationMs: 1, cycle: 1 };
    await source.report({ ...result, success: true }, { signal: never() });
    await source.report({ ...result, success: false, error: 'no luck' }, { signal: never() });
  }),
];

function states(signals: readonly PipelineSignal[]): readonly string[] {
  return signals.map((one) => `${workOf(one)} ${stateDigest(one)}`).sort();
}
