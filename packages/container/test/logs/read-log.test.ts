import { MemoryMedium } from '@core/io';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { logsFrom, readLog } from '../../src/logs/read-log.ts';
import { allOf, logOf, textOf } from './support.ts';

const PATH = 'vm/console.log';

/** Bytes in pieces of these lengths, and what is left. */
async function* inPieces(bytes: Uint8Array, lengths: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (const length of lengths) {
    yield await Promise.resolve(bytes.subarray(at, at + length));
    at += length;
  }
  yield bytes.subarray(at);
}

/** A log to which a line is written each time that somebody opens it. */
class Flooded extends MemoryMedium {
  override async open(...args: Parameters<MemoryMedium['open']>): ReturnType<MemoryMedium['open']> {
    const handle = await super.open(...args);
    await this.append(PATH, 'line\n');
    return handle;
  }
}

describe('Good', () => {
  it('readLog gives the bytes of all pieces from the oldest on', async () => {
    const medium = await logOf('a1\na2\n', 'b1\nb', '2\nc1\n', 'd1');
    const logs = readLog(medium, PATH);
    expect(await textOf(logs)).toBe('a1\na2\nb1\nb2\nc1\nd1');
    expect(await textOf(logs)).toBe('a1\na2\nb1\nb2\nc1\nd1');
    expect(await allOf(logs.lines())).toEqual(['a1', 'a2', 'b1', 'b2', 'c1', 'd1']);
  });

  it('readLog gives the last lines, in whichever pieces they are', async () => {
    const medium = await logOf('a1\na2\n', '', 'b1\nb', '2\nc1\n', 'd1');
    const all = ['a1', 'a2', 'b1', 'b2', 'c1', 'd1'];
    for (let tail = 0; tail <= 8; tail += 1) {
      expect(await allOf(readLog(medium, PATH, { tail }).lines())).toEqual(tail === 0 ? [] : all.slice(-tail));
    }
  });

  it('readLog gives nothing of a log that is not there', async () => {
    const medium = new MemoryMedium({ 'vm/other.log': 'x', 'vm/console.log.old': 'x', 'vm/console.log.01': 'x' });
    expect(await textOf(readLog(medium, PATH))).toBe('');
    expect(await textOf(readLog(medium, PATH, { tail: 5 }))).toBe('');
    expect(await textOf(readLog(medium, 'nowhere/console.log'))).toBe('');
  });

  it('Logs.lines leaves out the line ends of consoles, and nothing else', async () => {
    const medium = await logOf('\r\n  two \r\r\n\rthree\r4\n\u{feff}five\0\n\n');
    expect(await allOf(readLog(medium, PATH).lines())).toEqual(['', '  two ', '\rthree\r4', '\u{feff}five\0', '']);
  });

  it('Logs.lines decodes UTF-8 across the borders of chunks', async () => {
    const bytes = Buffer.from('grün 🚀\nß');
    const lines = logsFrom(() => inPieces(bytes, Array<number>(bytes.length).fill(1))).lines();
    expect(await allOf(lines)).toEqual(['grün 🚀', 'ß']);
  });
});

describe('Bad', () => {
  it('readLog refuses a tail that is no number of lines', () => {
    for (const tail of [-1, 1.5, Number.NaN, '5' as unknown as number]) {
      expect(() => readLog(new MemoryMedium(), PATH, { tail })).toThrow(RangeError);
    }
  });

  it('readLog rejects with the reason of a signal, also in the middle', async () => {
    const medium = await logOf('x'.repeat(200_000), 'y');
    const reason = new Error('enough');
    const controller = new AbortController();
    const logs = readLog(medium, PATH, { signal: controller.signal })[Symbol.asyncIterator]();
    await logs.next();
    controller.abort(reason);
    await expect(textOf({ [Symbol.asyncIterator]: () => logs })).rejects.toBe(reason);
    await expect(textOf(readLog(medium, PATH, { signal: controller.signal }))).rejects.toBe(reason);
  });

  it('readLog tells what the medium refuses', async () => {
    const medium = new MemoryMedium({ 'vm/console.log/in-the-way': '' });
    await expect(textOf(readLog(medium, PATH))).rejects.toMatchObject({ code: 'EISDIR' });
  });
});

describe('Ugly', () => {
  it('readLog gives as many last lines as are wanted of a console that is flooded', async () => {
    const medium = new Flooded({ [PATH]: 'line\n'.repeat(10) });
    for (const tail of [0, 2, 5]) expect(await allOf(readLog(medium, PATH, { tail }).lines())).toHaveLength(tail);
  });

  it('Logs.lines is the text cut at its newlines, wherever the bytes are cut', async () => {
    const pieces = fc.constantFrom('\n', '\r\n', 'a', 'ü', '🚀', '\r', ' ', 'ab\ncd');
    await fc.assert(
      fc.asyncProperty(fc.array(pieces), fc.array(fc.nat(5)), async (words, lengths) => {
        const text = words.join('');
        const lines = await allOf(logsFrom(() => inPieces(Buffer.from(text), lengths)).lines());
        const wanted = text.split('\n').map((line) => line.replace(/\r+$/, ''));
        if (text.endsWith('\n') || text === '') wanted.pop();
        expect(lines).toEqual(wanted);
      }),
    );
  });

  it('readLog gives the last lines as they would be cut from the whole, whatever the pieces are', async () => {
    const piece = fc.array(fc.constantFrom('\n', 'a', 'bc', '\n\n'), { maxLength: 8 }).map((words) => words.join(''));
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 12 }),
        async (pieces, tail) => {
          const whole = pieces.join('');
          const ends = whole.endsWith('\n') ? whole.length - 1 : whole.length;
          const start = whole.slice(0, ends).split('\n').slice(0, -tail).join('\n');
          const wanted = start === '' && !whole.startsWith('\n') ? whole : undefined;
          const given = await textOf(readLog(await logOf(...pieces), PATH, { tail }));
          if (wanted !== undefined) expect(given).toBe(wanted);
          else expect(whole.endsWith(given)).toBe(true);
          expect(given.split('\n').length - (given.endsWith('\n') || given === '' ? 1 : 0)).toBe(
            Math.min(tail, whole.split('\n').length - (whole.endsWith('\n') || whole === '' ? 1 : 0)),
          );
        },
      ),
    );
  });

  it('Logs.lines gives a line of any length, in parts where it never ends, and is quick with a hostile one', async () => {
    const long = 'x'.repeat(900_000);
    const returns = `${'\r'.repeat(900_000)}y`;
    expect(await allOf(readLog(await logOf(`${long}\n${returns}\n`), PATH).lines())).toEqual([long, returns]);
    const parts = await allOf(readLog(await logOf('z'.repeat(5_000_000)), PATH).lines());
    expect(parts.length).toBeGreaterThan(2);
    expect(parts.join('')).toBe('z'.repeat(5_000_000));
  });

  it('Logs.lines shows bytes that are no UTF-8 as such', async () => {
    const bytes = Buffer.from([0x61, 0xff, 0x0a, 0xc3]);
    expect(await allOf(logsFrom(() => inPieces(bytes, [])).lines())).toEqual(['a\u{fffd}', '\u{fffd}']);
  });

  it('readLog goes on with the next piece where the oldest was removed meanwhile', async () => {
    const medium = await logOf('a'.repeat(100_000), 'b', 'c', 'd');
    const logs = readLog(medium, PATH)[Symbol.asyncIterator]();
    await logs.next();
    await medium.delete(`${PATH}.1`);
    await medium.delete(`${PATH}.2`);
    const rest = await textOf({ [Symbol.asyncIterator]: () => logs });
    expect(rest).toBe(`${'a'.repeat(100_000 - 65_536)}cd`); // what is open can be read to its end
  });
});
