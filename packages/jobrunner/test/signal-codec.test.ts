import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { decodeSignal, encodeSignal, isSignal } from '../src/signal-codec.ts';
import { anySignal } from './support/any-signal.ts';
import { draft } from './poller/support/fixtures.ts';

describe('signalCodec', () => {
  describe('Good', () => {
    it('decodeSignal gives back what encodeSignal was given', () => {
      fc.assert(
        fc.property(anySignal, (pipelineSignal) => {
          const back = decodeSignal(encodeSignal(pipelineSignal));
          expect(back).toEqual(pipelineSignal);
          expect(Object.hasOwn(back, 'prState')).toBe(true);
        }),
      );
    });

    it('encodeSignal writes dates as ISO 8601, and nothing that it does not know', () => {
      const lastCommitAt = new Date('2026-02-05T12:00:00Z');
      const text = encodeSignal({ ...draft({ lastCommitAt }), token: 'ghp_x' } as never);
      expect(JSON.parse(text)).toEqual({ ...draft(), lastCommitAt: '2026-02-05T12:00:00.000Z' });
    });

    it('decodeSignal leaves out what it does not know', () => {
      const text = JSON.stringify({ ...draft(), later: 1, constructor: 2 });
      expect(decodeSignal(text)).toEqual(draft());
    });
  });

  describe('Bad', () => {
    it.each([
      ['epicNumber', { epicNumber: '1' }],
      ['prNumber', { prNumber: -1 }],
      ['childNumber', { childNumber: 1.5 }],
      ['prState', { prState: 'open' }],
      ['mergeable', { mergeable: undefined }],
      ['lastReviewAt', { lastReviewAt: new Date(Number.NaN) }],
      ['repoOwner', { repoOwner: undefined }],
      ['childTicked', { childTicked: null }],
    ])('encodeSignal and isSignal refuse a wrong %s', (name, change) => {
      const wrong = { ...draft(), ...change } as never;
      expect(() => encodeSignal(wrong)).toThrow(new RegExp(`^pipelineSignal\\.${name} `));
      expect(isSignal(wrong)).toBe(false);
    });

    it.each(['', '1', 'null', '[]', '{}', '{"epicNumber":1}', '{"__proto__":{"epicNumber":1}}'])(
      'decodeSignal refuses %s',
      (text) => {
        expect(() => decodeSignal(text)).toThrow(TypeError);
      },
    );

    it.each([null, undefined, 1, 'x', []])('isSignal says no to %p', (value) => {
      expect(isSignal(value)).toBe(false);
    });
  });

  describe('Ugly', () => {
    it('decodeSignal throws a TypeError, or gives a signal, whatever it reads', () => {
      fc.assert(
        fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
          try {
            expect(isSignal(decodeSignal(text))).toBe(true);
          } catch (error) {
            expect((error as Error).name).toBe('TypeError');
          }
        }),
      );
    });
  });
});
