import fc from 'fast-check';

import type { PipelineSignal } from '../../src/pipeline-signal.ts';

const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
const date = fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true });

/** Any signal; often two of them have something in common. */
export const anySignal: fc.Arbitrary<PipelineSignal> = fc.record({
  epicNumber: fc.nat(2),
  childNumber: fc.nat(2),
  prNumber: fc.nat(2),
  repoOwner: fc.constantFrom('host-uk', 'a'),
  repoName: fc.constantFrom('core', 'b'),
  prState: fc.constantFrom('OPEN', 'MERGED', 'CLOSED', undefined),
  isDraft: fc.boolean(),
  mergeable: fc.constantFrom('MERGEABLE', 'CONFLICTING', 'UNKNOWN'),
  checkStatus: fc.constantFrom('SUCCESS', 'FAILURE', 'PENDING', 'NONE', 'UNKNOWN'),
  threadsTotal: fc.nat(3),
  threadsResolved: fc.nat(3),
  lastCommitSha: fc.constantFrom('', '4f2a9c1', 'beef123'),
  lastCommitAt: maybe(date),
  lastReviewAt: maybe(date),
  needsCoding: fc.boolean(),
  assignee: maybe(fc.constantFrom('', 'bot', 'null')),
  issueTitle: maybe(fc.string()),
  issueBody: maybe(fc.string({ unit: 'grapheme' })),
  childTicked: maybe(fc.boolean()),
  childState: maybe(fc.constantFrom('OPEN', 'CLOSED')),
});
