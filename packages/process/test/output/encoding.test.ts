import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { OutputEncoding } from '../../src/output/encoding.ts';

const encodingOf = (label: string): OutputEncoding => {
  const encoding = OutputEncoding.of(label);
  if (encoding === undefined) throw new Error(`${label} is unknown`);
  return encoding;
};
/** Decoded a byte at a time. */
const decoded = (label: string, bytes: Iterable<number>): string => {
  const text = encodingOf(label).text();
  return [...bytes].map((byte) => text.write(Uint8Array.of(byte))).join('') + text.end();
};

describe('Good', () => {
  it('OutputEncoding.of knows the names of Node and the labels of the Encoding Standard', () => {
    const names = ['utf8', 'UTF-8', 'latin1', 'binary', 'utf16le', 'utf-16', 'iso-8859-1', 'sjis', 'windows-1252'];
    expect(names.map((name) => encodingOf(name).name)).toEqual([
      ...['utf-8', 'utf-8', 'latin1', 'latin1', 'utf-16le', 'utf-16le', 'windows-1252', 'shift_jis', 'windows-1252'],
    ]);
  });

  it('OutputEncoding.text decodes characters that come byte by byte', () => {
    expect(decoded('utf8', Buffer.from('€ 😀'))).toBe('€ 😀');
    expect(decoded('utf16le', Buffer.from('a€ 😀\n', 'utf16le'))).toBe('a€ 😀\n');
    expect(decoded('shift_jis', [0x93, 0xfa, 0x96, 0x7b, 0x0a])).toBe('日本\n');
    expect(decoded('utf-16be', [0x20, 0xac, 0x00, 0x0a])).toBe('€\n');
  });

  it('OutputEncoding.text has every byte of latin1, and the right 32 characters of windows-1252', () => {
    const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const characters = (label: string): string[] => Array.from(decoded(label, all));
    expect(characters('latin1').map((character) => character.charCodeAt(0))).toEqual([...all]);
    expect(decoded('windows-1252', [0x80, 0x92, 0x99, 0x9f, 0xe9, 0x41])).toBe('€’™Ÿé\u0041');
    const isTheSame = (_: string, byte: number): boolean => byte < 0x80 || byte > 0x9f;
    expect(characters('windows-1252').filter(isTheSame)).toEqual(characters('latin1').filter(isTheSame));
  });

  it('OutputEncoding.text keeps a byte order mark, which is a character', () => {
    expect(decoded('utf8', Buffer.from('\ufeffa'))).toBe('\ufeffa');
    expect(decoded('utf16le', Buffer.from('\ufeffa', 'utf16le'))).toBe('\ufeffa');
  });
});

describe('Bad', () => {
  it('OutputEncoding.of knows no other names', () => {
    for (const label of ['', 'klingon', 'base64', 'hex', 'replacement', 'utf-7']) {
      expect(OutputEncoding.of(label)).toBeUndefined();
    }
  });

  it('OutputEncoding.text shows what is no character as U+FFFD', () => {
    expect(decoded('utf8', [0x61, 0xff])).toBe('a\ufffd');
    expect(decoded('utf16le', [0x61, 0x00, 0x3d, 0xd8])).toBe('a\ufffd');
  });
});

describe('Ugly', () => {
  it('OutputEncoding.firstWhole finds the first whole character after any cut, where that can be found', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 4, maxLength: 20 });
    fc.assert(
      fc.property(text, fc.constantFrom('utf8' as const, 'utf16le' as const), fc.nat(12), (all, label, cut) => {
        const bytes = Buffer.from(all.toWellFormed(), label);
        const rest = bytes.subarray(Math.min(cut, bytes.length));
        const whole = rest.subarray(encodingOf(label).firstWhole(rest, bytes.length - rest.length));
        expect(all.toWellFormed().endsWith(decoded(label, whole))).toBe(true);
        expect(rest.length - whole.length).toBeLessThan(4);
      }),
    );
  });

  it('OutputEncoding.firstWhole has nothing to go by in other encodings', () => {
    expect(encodingOf('shift_jis').firstWhole(Uint8Array.of(0x93, 0xfa), 1)).toBe(0);
  });

  it('OutputEncoding.endsLine and secondLine see line ends of two bytes only where one can be', () => {
    const utf16 = encodingOf('utf16le');
    const lines = Buffer.from('a\nb\n', 'utf16le');
    expect([utf16.secondLine(lines, 0), utf16.endsLine(lines, 0)]).toEqual([4, true]);
    expect([utf16.secondLine(lines.subarray(1), 1), utf16.endsLine(lines.subarray(1), 1)]).toEqual([3, true]);
    // U+0A00 and U+000A of the other byte order are no line ends
    expect([utf16.secondLine(Buffer.of(0, 0x0a), 0), utf16.endsLine(Buffer.of(0, 0x0a), 0)]).toEqual([-1, false]);
    expect(utf16.secondLine(Buffer.of(0x61, 0x0a, 0x00, 0x62), 0)).toBe(-1);
    const big = encodingOf('utf-16be');
    expect([big.secondLine(Buffer.of(0, 0x0a), 0), big.endsLine(Buffer.of(0x0a), 1)]).toEqual([2, false]);
    const utf8 = encodingOf('utf8');
    expect([utf8.secondLine(Buffer.from('a\nb'), 7), utf8.secondLine(Buffer.from('ab'), 0)]).toEqual([2, -1]);
    expect([utf8.endsLine(Buffer.from('a\n'), 0), utf8.endsLine(Buffer.from('a'), 0)]).toEqual([true, false]);
  });
});
