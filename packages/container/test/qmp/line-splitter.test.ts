import fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';

import { LineSplitter } from '../../src/qmp/line-splitter.ts';

describe('Good', () => {
  it('LineSplitter gives the same lines wherever the chunks begin and end', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), fc.array(fc.nat(40)), (texts, cuts) => {
        const bytes = Buffer.from(texts.map((text) => `${text}\r\n`).join(''));
        const splitter = new LineSplitter(1_000_000);
        const lines: string[] = [];
        let at = 0;
        for (const length of [...cuts, bytes.length]) {
          lines.push(...splitter.push(bytes.subarray(at, at + length)));
          at += length;
        }
        const wanted = texts.flatMap((text) => text.split('\n')).map((line) => line.trim());
        expect(lines).toEqual(wanted.filter((line) => line !== ''));
      }),
    );
  });

  it('LineSplitter does not mind that a chunk is overwritten after it was taken', () => {
    const splitter = new LineSplitter(100);
    const chunk = Buffer.from('begin');
    expect(splitter.push(chunk)).toEqual([]);
    chunk.fill('x');
    expect(splitter.push(Buffer.from('ning\n'))).toEqual(['beginning']);
  });
});

describe('Ugly', () => {
  it('LineSplitter refuses a line that is too long, in one chunk or in many', () => {
    expect(() => new LineSplitter(4).push(Buffer.from('12345\n'))).toThrow('a line is longer than 4 bytes');
    const splitter = new LineSplitter(4);
    splitter.push(Buffer.from('1234'));
    expect(() => splitter.push(Buffer.from('5'))).toThrow(RangeError);
  });
});
