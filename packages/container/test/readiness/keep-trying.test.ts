import { describe, expect, it } from '@jest/globals';

import { type Answer, gapMs, keepTrying } from '../../src/readiness/keep-trying.ts';

/** A try that says nothing until it is given up. */
function silent(signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => {
      resolve('refused');
    });
  });
}

describe('Good', () => {
  it('keepTrying goes on after a refusal, beside a silent try, and after an answer that is none, and ends what is open when it is so', async () => {
    const signals: AbortSignal[] = [];
    const answers = ['refused', undefined, 'refused', 'no', 'yes'] as const;
    await keepTrying((signal) => {
      const answer = answers[signals.push(signal) - 1];
      return answer === undefined ? silent(signal) : Promise.resolve(answer);
    }, {});
    expect(signals.map(({ aborted }) => aborted)).toEqual(answers.map(() => true));
  });
});

describe('Bad', () => {
  it('keepTrying rejects with the reason of the signal, and as a try does', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const trying = keepTrying((signal) => {
      controller.abort(reason);
      return silent(signal);
    }, controller);
    await expect(trying).rejects.toBe(reason);
    const fault = new TypeError('a fault of the program');
    await expect(keepTrying(() => Promise.reject(fault), {})).rejects.toBe(fault);
  });
});

describe('Ugly', () => {
  it('keepTrying does not hurry back to somebody who has too much to do', async () => {
    const begunMs: number[] = [];
    const answers = ['no', 'refused', 'yes'] as const;
    await keepTrying(() => Promise.resolve(answers[begunMs.push(performance.now()) - 1] ?? 'yes'), {});
    const [first = 0, second = 0] = begunMs;
    expect(begunMs).toHaveLength(3);
    expect(second - first).toBeGreaterThan(gapMs(0) - 10);
  });

  it('keepTrying is answered by a guest that works on each connection, also one that nobody waits for, for 2 s', () => {
    let nowMs = 0;
    const begun: number[] = []; // what is left to do for each try, of which the guest does a part of each in turn
    for (let nextMs = 0; !begun.some((left) => left <= 0); nowMs += 10) {
      if (nowMs >= nextMs) {
        begun.push(2_000);
        nextMs = nowMs + gapMs(nowMs);
      }
      for (const at of begun.keys()) begun[at] = (begun[at] ?? 0) - 10 / begun.length;
    }
    expect(begun.findIndex((left) => left <= 0)).toBe(0); // while it is one of the eight that are open
    expect(begun.length).toBeLessThan(9);
    expect(nowMs).toBeLessThan(8_000);
  });
});
