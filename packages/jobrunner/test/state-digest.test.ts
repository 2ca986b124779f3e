import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { actionKey, workOf } from '../src/action-key.ts';
import type { PipelineSignal } from '../src/pipeline-signal.ts';
import { stateDigest } from '../src/state-digest.ts';
import { anySignal } from './support/any-signal.ts';

const STATE = [
  ...(['prState', 'isDraft', 'mergeable', 'checkStatus', 'threadsTotal', 'threadsResolved', 'lastCommitSha'] as const),
  ...(['needsCoding', 'assignee', 'childTicked', 'childState'] as const),
];
const REST = ['issueTitle', 'issueBody', 'lastCommitAt', 'lastReviewAt'] as const;

/** The signal with some properties of another one. */
function mixed(one: PipelineSignal, other: PipelineSignal, names: readonly (keyof PipelineSignal)[]): PipelineSignal {
  return { ...one, ...Object.fromEntries(names.map((name) => [name, other[name]])) };
}

describe('stateDigest', () => {
  describe('Good', () => {
    it('stateDigest is the same exactly where the state is', () => {
      fc.assert(
        fc.property(anySignal, anySignal, (one, other) => {
          const isSame = STATE.every((name) => one[name] === other[name]);
          expect(stateDigest(one) === stateDigest(other)).toBe(isSame);
        }),
      );
    });

    it.each(STATE)('stateDigest changes with %s', (name) => {
      fc.assert(
        fc.property(anySignal, anySignal, (one, other) => {
          fc.pre(one[name] !== other[name]);
          expect(stateDigest(mixed(one, other, [name]))).not.toBe(stateDigest(one));
        }),
        { numRuns: 30 },
      );
    });

    it('stateDigest changes with no text and no date, nor with the order of the properties', () => {
      fc.assert(
        fc.property(anySignal, anySignal, (one, other) => {
          const turned = Object.fromEntries(Object.entries(mixed(one, other, REST)).toReversed()) as typeof one;
          expect(stateDigest(turned)).toBe(stateDigest(one));
        }),
      );
    });
  });
});

describe('actionKey', () => {
  describe('Good', () => {
    it('actionKey is the same exactly where source, work, handler and state are', () => {
      const word = fc.constantFrom('a', 'b', 'a"', 'a,b');
      const identity = fc.record({ source: word, handler: word, pipelineSignal: anySignal });
      fc.assert(
        fc.property(identity, identity, fc.boolean(), (one, other, isSameWork) => {
          const second = isSameWork ? { ...other, pipelineSignal: one.pipelineSignal } : other;
          const [a, b] = [one.pipelineSignal, second.pipelineSignal];
          const isSame =
            one.source === second.source &&
            one.handler === second.handler &&
            workOf(a) === workOf(b) &&
            STATE.every((name) => a[name] === b[name]);
          expect(actionKey(one) === actionKey(second)).toBe(isSame);
        }),
      );
    });

    it('actionKey tells the children apart that one pull request closes', () => {
      fc.assert(
        fc.property(anySignal, (pipelineSignal) => {
          const identity = { source: 'github', handler: 'tick_parent', pipelineSignal };
          const other = { ...pipelineSignal, childNumber: pipelineSignal.childNumber + 1 };
          expect(actionKey({ ...identity, pipelineSignal: other })).not.toBe(actionKey(identity));
        }),
        { numRuns: 20 },
      );
    });
  });

  describe('Ugly', () => {
    it('actionKey stays what it is: journals of years ago hold it', () => {
      const pipelineSignal: PipelineSignal = {
        ...{ epicNumber: 299, childNumber: 212, prNumber: 316, repoOwner: 'host-uk', repoName: 'core' },
        ...{ prState: 'OPEN', isDraft: true, mergeable: 'UNKNOWN', checkStatus: 'SUCCESS' },
        ...{ threadsTotal: 0, threadsResolved: 0, lastCommitSha: '4f2a9c1', needsCoding: false },
      };
      expect(actionKey({ source: 'github', handler: 'publish_draft', pipelineSignal })).toBe(
        'e01a6c499922f2e5c2c70abb9afc737544249989b41f1e55a2ae931cccff7c4f',
      );
    });
  });
});
