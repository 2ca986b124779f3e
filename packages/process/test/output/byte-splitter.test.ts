import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { ByteSplitter } from '../../src/output/byte-splitter.ts';
import { type LineBatch, linesOf, type OutputLine } from '../../src/output/lines.ts';
import { BatchCutter } from '../../src/output/batch-cutter.ts';
import type { Passage } from '../../src/output/passage.ts';

const batches = (passages: readonly Passage[]): LineBatch[] => new BatchCutter().all(passages);
const outputLines = (passages: readonly Passage[]): OutputLine[] => batches(passages).flatMap(linesOf);
const split = (chunks: readonly (string | Uint8Array)[], maxLineBytes = 1024): OutputLine[] => {
  const splitter = new ByteSplitter('stdout', maxLineBytes);
  const passages = [...chunks.map((chunk) => splitter.push(Buffer.from(chunk))), splitter.end()];
  return passages.flatMap(outputLines);
};
const texts = (chunks: readonly (string | Uint8Array)[], maxLineBytes?: number): string[] =>
  split(chunks, maxLineBytes).map(({ line, partial }) => (partial ? `${line}…` : line));

/** Cuts bytes at the given places. */
const cutAt = (bytes: Uint8Array, places: readonly number[]): Uint8Array[] => {
  const cuts = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return cuts.slice(1).map((end, index) => bytes.subarray(cuts[index], end));
};

describe('Good', () => {
  it('ByteSplitter takes both line ends off', () => {
    expect(split(['one\ntwo\r\n\nfour\n'])).toEqual(
      ['one', 'two', '', 'four'].map((line) => ({ stream: 'stdout', line })),
    );
  });

  it('ByteSplitter gives a last line without a line end', () => {
    expect(texts(['one\ntwo'])).toEqual(['one', 'two']);
    expect(texts(['one\n'])).toEqual(['one']);
    expect(texts([])).toEqual([]);
  });

  it('ByteSplitter puts a line together that came in many chunks', () => {
    expect(texts(['a', 'b', 'c\nd', '', '\r', '\ne'])).toEqual(['abc', 'd', 'e']);
  });

  it('ByteSplitter decodes characters across the borders of chunks', () => {
    const bytes = Buffer.from('€uro 😀\n');
    expect(texts([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(['€uro 😀']);
  });

  it('ByteSplitter gives a line over the limit in pieces, all but the last marked', () => {
    expect(split(['abcdefghij\nk\n'], 4)).toEqual([
      { stream: 'stdout', line: 'abcd', partial: true },
      { stream: 'stdout', line: 'efgh', partial: true },
      { stream: 'stdout', line: 'ij' },
      { stream: 'stdout', line: 'k' },
    ]);
  });

  it('ByteSplitter gives a line of just the limit whole, with either line end', () => {
    expect(texts(['abcd\nabcd\r\nabcd'], 4)).toEqual(['abcd', 'abcd', 'abcd']);
    expect(texts(['abcd', '\n', 'abcd', '\r', '\n', 'abcd'], 4)).toEqual(['abcd', 'abcd', 'abcd']);
  });

  it('ByteSplitter gives the lines of a chunk as one batch, which a piece of a line ends', () => {
    const splitter = new ByteSplitter('stdout', 4);
    expect(batches(splitter.push(Buffer.from('a\nb\nabcdefg\nc\nd')))).toEqual([
      { stream: 'stdout', lines: ['a', 'b', 'abcd'], partial: true },
      { stream: 'stdout', lines: ['efg', 'c'] },
    ]);
  });

  it('ByteSplitter lets go of a piece before the line has an end', () => {
    const splitter = new ByteSplitter('stderr', 4);
    expect(batches(splitter.push(Buffer.from('abcdef')))).toEqual([
      { stream: 'stderr', lines: ['abcd'], partial: true },
    ]);
  });
});

describe('Bad', () => {
  it('ByteSplitter shows bytes that are no UTF-8 as U+FFFD and goes on', () => {
    expect(texts([Uint8Array.of(0x61, 0xff, 0x0a, 0x62, 0x0a)])).toEqual(['a\uFFFD', 'b']);
  });

  it('ByteSplitter keeps a carriage return that ends no line', () => {
    expect(texts(['10%\r20%\r\n', 'last\r'])).toEqual(['10%\r20%', 'last\r']);
  });
});

describe('Ugly', () => {
  const pieces = fc.array(fc.constantFrom('a', 'bc', '€', '😀', '\n', '\r\n', '\r', 'word'), { maxLength: 60 });

  it('ByteSplitter gives the same whatever the chunks and the limit', () => {
    fc.assert(
      fc.property(
        pieces,
        fc.array(fc.nat(), { maxLength: 12 }),
        fc.integer({ min: 4, max: 20 }),
        (words, cuts, max) => {
          const bytes = Buffer.from(words.join(''));
          expect(split(cutAt(bytes, cuts), max)).toEqual(split([bytes], max));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('ByteSplitter tears no character and loses none, in pieces of any length', () => {
    fc.assert(
      fc.property(pieces, fc.integer({ min: 4, max: 20 }), (words, max) => {
        const text = words.join('');
        const lines = split([text], max);
        const whole = lines.map(({ line, partial }) => (partial ? line : `${line}\n`)).join('');
        const expected = text.replaceAll('\r\n', '\n');
        expect(whole).toBe(expected === '' || expected.endsWith('\n') ? expected : `${expected}\n`);
        for (const { line } of lines) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(max + 1);
      }),
      { numRuns: 500 },
    );
  });

  it('ByteSplitter takes 700,000 characters of three bytes in odd chunks without one U+FFFD', () => {
    const bytes = Buffer.from(`${'€'.repeat(1000)}\n`.repeat(700));
    const splitter = new ByteSplitter('stdout', 1_048_576);
    const lines: OutputLine[] = [];
    for (let from = 0; from < bytes.length; from += 65_537)
      lines.push(...outputLines(splitter.push(bytes.subarray(from, from + 65_537))));
    expect(lines).toHaveLength(700);
    expect(lines.every(({ line }) => line === '€'.repeat(1000))).toBe(true);
  });

  it('ByteSplitter works through a line of 64 MiB with the memory of one piece', () => {
    const splitter = new ByteSplitter('stdout', 1_048_576);
    const chunk = Buffer.alloc(65_536, 'x');
    let bytes = 0;
    for (let i = 0; i < 1024; i += 1) {
      for (const { line, partial } of outputLines(splitter.push(chunk))) {
        expect(partial).toBe(true);
        bytes += line.length;
      }
    }
    const rest = outputLines(splitter.end());
    expect(rest.every(({ line }) => line.length <= 1_048_576)).toBe(true);
    expect(bytes + rest.reduce((sum, { line }) => sum + line.length, 0)).toBe(64 * 1_048_576);
  });
});
