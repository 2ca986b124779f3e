import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { OutputEncoding } from '../../src/output/encoding.ts';
import { linesOf, type OutputLine } from '../../src/output/lines.ts';
import { BatchCutter } from '../../src/output/batch-cutter.ts';
import type { Passage } from '../../src/output/passage.ts';
import { type Splitter, splitterOf } from '../../src/output/splitter.ts';
import { TextSplitter } from '../../src/output/text-splitter.ts';

const splitterFor = (label: string, maxLineBytes: number): Splitter => {
  const encoding = OutputEncoding.of(label);
  if (encoding === undefined) throw new Error(`${label} is unknown`);
  return splitterOf('stdout', { encoding, maxLineBytes });
};
const outputLines = (passages: readonly Passage[]): OutputLine[] => new BatchCutter().all(passages).flatMap(linesOf);
const texts = (label: string, chunks: readonly Uint8Array[], max = 1024): string[] => {
  const splitter = splitterFor(label, max);
  const passages = [...chunks.map((chunk) => splitter.push(chunk)), splitter.end()];
  return passages.flatMap(outputLines).map(({ line, partial }) => (partial ? `${line}…` : line));
};
const bytewise = (bytes: Buffer): Uint8Array[] => [...bytes].map((byte) => Uint8Array.of(byte));

describe('Good', () => {
  it('TextSplitter is for every encoding but UTF-8', () => {
    expect(splitterFor('utf16le', 4)).toBeInstanceOf(TextSplitter);
    expect(splitterFor('utf8', 4)).not.toBeInstanceOf(TextSplitter);
  });

  it('TextSplitter takes both line ends off, however the bytes come', () => {
    const bytes = Buffer.from('one\n€😀\r\n\nlast', 'utf16le');
    expect(texts('utf16le', [bytes])).toEqual(['one', '€😀', '', 'last']);
    expect(texts('utf16le', bytewise(bytes))).toEqual(['one', '€😀', '', 'last']);
    expect(texts('shift_jis', bytewise(Buffer.of(0x93, 0xfa, 0x0a, 0x96, 0x7b)))).toEqual(['日', '本']);
  });

  it('TextSplitter gives a line over the limit in pieces, all but the last marked', () => {
    expect(texts('latin1', [Buffer.from('abcdefghij\nabcd\r\nk')], 4)).toEqual(['abcd…', 'efgh…', 'ij', 'abcd', 'k']);
  });
});

describe('Bad', () => {
  it('TextSplitter shows a character that was never completed', () => {
    expect(texts('utf16le', [Buffer.of(0x61, 0x00, 0x62)])).toEqual(['a\ufffd']);
  });
});

describe('Ugly', () => {
  const pieces = fc.array(fc.constantFrom('a', 'bc', '€', '😀', '\n', '\r\n', '\r', 'word'), { maxLength: 60 });

  it('TextSplitter gives the same as one for UTF-8 would, and tears no character', () => {
    fc.assert(
      fc.property(pieces, fc.integer({ min: 4, max: 20 }), fc.integer({ min: 1, max: 9 }), (words, max, size) => {
        const text = words.join('');
        const bytes = Buffer.from(text, 'utf16le');
        const chunks: Uint8Array[] = [];
        for (let from = 0; from < bytes.length; from += size) chunks.push(bytes.subarray(from, from + size));
        const lines = texts('utf16le', chunks, max);
        expect(lines).toEqual(texts('utf16le', [bytes], max));
        expect(lines.every((line) => line.isWellFormed() && line.length <= max + 1)).toBe(true);
        const whole = lines.map((line) => (line.endsWith('…') ? line.slice(0, -1) : `${line}\n`)).join('');
        const expected = texts('utf8', [Buffer.from(text)]).map((line) => `${line}\n`);
        expect(whole).toBe(expected.join(''));
      }),
      { numRuns: 300 },
    );
  });

  it('TextSplitter works through a line of 16 MiB with the memory of one piece', () => {
    const splitter = splitterFor('latin1', 65_536);
    const chunk = Buffer.alloc(65_536, 'x');
    let length = 0;
    for (let i = 0; i < 256; i += 1) {
      for (const { line, partial } of outputLines(splitter.push(chunk))) {
        expect([line.length, partial]).toEqual([65_536, true]);
        length += line.length;
      }
    }
    for (const { line } of outputLines(splitter.end())) length += line.length;
    expect(length).toBe(256 * 65_536);
  });
});
