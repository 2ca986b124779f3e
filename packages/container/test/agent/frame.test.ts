import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { encodeFrame, type Frame, FrameParser, HEADER_SIZE, MAX_PAYLOAD } from '../../src/agent/frame.ts';

const frames = fc.record({
  session: fc.nat(0xff_ff_ff_ff),
  channel: fc.nat(0xff_ff_ff_ff),
  type: fc.nat(255),
  payload: fc.uint8Array({ maxLength: 300 }),
});
/** Bytes that look like the beginning of a frame, more often than not. */
const noise = fc.oneof(
  fc.uint8Array({ maxLength: 80 }),
  fc.constantFrom('C', 'CO', 'CORE', 'CORECORE').map((text) => Uint8Array.from(Buffer.from(text))),
);

function read(parser: FrameParser, bytes: Uint8Array, cuts: readonly number[]): Frame[] {
  const found: Frame[] = [];
  let rest = bytes;
  for (const cut of [...cuts, bytes.length]) {
    found.push(...parser.push(rest.subarray(0, cut)));
    rest = rest.subarray(cut);
  }
  return found;
}

function plain(all: readonly Frame[]): unknown[] {
  return all.map((frame) => ({ ...frame, payload: [...frame.payload] }));
}

describe('Good', () => {
  it('FrameParser finds each frame that encodeFrame made, however the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(frames), fc.array(fc.integer({ min: 0, max: 60 })), (sent, cuts) => {
        const bytes = Buffer.concat(sent.map(encodeFrame));
        expect(plain(read(new FrameParser(), bytes, cuts))).toEqual(plain(sent));
      }),
    );
  });

  it('encodeFrame has the bytes that the protocol tells', () => {
    const bytes = encodeFrame({ session: 1, channel: 2, type: 3, payload: Buffer.from('123456789') });
    const [header, payload] = [bytes.subarray(0, HEADER_SIZE), bytes.subarray(HEADER_SIZE)];
    expect(header.toString('hex', 0, 20)).toBe('434f5245' + '00000001' + '00000002' + '03000009' + 'cbf43926');
    expect(payload.toString()).toBe('123456789');
  });
});

describe('Bad', () => {
  it('encodeFrame refuses a payload that is too long, and FrameParser passes over a header that promises one', () => {
    const frame = { session: 1, channel: 1, type: 1, payload: new Uint8Array(MAX_PAYLOAD) };
    expect(new FrameParser().push(encodeFrame(frame))).toHaveLength(1);
    expect(() => encodeFrame({ ...frame, payload: new Uint8Array(MAX_PAYLOAD + 1) })).toThrow(RangeError);
  });
});

describe('Ugly', () => {
  it('FrameParser finds every frame between bytes that are none', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(noise, frames)), fc.array(fc.nat(60)), (sent, cuts) => {
        const bytes = Buffer.concat(sent.flatMap(([before, frame]) => [before, encodeFrame(frame)]));
        expect(plain(read(new FrameParser(), bytes, cuts))).toEqual(plain(sent.map(([, frame]) => frame)));
      }),
    );
  });

  it('FrameParser passes over a frame with a wrong bit, and finds the one in it', () => {
    fc.assert(
      fc.property(frames, fc.nat(), fc.nat(7), (inner, place, bit) => {
        const outer = encodeFrame({ session: 9, channel: 9, type: 9, payload: encodeFrame(inner) });
        const at = place % HEADER_SIZE;
        outer.writeUInt8((outer[at] ?? 0) ^ (1 << bit), at);
        expect(plain(new FrameParser().push(outer))).toEqual(plain([inner]));
      }),
    );
  });

  it('FrameParser finds what comes behind a frame that was never finished, once as many bytes have come', () => {
    const [cut, next] = [1, 2].map((session) =>
      encodeFrame({ session, channel: 1, type: 1, payload: new Uint8Array(1000) }),
    );
    const parser = new FrameParser();
    expect(parser.push(cut?.subarray(0, 500) ?? Buffer.alloc(0))).toEqual([]);
    expect(parser.push(next ?? Buffer.alloc(0))).toHaveLength(1);
  });
});
