import { PassThrough } from 'node:stream';

import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';

import { IdleClock } from '../src/idle-clock.ts';

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['nextTick'] });
});
afterEach(() => {
  jest.useRealTimers();
});

interface Watched {
  readonly clock: IdleClock;
  readonly said: PassThrough;
  readonly onIdle: ReturnType<typeof jest.fn>;
}

const watch = (idleTimeoutMs: number): Watched => {
  const said = new PassThrough().resume();
  const onIdle = jest.fn();
  return { clock: new IdleClock({ idleTimeoutMs, streams: [said], onIdle }), said, onIdle };
};
/** Lets time pass, and says whether the clock found the process idle. */
const isIdleAfter = ({ onIdle }: Watched, ms: number): boolean => {
  jest.advanceTimersByTime(ms);
  return onIdle.mock.calls.length > 0;
};

describe('Good', () => {
  it('IdleClock calls once when nothing was said for so long', () => {
    const watched = watch(100);
    expect(isIdleAfter(watched, 99)).toBe(false);
    expect(isIdleAfter(watched, 2)).toBe(true);
    jest.advanceTimersByTime(1000);
    expect(watched.onIdle).toHaveBeenCalledTimes(1);
  });

  it('IdleClock counts from the last word', () => {
    const watched = watch(100);
    for (let i = 0; i < 10; i += 1) {
      expect(isIdleAfter(watched, 60)).toBe(false);
      watched.said.emit('data', 'x');
    }
    expect(isIdleAfter(watched, 99)).toBe(false);
    expect(isIdleAfter(watched, 2)).toBe(true);
  });
});

describe('Bad', () => {
  it('IdleClock says nothing once it is stopped', () => {
    const watched = watch(100);
    watched.clock.stop();
    expect(isIdleAfter(watched, 1000)).toBe(false);
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('Ugly', () => {
  it('IdleClock does not call one idle that may not speak', async () => {
    const watched = watch(100);
    watched.said.pause();
    expect(isIdleAfter(watched, 1000)).toBe(false);
    watched.said.resume();
    await new Promise((resolve) => {
      process.nextTick(resolve);
    }); // the stream says then that it flows
    expect(isIdleAfter(watched, 99)).toBe(false);
    expect(isIdleAfter(watched, 101)).toBe(true);
  });

  it('IdleClock hears what came while the event loop was held up', () => {
    const watched = watch(100);
    jest.advanceTimersToNextTimer(); // the time is over, and the turn of the loop is not
    watched.said.emit('data', 'late');
    expect(isIdleAfter(watched, 99)).toBe(false);
    expect(isIdleAfter(watched, 2)).toBe(true);
  });

  it('IdleClock that lets the program end does so also after a word', () => {
    const unref = jest.spyOn(globalThis, 'setTimeout');
    const watched = watch(100);
    watched.clock.unref();
    watched.said.emit('data', 'x');
    jest.advanceTimersByTime(150);
    const timers = unref.mock.results.map(({ value }) => (value as NodeJS.Timeout).hasRef());
    expect(timers).toEqual(timers.map(() => false));
    unref.mockRestore();
  });
});
