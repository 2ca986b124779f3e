import { describe, expect, it } from '@jest/globals';

import { SharedAnswer } from '../../src/hypervisors/shared-answer.ts';

/** A search whose end the test decides. */
function heldSearch(): {
  readonly find: (signal: AbortSignal) => Promise<string>;
  readonly signals: AbortSignal[];
  readonly answer: (text: string) => void;
} {
  const signals: AbortSignal[] = [];
  let answer: (text: string) => void = () => undefined;
  const find = (signal: AbortSignal): Promise<string> => {
    signals.push(signal);
    return new Promise((resolve, reject) => {
      answer = resolve;
      signal.addEventListener('abort', () => {
        reject(signal.reason as Error);
      });
    });
  };
  return {
    find,
    signals,
    answer: (text) => {
      answer(text);
    },
  };
}

describe('Good', () => {
  it('get() looks once for all who ask, and remembers', async () => {
    const shared = new SharedAnswer<string>();
    const { find, signals, answer } = heldSearch();
    const asked = [shared.get('a', find), shared.get('a', find)];
    answer('yes');
    expect(await Promise.all([...asked, shared.get('a', find)])).toEqual(['yes', 'yes', 'yes']);
    expect(signals).toHaveLength(1);
    await shared.get('b', () => Promise.resolve('no'));
    expect(await shared.get('b', find)).toBe('no');
  });
});

describe('Bad', () => {
  it('get() keeps no answer that is not to be kept', async () => {
    const shared = new SharedAnswer<string>((answer) => answer !== 'not yet');
    expect(await shared.get('a', () => Promise.resolve('not yet'))).toBe('not yet');
    expect(await shared.get('a', () => Promise.resolve('now'))).toBe('now');
    expect(await shared.get('a', () => Promise.resolve('later'))).toBe('now');
  });

  it('get() begins anew after a failure', async () => {
    const shared = new SharedAnswer<string>();
    await expect(shared.get('a', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await shared.get('a', () => Promise.resolve('fine'))).toBe('fine');
  });

  it('get() does not begin for whoever has given up', async () => {
    const reason = new Error('enough');
    const { find, signals } = heldSearch();
    await expect(new SharedAnswer<string>().get('a', find, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(signals).toEqual([]);
  });
});

describe('Ugly', () => {
  it('get() goes on while one still waits, and ends the search when the last one gives up', async () => {
    const shared = new SharedAnswer<string>();
    const { find, signals } = heldSearch();
    const [first, second] = [new AbortController(), new AbortController()];
    const asked = [shared.get('a', find, first.signal), shared.get('a', find, second.signal)];
    const reasons = [new Error('first'), new Error('second')];
    first.abort(reasons[0]);
    await expect(asked[0]).rejects.toBe(reasons[0]);
    expect(signals[0]?.aborted).toBe(false);
    second.abort(reasons[1]);
    await expect(asked[1]).rejects.toBe(reasons[1]);
    expect(signals[0]?.aborted).toBe(true);
    expect(await shared.get('a', () => Promise.resolve('anew'))).toBe('anew');
  });
});
