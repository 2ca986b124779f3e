import { describe, expect, it } from '@jest/globals';

import { parseYaml } from '../../src/config/parse-yaml.ts';

const DEEP = 'nested too deeply';

/** The first problem: `line:column reason`. */
function problem(text: string): string | undefined {
  const [first] = parseYaml(text).problems;
  return first && `${String(first.line)}:${String(first.column)} ${first.reason}`;
}

describe('parseYaml', () => {
  describe('Good', () => {
    it.each([
      ['eight brackets', `a: ${'['.repeat(8)}x${']'.repeat(8)}`],
      ['brackets beside each other', `a: [${'[], {}, '.repeat(20)}x]`],
      ['brackets of many lines', 'c: {d: [x]}\n'.repeat(20)],
      ['four dashes', '- - - - x'],
      ['dashes of many lines', '- - - x\n'.repeat(20)],
      ['dashes of many lines with other ends', '- - - x\r\n'.repeat(20)],
      ['a map of many keys in braces', 'a: { b: 1, c: 2, d: 3, e: 4, f: 5, g: 6 }'],
      ['dashes in texts', 'a: x - - - - - - y\nb: "- - - - - -"\nc: ------'],
      ['brackets in texts', `a: "${'['.repeat(20)}"\nb: x${'['.repeat(20)}`],
      ['brackets in comments', `# ${'['.repeat(20)}\na: x # ${'- '.repeat(20)}`],
    ])('parseYaml takes %s', (_, text) => {
      expect(problem(text)).toBeUndefined();
    });
  });

  describe('Bad', () => {
    it.each([
      [`a: ${'['.repeat(9)}`, `1:12 ${DEEP}`],
      [`a: ${'{'.repeat(9)}`, `1:12 ${DEEP}`],
      ['[{'.repeat(5), `1:9 ${DEEP}`],
      [`]\n${'['.repeat(9)}`, `2:9 ${DEEP}`],
      [`a: 1\nb: "two"\nc:\n  - ${'['.repeat(9)}`, `4:13 ${DEEP}`],
      [`a: [x\nb: ${'['.repeat(9)}`, `2:11 ${DEEP}`],
      [`---\na: 1\n---\n${'['.repeat(9)}`, `4:9 ${DEEP}`],
      ['- - - - - x', `1:9 ${DEEP}`],
      ['? ? ? ? ? x', `1:9 ${DEEP}`],
      [': : : : : x', `1:9 ${DEEP}`],
      ['- ? - : - x', `1:9 ${DEEP}`],
      ['a: 1\n- - - -\n- - - - - x', `3:9 ${DEEP}`],
    ])('parseYaml refuses %j at %s', (text, wanted) => {
      expect(problem(text)).toBe(wanted);
      const { document, problems } = parseYaml(text);
      expect([document.contents, problems.length]).toEqual([null, 1]);
    });

    it('parseYaml says what the parser says, without its advice to programmers', () => {
      expect(problem('a: 1\n---\nb: 1')).toBe('2:1 not valid YAML: source contains multiple documents');
      expect(problem('a: 1\na: 2')).toBeUndefined(); // keys that are there twice are told with their names elsewhere
    });

    it('parseYaml gives errors and warnings in the order of the text', () => {
      const { problems } = parseYaml('a: !x 1\nb: @c\nd: !y 2\ne: "\\q"');
      expect(problems.map(({ line }) => line)).toEqual([1, 2, 3, 4]);
    });

    it('parseYaml gives the first fifty problems', () => {
      const text = Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? `a${String(i)}: !x 1` : `a${String(i)}: @c`));
      const { problems } = parseYaml(text.join('\n'));
      expect(problems.map(({ line }) => line)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
    });
  });
});
