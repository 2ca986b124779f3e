import { InvalidJsonError, MemoryMedium, readJson, writeJson } from '@core/io';
import { refusalOf } from '@core/io/testing';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { findJsonFault } from '../src/json-fault.ts';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('readJson', () => {
  describe('Good', () => {
    it('gives the value of the file', async () => {
      const medium = new MemoryMedium({ 'a.json': '{"a":[1,null,"é"]}', 'b.json': ' 1e3\n' });
      expect(await readJson(medium, 'a.json')).toEqual({ a: [1, null, 'é'] });
      expect((await readJson<number>(medium, 'b.json')) + 1).toBe(1001);
    });

    it('takes a byte order mark at the beginning', async () => {
      expect(await readJson(new MemoryMedium({ f: '\uFEFF{}' }), 'f')).toEqual({});
    });
  });

  describe('Bad', () => {
    it.each([
      ['', 1, 1],
      ['{"a":}', 1, 6],
      ['{\n  "name": demo\n}', 2, 11],
      ['{\r\n\r\n  "a" 1}', 3, 7],
      ['[1,]', 1, 4],
      ['[1 2]', 1, 4],
      ['{"a":1,}', 1, 8],
      ['{a:1}', 1, 2],
      ['"a\nb"', 1, 3],
      ['"a\\qb"', 1, 4],
      ['"\\u12g4"', 1, 6],
      ['"\\u12', 1, 6],
      ['"abc', 1, 5],
      ['nul', 1, 4],
      ['01', 1, 2],
      ['-', 1, 2],
      ['1.e5', 1, 3],
      ['1e+', 1, 4],
      ['[1] x', 1, 5],
      ['{"a":[1,{"b":tru}]}', 1, 17],
      ['\uFEFF{"a":}', 1, 6],
      ["{'a':1}", 1, 2],
      ['\u00a01', 1, 1],
    ])('refuses %j and tells line %d, column %d', async (text, line, column) => {
      const error = await refusalOf(
        () => readJson(new MemoryMedium({ 'd/f.json': text }), 'd/f.json'),
        'ERR_INVALID_JSON',
      );
      expect(error).toBeInstanceOf(InvalidJsonError);
      expect(error).toMatchObject({ op: 'io.readJson', path: 'd/f.json', line, column, name: 'InvalidJsonError' });
      const place = `line ${String(line)}, column ${String(column)}`;
      expect(error.message).toBe(`Cannot read "d/f.json": its content is not valid JSON at ${place}`);
      expect((error.cause as Error).name).toBe('SyntaxError');
    });

    it('refuses what cannot be read as read() does', async () => {
      await refusalOf(() => readJson(new MemoryMedium(), 'f'), 'ENOENT');
      await refusalOf(() => readJson(new MemoryMedium({ f: Uint8Array.of(0xff) }), 'f'), 'ERR_INVALID_UTF8');
      const signal = AbortSignal.abort('enough');
      await expect(readJson(new MemoryMedium({ f: '1' }), 'f', { signal })).rejects.toBe('enough');
    });
  });

  describe('Ugly', () => {
    it('finds a fault exactly where JSON.parse does, and nothing before it is one', () => {
      const mutated = fc
        .tuple(
          fc.json(),
          fc.nat(),
          fc.constantFrom('', ',', '"', '{', '}', '[', ']', ':', '\\', '0', '-', '.', 'e', '\n', '\u2028', 't'),
          fc.nat({ max: 2 }),
        )
        .map(
          ([json, at, text, cut]) =>
            json.slice(0, at % (json.length + 1)) + text + json.slice((at % (json.length + 1)) + cut),
        );
      fc.assert(
        fc.property(mutated, (text) => {
          const fault = findJsonFault(text);
          if (isJson(text)) expect(fault).toBe(text.length);
          else {
            // the part before it is the beginning of some JSON: cutting it there moves the fault nowhere
            expect(findJsonFault(text.slice(0, fault))).toBe(fault);
            if (fault < text.length) expect(findJsonFault(text.slice(0, fault + 1))).toBe(fault);
          }
        }),
        { seed: 7, numRuns: 3_000 },
      );
    });

    it('finds the place in a very deep and a very long text', () => {
      expect(findJsonFault(`${'['.repeat(200_000)}x`)).toBe(200_000);
      expect(findJsonFault(`"${'a'.repeat(3_000_000)}\n"`)).toBe(3_000_001);
    });
  });
});

describe('writeJson', () => {
  describe('Good', () => {
    it('writes two spaces a level and a newline at the end', async () => {
      const medium = new MemoryMedium();
      await writeJson(medium, 'd/f.json', { b: [1], a: {} });
      expect(await medium.read('d/f.json')).toBe('{\n  "b": [\n    1\n  ],\n  "a": {}\n}\n');
      await writeJson(medium, 'd/f.json', [1, 2], { indent: 0 });
      expect(await medium.read('d/f.json')).toBe('[1,2]\n');
    });

    it('puts the keys of all objects in order, whatever makes them', async () => {
      const medium = new MemoryMedium();
      const value = { z: 1, a: [{ y: 1, b: 2 }], date: new Date(0), made: { toJSON: () => ({ d: 1, c: 2 }) }, é: 1 };
      await writeJson(medium, 'f', value, { indent: 0, sortKeys: true });
      expect(await medium.read('f')).toBe(
        '{"a":[{"b":2,"y":1}],"date":"1970-01-01T00:00:00.000Z","made":{"c":2,"d":1},"z":1,"é":1}\n',
      );
    });

    it('hands on how to write', async () => {
      const medium = new MemoryMedium({ f: '1' });
      await writeJson(medium, 'g', 1, { mode: 0o600 });
      expect((await medium.stat('g')).mode).toBe(0o600);
      await refusalOf(() => writeJson(medium, 'f', 2, { exclusive: true }), 'EEXIST');
      await expect(writeJson(medium, 'f', 2, { signal: AbortSignal.abort('enough') })).rejects.toBe('enough');
    });
  });

  describe('Bad', () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    it.each([
      ['undefined', undefined],
      ['a function', (): void => undefined],
      ['a symbol', Symbol('x')],
      ['a BigInt', { deep: [1n] }],
      ['an object that holds itself', circle],
    ])('refuses %s with TypeError before anything is written', async (_title, value) => {
      const medium = new MemoryMedium({ f: 'old' });
      await expect(writeJson(medium, 'f', value)).rejects.toMatchObject({ name: 'TypeError' });
      expect(await medium.read('f')).toBe('old');
    });

    it.each([-1, 11, 1.5, Number.NaN, '2'])('refuses the indent %p with RangeError', async (indent) => {
      await expect(writeJson(new MemoryMedium(), 'f', 1, { indent: indent as number })).rejects.toThrow(RangeError);
    });
  });

  describe('Ugly', () => {
    it('writes what readJson gives back, in order or not', async () => {
      const medium = new MemoryMedium();
      await fc.assert(
        fc.asyncProperty(fc.jsonValue(), fc.boolean(), fc.nat({ max: 10 }), async (value, sortKeys, indent) => {
          await writeJson(medium, 'f', value, { sortKeys, indent });
          expect(await readJson(medium, 'f')).toEqual(JSON.parse(JSON.stringify(value)));
        }),
        { seed: 7 },
      );
    });

    it('keeps a key that is called __proto__', async () => {
      const medium = new MemoryMedium();
      await writeJson(medium, 'f', JSON.parse('{"__proto__":{"a":1}}'), { indent: 0, sortKeys: true });
      expect(await medium.read('f')).toBe('{"__proto__":{"a":1}}\n');
    });
  });
});
