import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { RingBuffer } from '../../src/output/ring-buffer.ts';

const filled = (capacity: number, ...chunks: (string | Uint8Array)[]): RingBuffer => {
  const ring = new RingBuffer(capacity);
  for (const chunk of chunks) ring.write(Buffer.from(chunk));
  return ring;
};

describe('Good', () => {
  it('RingBuffer keeps everything up to its capacity', () => {
    const ring = filled(8, 'abc', 'def');
    expect(ring.toString()).toBe('abcdef');
    expect([ring.length, ring.capacity, ring.totalWritten, ring.truncated]).toEqual([6, 8, 6, false]);
  });

  it('RingBuffer keeps the end of more than its capacity', () => {
    const ring = filled(8, 'abcdef', 'ghij', 'k');
    expect(ring.toString()).toBe('defghijk');
    expect([ring.length, ring.totalWritten, ring.truncated]).toEqual([8, 11, true]);
  });

  it('RingBuffer.write keeps the end of a chunk longer than the capacity', () => {
    expect(filled(4, 'ab', '0123456789').toString()).toBe('6789');
  });

  it('RingBuffer.write copies: the chunk may change afterwards', () => {
    const chunk = Buffer.from('abc');
    const ring = filled(8);
    ring.write(chunk);
    chunk.fill('x');
    expect(ring.toString()).toBe('abc');
  });

  it('RingBuffer.bytes is a copy', () => {
    const ring = filled(8, 'abc');
    ring.bytes().fill(0);
    expect(ring.toString()).toBe('abc');
  });

  it('RingBuffer.clear forgets content and counts, and the buffer can be used again', () => {
    const ring = filled(4, 'abcdef');
    ring.clear();
    expect([ring.length, ring.totalWritten, ring.truncated, ring.toString()]).toEqual([0, 0, false, '']);
    ring.write(Buffer.from('xy'));
    expect(ring.toString()).toBe('xy');
  });

  it('RingBuffer takes memory as it is needed', () => {
    const before = process.memoryUsage().arrayBuffers;
    const rings = Array.from({ length: 64 }, () => filled(64 * 1024 * 1024, 'a line\n'));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 1024 * 1024);
    expect(rings).toHaveLength(64);
  });
});

describe('Bad', () => {
  it.each([0, -1, 1.5, NaN, Infinity, 2 ** 60])('RingBuffer refuses the capacity %d', (capacity) => {
    expect(() => new RingBuffer(capacity)).toThrow(RangeError);
  });

  it('RingBuffer refuses what is not bytes', () => {
    expect(() => {
      new RingBuffer(4).write('text' as unknown as Uint8Array);
    }).toThrow('bytes must be a Uint8Array, not string');
  });
});

describe('Ugly', () => {
  it('RingBuffer holds what a slice of everything written would, for any chunks', () => {
    const chunks = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 30 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 64 }), chunks, (capacity, written) => {
        const ring = filled(capacity, ...written);
        const all = Buffer.concat(written);
        expect(Buffer.from(ring.bytes())).toEqual(all.subarray(Math.max(0, all.length - capacity)));
        expect(ring.totalWritten).toBe(all.length);
        expect(ring.truncated).toBe(all.length > capacity);
      }),
    );
  });

  it('RingBuffer grows past its first memory without losing a byte', () => {
    const all = Buffer.from(Array.from({ length: 20_000 }, (_, i) => i % 251));
    const ring = new RingBuffer(16_384);
    for (let from = 0; from < all.length; from += 777) ring.write(all.subarray(from, from + 777));
    expect(Buffer.from(ring.bytes()).equals(all.subarray(-16_384))).toBe(true);
  });

  it('RingBuffer.toString never begins or ends inside a character', () => {
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 32 }), fc.string({ unit: 'grapheme', maxLength: 40 }), (capacity, text) => {
        const bytes = Buffer.from(text);
        for (let end = 0; end <= bytes.length; end += 1) {
          const shown = filled(capacity, bytes.subarray(0, end)).toString();
          expect(text).toContain(shown);
          expect(Buffer.byteLength(shown)).toBeGreaterThanOrEqual(Math.min(capacity, end) - 6);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('RingBuffer.toString shows bytes that are no UTF-8 as U+FFFD', () => {
    expect(filled(16, Uint8Array.of(0x80, 0x61, 0xff, 0x62)).toString()).toBe('\uFFFDa\uFFFDb');
  });
});
