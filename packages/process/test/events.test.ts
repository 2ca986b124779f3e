import { describe, expect, it } from '@jest/globals';

import { isolated, type ProcessExited } from '../src/events.ts';

const exited: ProcessExited = { id: 'proc-1', exitCode: 0, killSignal: undefined, durationMs: 1, error: undefined };

describe('Good', () => {
  it('isolated hands events on', () => {
    const heard: unknown[] = [];
    isolated({ exited: (event) => heard.push(event) }).exited?.(exited);
    expect(heard).toEqual([exited]);
  });
});

describe('Bad', () => {
  it('isolated has no listener where there is none, so that nothing is decoded for it', () => {
    expect(isolated({})).toEqual({});
  });
});

describe('Ugly', () => {
  it('isolated keeps what a listener throws to itself', () => {
    const { exited: tell } = isolated({
      exited: () => {
        throw new Error('harm');
      },
    });
    expect(() => tell?.(exited)).not.toThrow();
  });

  it('isolated takes one who cannot say whether lines are wanted for one who wants none', () => {
    const { wantsLines } = isolated({
      wantsLines: () => {
        throw new Error('harm');
      },
    });
    expect(wantsLines?.()).toBe(false);
    expect(isolated({ wantsLines: () => true }).wantsLines?.()).toBe(true);
  });
});
