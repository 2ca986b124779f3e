import { describe, expect, it } from '@jest/globals';

import { describeOutcome, isOwnFault, type Outcome } from '../src/outcome.ts';

const stopped = { kind: 'signaled', killSignal: 'SIGTERM', by: 'stop' } as const;

describe('Good', () => {
  it.each<[Outcome, string]>([
    [{ kind: 'exited', code: 3 }, 'it exited with code 3'],
    [{ ...stopped, escalated: false }, 'it was stopped with SIGTERM'],
    [{ kind: 'timedOut', timeoutMs: 50, idle: false, escalated: false }, 'it did not end within 50 ms and was stopped'],
    [{ kind: 'timedOut', timeoutMs: 50, idle: true, escalated: false }, 'it said nothing for 50 ms and was stopped'],
    [{ kind: 'aborted', reason: 'no', escalated: false }, 'it was aborted and stopped'],
  ])('describeOutcome of %j is "%s"', (outcome, sentence) => {
    expect(describeOutcome(outcome)).toBe(sentence);
  });
});

describe('Bad', () => {
  it.each<[Outcome, string]>([
    [{ kind: 'signaled', killSignal: 'SIGSEGV', by: 'self', escalated: false }, 'it crashed with SIGSEGV'],
    [
      { kind: 'signaled', killSignal: 'SIGKILL', by: 'outside', escalated: false },
      'it was ended by SIGKILL from outside',
    ],
    [{ kind: 'spawnFailed', code: 'ENOENT', what: 'dir' }, 'it could not be started (ENOENT)'],
  ])('describeOutcome of %j is "%s"', (outcome, sentence) => {
    expect(describeOutcome(outcome)).toBe(sentence);
  });

  it('isOwnFault tells a crash from an order', () => {
    expect([isOwnFault('SIGSEGV'), isOwnFault('SIGABRT'), isOwnFault('SIGTERM'), isOwnFault('SIGKILL')]).toEqual([
      ...[true, true, false, false],
    ]);
  });
});

describe('Ugly', () => {
  it('describeOutcome says when the polite signal was not enough', () => {
    const forced = 'killed, because the polite signal did not end it';
    expect(describeOutcome({ ...stopped, escalated: true })).toBe(`it was ${forced}`);
    expect(describeOutcome({ kind: 'aborted', reason: 0, escalated: true })).toBe(`it was aborted and ${forced}`);
  });
});
