import { describe, expect, it } from '@jest/globals';

import { StartQueue } from '../src/start-queue.ts';

describe('Good', () => {
  it('StartQueue.turn gives turns in order, one in each turn of the loop', async () => {
    const queue = new StartQueue();
    const events: string[] = [];
    const turns = [1, 2, 3].map((n) => queue.turn().then(() => events.push(`start ${String(n)}`)));
    const loop = (): void => {
      events.push('loop');
      if (events.filter((event) => event === 'loop').length < 5) setImmediate(loop);
    };
    setImmediate(loop);
    await Promise.all(turns);
    expect(events.filter((event) => event !== 'loop')).toEqual(['start 1', 'start 2', 'start 3']);
    for (const n of [2, 3]) expect(events[events.indexOf(`start ${String(n)}`) - 1]).toBe('loop');
  });
});

describe('Bad', () => {
  it('StartQueue.turn does not make one wait who is alone', async () => {
    const queue = new StartQueue();
    let hasLooped = false;
    setImmediate(() => (hasLooped = true));
    await queue.turn();
    expect(hasLooped).toBe(false);
  });
});

describe('Ugly', () => {
  it('StartQueue.turn does not make one wait who comes long after', async () => {
    const queue = new StartQueue();
    await queue.turn();
    for (let i = 0; i < 4; i += 1) await new Promise((resolve) => setImmediate(resolve));
    let hasLooped = false;
    setImmediate(() => (hasLooped = true));
    await queue.turn();
    expect(hasLooped).toBe(false);
  });
});
