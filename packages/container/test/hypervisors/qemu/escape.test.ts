import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { escapeOption, optionList } from '../../../src/hypervisors/qemu/escape.ts';

/** A list of options as QEMU takes it apart: a comma ends a value, two are one of its own. */
function takeApart(list: string): string[] {
  const parts = [''];
  for (let at = 0; at < list.length; at += 1) {
    const isComma = list[at] === ',';
    if (isComma && list[at + 1] !== ',') parts.push('');
    else parts.push((parts.pop() ?? '') + (list[at] ?? ''));
    if (isComma && list[at + 1] === ',') at += 1;
  }
  return parts;
}

describe('Good', () => {
  it('escapeOption() doubles commas and nothing else', () => {
    expect(escapeOption(`a,b=c "d" 'e'\n\\,`)).toBe(`a,,b=c "d" 'e'\n\\,,`);
  });

  it('optionList() leaves out what has no value', () => {
    expect(optionList('local', { id: 'a', readonly: undefined, path: '' })).toBe('local,id=a,path=');
  });
});

describe('Ugly', () => {
  it('optionList() gives QEMU every value as it was, and no more options', () => {
    const value = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(',', '=', 'a', '"', ' ', '\\') }));
    fc.assert(
      fc.property(
        fc.array(
          value.filter((each) => !each.startsWith(',')),
          { maxLength: 4 },
        ),
        (values) => {
          const options = Object.fromEntries(values.map((each, at) => [`k${String(at)}`, each]));
          const expected = values.map((each, at) => `k${String(at)}=${each}`);
          expect(takeApart(optionList('word', options))).toEqual(['word', ...expected]);
        },
      ),
    );
  });
});
