import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { Capture } from '../../src/output/capture.ts';
import { OutputEncoding } from '../../src/output/encoding.ts';
import type { StreamName } from '../../src/output/stream-name.ts';

const ALL = { stdout: 1024, stderr: 1024 };
const write = (capture: Capture, stream: StreamName, data: string | Uint8Array): void => {
  capture.write(stream, Buffer.from(data));
};

describe('Good', () => {
  it('Capture keeps the streams apart and the order in which they arrived', () => {
    const capture = new Capture(ALL);
    write(capture, 'stdout', 'a');
    write(capture, 'stderr', 'B');
    write(capture, 'stdout', 'c');
    write(capture, 'stdout', 'd');
    expect([capture.ring('stdout')?.toString(), capture.ring('stderr')?.toString()]).toEqual(['acd', 'B']);
    expect(capture.text()).toBe('aBcd');
    expect([...capture.parts()].map(({ stream }) => stream)).toEqual(['stdout', 'stderr', 'stdout']);
  });

  it('Capture does not let one stream push out the other', () => {
    const capture = new Capture({ stdout: 4, stderr: 4 });
    write(capture, 'stdout', 'ok');
    write(capture, 'stderr', 'x'.repeat(1000));
    expect(capture.text()).toBe('okxxxx');
    expect(capture.truncated).toBe(true);
  });

  it('Capture.text completes a character whose halves arrived around the other stream', () => {
    const capture = new Capture(ALL);
    const euro = Buffer.from('€');
    write(capture, 'stdout', euro.subarray(0, 1));
    write(capture, 'stderr', '!');
    write(capture, 'stdout', euro.subarray(1));
    expect(capture.text()).toBe('!€');
    expect(capture.bytes()).toEqual(Buffer.concat([euro.subarray(0, 1), Buffer.from('!'), euro.subarray(1)]));
  });
});

describe('Bad', () => {
  it('Capture.text has no half character at the beginning and the end, in any encoding that tells', () => {
    const capture = new Capture({ stdout: 6, stderr: 0 }, OutputEncoding.of('utf16le'));
    write(capture, 'stdout', Buffer.from('a😀b€', 'utf16le').subarray(0, -1));
    expect(capture.text('stdout')).toBe('b');
    expect([capture.text('stderr'), capture.text()]).toEqual(['', 'b']);
  });

  it('Capture keeps nothing of a stream of size 0', () => {
    const capture = new Capture({ stdout: 0, stderr: 8 });
    write(capture, 'stdout', 'a');
    write(capture, 'stderr', 'b');
    expect([capture.ring('stdout'), capture.text(), capture.truncated]).toEqual([undefined, 'b', false]);
  });
});

describe('Ugly', () => {
  it('Capture has, for any writes, the end of each stream in the order of arrival', () => {
    const writes = fc.array(fc.tuple(fc.boolean(), fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 9 })), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(writes, fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }), (all, stdout, stderr) => {
        const capture = new Capture({ stdout, stderr });
        const tagged: { stream: StreamName; byte: string }[] = [];
        for (const [isOut, text] of all) {
          const stream = isOut ? 'stdout' : 'stderr';
          write(capture, stream, text);
          for (const byte of text) tagged.push({ stream, byte });
        }
        const kept = { stdout, stderr };
        const expected = tagged
          .toReversed()
          .filter(({ stream }) => (kept[stream] -= 1) >= 0)
          .toReversed();
        expect(capture.text()).toBe(expected.map(({ byte }) => byte).join(''));
      }),
      { numRuns: 500 },
    );
  });

  it('Capture forgets the order of what it has forgotten', () => {
    const capture = new Capture({ stdout: 16, stderr: 16 });
    for (let i = 0; i < 10_000; i += 1) write(capture, i % 2 === 0 ? 'stdout' : 'stderr', String(i % 10));
    expect([...capture.parts()]).toHaveLength(32);
    expect(capture.text()).toBe('89012345678901234567890123456789');
  });
});
