import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parse } from 'yaml';

import { applyVariables, extractVariables } from '../../src/templates/variables.ts';
import { containerRefusalOf } from '../../src/testing/refusal.ts';

const refused = async (
  work: () => unknown,
  code: Parameters<typeof containerRefusalOf>[1],
): ReturnType<typeof containerRefusalOf> =>
  // eslint-disable-next-line @typescript-eslint/require-await -- what throws at once rejects
  containerRefusalOf(async () => work(), code);

describe('extractVariables', () => {
  describe('Good', () => {
    it('gives required and optional variables, sorted', () => {
      const content = 'b: ${B}\na: ${A}\nagain: ${A}\nd: ${D:-two words}\nc: ${C:-}\n';
      expect(extractVariables(content)).toEqual({ required: ['A', 'B'], optional: { C: '', D: 'two words' } });
    });

    it('takes one that is required somewhere for required', () => {
      expect(extractVariables('a: ${A:-x}\nb: ${A}')).toEqual({ required: ['A'], optional: {} });
    });

    it('passes over escapes, comments, and what is no variable', () => {
      const content = '# ${COMMENT}\na: $${ESCAPED} # ${ALSO}\nb: ${1} ${a%b} $A ${} ${A-b}\nc: |\n  # ${TEXT}\n';
      expect(extractVariables(content)).toEqual({ required: ['TEXT'], optional: {} });
    });
  });
});

describe('applyVariables', () => {
  describe('Good', () => {
    it('fills in values and defaults, and changes nothing else', () => {
      const content =
        '# ${A} stays\nkey:   ${A}   # comment\nlist: [ ${A}, "${B:-b}" ]\nblock: |\n  one ${A}\n\n  two\n';
      expect(applyVariables(content, { A: 'x' })).toBe(
        '# ${A} stays\nkey:   x   # comment\nlist: [ x, "b" ]\nblock: |\n  one x\n\n  two\n',
      );
    });

    it('keeps numbers and truth values in unquoted places, and quotes what would be read as something else', () => {
      const read = (value: string): unknown => (parse(applyVariables('v: ${V}', { V: value })) as { v: unknown }).v;
      expect([read('2'), read('-1.5'), read('true')]).toEqual([2, -1.5, true]);
      for (const text of [
        '',
        'null',
        '~',
        '0x10',
        '1e3',
        '007',
        'yes',
        'off',
        '.inf',
        '2026-01-01',
        'a: b',
        '- a',
        '#x',
      ]) {
        expect(read(text)).toBe(text);
      }
      expect(parse(applyVariables('v: "${V}"', { V: '2' }))).toEqual({ v: '2' });
    });

    it('fills in keys, flow collections and folded blocks', () => {
      const content = '${K}: {a: ${V}, b: [${V}]}\nf: >-\n  to ${V}\n  and on\n';
      expect(parse(applyVariables(content, { K: 'k', V: 'a, b]: {' }))).toEqual({
        k: { a: 'a, b]: {', b: ['a, b]: {'] },
        f: 'to a, b]: { and on',
      });
    });

    it('gives what is escaped as it is, once', () => {
      expect(applyVariables('a: $${A} ${A}', { A: '${B}' })).toBe('a: "${A} ${B}"');
    });

    it('puts values in as they are where that is asked for', () => {
      expect(
        applyVariables('services:\n${LIST}\nname: ${N}', { LIST: '  - a\n  - b', N: 'x: y' }, { raw: ['LIST'] }),
      ).toBe('services:\n  - a\n  - b\nname: "x: y"');
      expect(applyVariables('echo ${A}; [ $${B}', { A: 'x' }, { raw: true })).toBe('echo x; [ ${B}');
    });
  });

  describe('Bad', () => {
    it('names all missing variables with their lines', async () => {
      const work = (): unknown => applyVariables('a: ${A}\nb: ${B} ${A}\nc: ${C:-x}\n', { D: '' });
      const error = await refused(work, 'ERR_TEMPLATE_VARIABLE_MISSING');
      expect(error.message).toBe('Cannot fill in the template: it needs A (line 1, 2), B (line 2)');
    });

    it('does not take what every object has for a value', async () => {
      await refused(() => applyVariables('a: ${constructor} ${__proto__}', {}), 'ERR_TEMPLATE_VARIABLE_MISSING');
    });

    it.each([
      ['a: [${A}\nb: c', /line \d/],
      ['a: 1\n  b: ${A}\n c', /line \d/],
      ['a: 1\nb: !${A} x', /line 2: \$\{A\} stands in a tag, an anchor or an alias/],
      ['a: &${A} x', /line 1: \$\{A\} stands in a tag/],
    ])('refuses %j with the line', async (content, wanted) => {
      const error = await refused(() => applyVariables(content, { A: 'x' }), 'ERR_TEMPLATE_INVALID');
      expect(error.message).toMatch(wanted);
    });

    it('refuses what is no text', () => {
      expect(() => applyVariables(1 as unknown as string, {})).toThrow('The template must be a text, not number');
      expect(() => applyVariables('', { A: 1 as unknown as string })).toThrow(
        'The variable A must be a text, not number',
      );
    });
  });

  describe('Ugly', () => {
    const TEMPLATE = `# \${V} in a comment
plain: \${V}
inside: before \${V} after
double: "a \${V} b"
single: 'a \${V} b'
flow: {k: \${V}, l: [\${V}, "\${V}"]}
list:
  - \${V}
  - name: \${V}
    deep: |
      first \${V} line
        more \${V}

      last
folded: >
  text \${V}
  text
"key \${V}": 1
end: here
`;

    function expected(v: string): unknown {
      return {
        plain: v,
        inside: `before ${v} after`,
        double: `a ${v} b`,
        single: `a ${v} b`,
        flow: { k: v, l: [v, v] },
        list: [v, { name: v, deep: `first ${v} line\n  more ${v}\n\nlast\n` }],
        folded: `text ${v} text\n`,
        [`key ${v}`]: 1,
        end: 'here',
      };
    }

    /** Numbers and truth values may stay what they are in an unquoted place. */
    function asTexts(value: unknown): unknown {
      if (Array.isArray(value)) return value.map(asTexts);
      if (typeof value !== 'object' || value === null) return String(value);
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, asTexts(inner)]));
    }

    const NASTY = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc
        .array(
          fc.constantFrom(
            '\n',
            ' ',
            '  ',
            '\t',
            '\r',
            ': ',
            '- ',
            '#',
            '"',
            "'",
            '\\',
            '${V}',
            '$${',
            '{',
            '}',
            '[',
            ']',
            '|',
            '>',
            '&a',
            '*a',
            '!t',
            '---',
            '...',
            '%',
            '@',
            '`',
            ',',
            '?',
            '\u0085',
            '\u2028',
            '\ufeff',
            '\0',
            'x',
            '0',
            'true',
            'null',
          ),
        )
        .map((parts) => parts.join('')),
    );

    it('keeps any value one text, and the document what it was', () => {
      fc.assert(
        fc.property(NASTY, (value) => {
          const text = applyVariables(TEMPLATE, { V: value });
          expect(asTexts(parse(text))).toEqual(asTexts(expected(value)));
        }),
        { numRuns: 600, examples: [['\u2028\n '], ['\u2028\n \n\n']] },
      );
    });

    it('of a template without variables is the template', () => {
      for (const content of ['', '\n', '# only a comment', 'a: 1\r\nb: 2\r\n', '---\na: 1\n---\nb: 2\n...\n']) {
        expect(applyVariables(content, {})).toBe(content);
      }
    });

    it('takes time in proportion to the template', () => {
      const content = Array.from({ length: 5000 }, (_, at) => `k${String(at)}: \${V} # note`).join('\n');
      const text = applyVariables(content, { V: 'a: b' });
      expect(text.split('\n').every((line) => /^k\d+: "a: b" # note$/.test(line))).toBe(true);
    });
  });
});
