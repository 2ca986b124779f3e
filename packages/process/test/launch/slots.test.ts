import { describe, expect, it } from '@jest/globals';

import { Slots } from '../../src/launch/slots.ts';

describe('Good', () => {
  it('Slots.take makes nobody wait while there are free ones', () => {
    const slots = new Slots(2);
    expect([slots.take(), slots.take()]).toEqual([undefined, undefined]);
  });
});

describe('Bad', () => {
  it('Slots.take makes others wait, in the order of their coming', async () => {
    const slots = new Slots(1);
    await slots.take();
    const got: number[] = [];
    const waiting = [1, 2, 3].map(async (n) => {
      await slots.take();
      got.push(n);
    });
    slots.release();
    await waiting[0];
    expect(got).toEqual([1]);
    slots.release();
    slots.release();
    await Promise.all(waiting);
    expect(got).toEqual([1, 2, 3]);
  });
});

describe('Ugly', () => {
  it('Slots.release gives a slot that nobody waits for back', () => {
    const slots = new Slots(1);
    void slots.take();
    slots.release();
    expect(slots.take()).toBeUndefined();
    expect(slots.take()).toBeInstanceOf(Promise);
  });
});
