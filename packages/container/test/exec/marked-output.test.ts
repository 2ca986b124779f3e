import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { MarkedOutput } from '../../src/exec/marked-output.ts';

const MARK = 'core-0123';
const noise = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom('\u0001', '\u0001core', '\u0001core-0123', '\u0001core-0124:start\n', '\u0001\u0001core-0123', '\n'),
);

/** What comes out of the text when it is cut so. */
function read(text: string, cuts: readonly number[]): { output: string; heard: string[]; marked: MarkedOutput } {
  const heard: string[] = [];
  const marked = new MarkedOutput(MARK, {
    start: () => heard.push('start'),
    ready: () => heard.push('ready'),
    dir: () => heard.push('dir'),
    exit: (code) => heard.push(`exit ${String(code)}`),
  });
  const pieces: Uint8Array[] = [];
  let rest = Buffer.from(text);
  for (const cut of [...cuts, rest.length]) {
    pieces.push(...marked.push(rest.subarray(0, cut)));
    rest = rest.subarray(cut);
  }
  pieces.push(...marked.rest());
  return { output: Buffer.concat(pieces).toString(), heard, marked };
}

describe('Good', () => {
  it('MarkedOutput passes exactly what is between start and exit, however it is cut', () => {
    fc.assert(
      fc.property(noise, fc.array(noise), noise, fc.array(fc.nat(12)), (before, inner, after, cuts) => {
        const output = inner.join('');
        const text = `${before}\u0001core-0123:start:\n${output}\u0001core-0123:exit:7\r\n${after}`;
        const result = read(text, cuts);
        expect(result.heard).toEqual(['start', 'exit 7']);
        expect(result.output).toBe(Buffer.from(output).toString());
        expect(result.marked.isComplete).toBe(true);
      }),
    );
  });

  it('MarkedOutput hears a word into which a terminal shows what is typed', () => {
    const { heard, output } = read('\u0001core-0123:start::\r\nabc\u0001core-0123:exit:7:typed\r\n\r\n', []);
    expect([heard, output]).toEqual([['start', 'exit 7'], 'abc']);
  });

  it('MarkedOutput hands on at once what can be no word', () => {
    const marked = new MarkedOutput(MARK, {});
    marked.push(Buffer.from('\u0001core-0123:start:\n'));
    expect(marked.push(Buffer.from('prompt> '))).toEqual([Buffer.from('prompt> ')]);
    expect(marked.push(Buffer.from('\u0001cor'))).toEqual([]);
    expect(Buffer.concat(marked.push(Buffer.from('!')))).toEqual(Buffer.from('\u0001cor!'));
  });
});

describe('Bad', () => {
  it('MarkedOutput keeps the end of what came before a start that never came', () => {
    const { output, heard, marked } = read(`${'x'.repeat(20_000)}\nPermission denied (publickey).\n`, [9000]);
    expect([output, heard, marked.isComplete]).toEqual(['', [], false]);
    expect(marked.preamble).toHaveLength(8191);
    expect(marked.preamble.endsWith('\nPermission denied (publickey).')).toBe(true);
  });
});

describe('Ugly', () => {
  it('MarkedOutput gives at the end what it had held back', () => {
    expect(read('\u0001core-0123:start:\nabc\u0001core-0123:ex', [19, 2]).output).toBe('abc\u0001core-0123:ex');
  });
});
