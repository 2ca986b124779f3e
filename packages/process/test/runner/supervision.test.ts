import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import type { RestartOptions } from '../../src/runner/run-spec.ts';
import {
  checkRestart,
  STARTING,
  supervise,
  type Supervision,
  type SupervisionEvent,
} from '../../src/runner/supervision.ts';

const ready = (atMs = 0): SupervisionEvent => ({ type: 'ready', atMs });
const ended = (atMs = 0, ok = false): SupervisionEvent => ({ type: 'ended', atMs, ok });

/** Where a service is after these events. */
const after = (events: readonly SupervisionEvent[], restart?: RestartOptions): Supervision =>
  events.reduce((supervision, event) => supervise(supervision, event, restart), STARTING);

/** The waits before the restarts of a service that never comes up. */
const delays = (restart: RestartOptions): (number | undefined)[] => {
  const waits: (number | undefined)[] = [];
  for (let now = STARTING; ; now = supervise(now, { type: 'waited' }, restart)) {
    now = supervise(now, ended(), restart);
    if (now.state !== 'BACKOFF') return waits;
    waits.push(now.delayMs);
  }
};

describe('Good', () => {
  it('supervise goes from STARTING to RUNNING to STOPPING to STOPPED', () => {
    const states = [ready(), { type: 'stop' }, { type: 'stopped' }] as const;
    expect(states.map((_, i) => after(states.slice(0, i + 1)).state)).toEqual(['RUNNING', 'STOPPING', 'STOPPED']);
  });

  it('supervise starts nothing again without `restart`', () => {
    expect(after([ended()]).state).toBe('EXITED');
    expect(after([ready(), ended(5)]).state).toBe('EXITED');
  });

  it('supervise starts again by the policy: what ended well only with `always`', () => {
    expect(after([ready(), ended(5, true)], {}).state).toBe('EXITED');
    expect(after([ready(), ended(5, false)], {}).state).toBe('BACKOFF');
    expect(after([ready(), ended(5, true)], { policy: 'always' }).state).toBe('BACKOFF');
  });

  it('supervise takes any end before it was ready for a failure', () => {
    expect(after([ended(5, true)], {}).state).toBe('BACKOFF');
  });

  it('supervise doubles the wait up to the longest and gives up after `maxRestarts`', () => {
    expect(delays({})).toEqual([500, 1000, 2000]);
    expect(delays({ maxRestarts: 6, minDelayMs: 100, maxDelayMs: 1000 })).toEqual([100, 200, 400, 800, 1000, 1000]);
    expect(delays({ maxRestarts: 0 })).toEqual([]);
    expect(after([ended()], { maxRestarts: 0 }).state).toBe('FATAL');
  });

  it('supervise counts anew after one that was up for `minUptimeMs`', () => {
    const restart = { maxRestarts: 1, minUptimeMs: 100 };
    const once = [ready(0), ended(5), { type: 'waited' }] as const;
    expect(after([...once, ready(10), ended(109)], restart).state).toBe('FATAL');
    expect(after([...once, ready(10), ended(110)], restart)).toEqual({ state: 'BACKOFF', restarts: 1, delayMs: 500 });
  });

  it('supervise never starts again what cannot be started', () => {
    expect(after([{ type: 'unstartable' }], { policy: 'always' }).state).toBe('FATAL');
  });
});

describe('Bad', () => {
  it.each([
    [{ policy: 'never' }, /restart\.policy must be "always" or "on-failure", not "never"/],
    [{ maxRestarts: -1 }, /restart\.maxRestarts/],
    [{ minUptimeMs: 0.5 }, /restart\.minUptimeMs/],
    [{ minDelayMs: 2 ** 31 }, /restart\.minDelayMs/],
    [{ maxDelayMs: NaN }, /restart\.maxDelayMs/],
  ])('checkRestart refuses %j', (restart, message) => {
    expect(() => {
      checkRestart(restart as RestartOptions);
    }).toThrow(message);
  });

  it('checkRestart lets good options pass', () => {
    checkRestart({ policy: 'always', maxRestarts: 0, minUptimeMs: 0, minDelayMs: 0, maxDelayMs: 0 });
    checkRestart({});
  });
});

const anyEvent: fc.Arbitrary<SupervisionEvent> = fc.oneof(
  fc.record({ type: fc.constant('ready' as const), atMs: fc.nat() }),
  fc.record({ type: fc.constant('ended' as const), atMs: fc.nat(), ok: fc.boolean() }),
  ...(['unstartable', 'waited', 'stop', 'stopped'] as const).map((type) => fc.constant({ type })),
);

describe('Ugly', () => {
  it('supervise, whatever happens in whichever order, leaves what is over alone and never passes its limits', () => {
    fc.assert(
      fc.property(fc.array(anyEvent), fc.nat(5), (events, maxRestarts) => {
        const restart = { policy: 'always', maxRestarts, maxDelayMs: 2000 } as const;
        let now: Supervision = STARTING;
        for (const event of events) {
          const next = supervise(now, event, restart);
          if (['STOPPED', 'EXITED', 'FATAL'].includes(now.state)) expect(next).toBe(now);
          expect(next.restarts).toBeLessThanOrEqual(maxRestarts);
          expect(next.delayMs ?? 0).toBeLessThanOrEqual(2000);
          now = next;
        }
      }),
    );
  });

  it('supervise lets nothing start again what was stopped', () => {
    const stop = { type: 'stop' } as const;
    expect(after([ended(), stop, { type: 'waited' }, ready(), ended()], {}).state).toBe('STOPPING');
    expect(after([stop, { type: 'unstartable' }], {}).state).toBe('STOPPING');
  });
});
