import { describe, expect, it } from '@jest/globals';

import { validateTemplate } from '../../src/templates/validate-template.ts';

/** What a judge made of LinuxKit's own Go code says of each is written beside it. */
function told(content: string): string[] {
  const { problems } = validateTemplate(content);
  return problems
    .filter(({ severity }) => severity === 'error')
    .map(({ line, column, rule }) => `${String(line)}:${String(column)} ${rule}`);
}

describe('validateTemplate', () => {
  describe('Good', () => {
    it.each<[string, string]>([
      ['after a key', 'kernel:\n  image:\ta:1\n'],
      ['after an item', 'init: [a:1,\t\n\tb:2]\t\n'],
      ['before a comment', 'kernel: # x\n  image: a:1\t# x\n  cmdline: "a"\t\n'],
      ['in quotes over lines', 'kernel:\n  cmdline: "a\n\tb"\n'],
      ['in words over lines, far enough', 'kernel:\n  cmdline: a\n   \tb\n'],
      ['behind words, far enough, with nothing else', 'kernel:\n  cmdline: a\n   \t\n'],
      ['in a text, behind its indentation', 'files:\n  - path: a\n    contents: |\n      a\n      \tb\n'],
      ['in an empty text at the end', 'files:\n  - contents: |\n    path: a\n'],
      ['behind an anchor', 'kernel:\n  image: &x\ta:1\n'],
      ['behind the beginning of a document', '---\t# x\nkernel: {}\n'],
      ['before a comment below a comment', 'kernel:\n  # x\n\t\n \t# y\n  image: a:1\n'],
      ['in what is not read any more', 'kernel: {}\n---\ninit: []\nservices:\n\t- x\n'],
    ])('takes a tab %s', (_, content) => {
      expect(told(content)).toEqual([]);
    });

    it.each<[string, string]>([
      ['line ends of old machines', 'kernel:\r  image: a:1\rinit:\r  - b:1\r'],
      ['line ends that YAML 1.1 has besides', 'kernel:\u0085  image: a:1\u2028init: [b:1]\u2029'],
      ['comments that touch what they follow', 'kernel:\n  image: "a:1"# x\ninit: [b:1]# x\n'],
      ['a map in one line, and a list as deep as its key', 'files:\n- {path: a, directory: true}\n'],
      ['a byte order mark', '\ufeffkernel:\n  image: a:1\n'],
      ['keys in quotes', '"kernel":\n  ? image\n  : a:1\n'],
      ['a merge of two', 'services:\n  - <<: [{name: a}, {image: b:1}]\n'],
      [
        'a user as a number of any kind',
        'onboot:\n  - { name: a, image: b:1, uid: 0x10, gid: 1_0, additionalGids: [-1] }\n',
      ],
      ['words in quotes that go on at the margin', 'kernel:\n  cmdline: "a\n\n  b \\\nc"\ninit: [a:1]\n'],
      ['a list in brackets that goes on at the margin', 'init: [a:1, # x\nb:1,\n  c:1\n]\nkernel: {\nimage: a:1\n}\n'],
      ['such a list below an item', 'onboot:\n  - command: [\na,\nb ]\n    name: a\n    image: b:1\n'],
      ['a quote that is escaped and need not be', 'kernel:\n  cmdline: "a\\\'b"\n'],
      ['words in quotes that go on with a hyphen', 'kernel:\n  cmdline: "a\n- b"\n'],
      ['words in quotes that go on behind line ends of DOS', 'kernel:\r\n  cmdline: "a\r\n\r\nb"\r\n'],
      ['a value on the next line, at the margin', 'kernel: {image: a:1, cmdline:\nb}\n'],
      ['a number in a tag of texts', 'kernel:\n  cmdline: !!str 1\n  image: !anything 2\n'],
      ['a text in a tag of numbers', 'onboot:\n  - { name: a, image: b:1, oomScoreAdj: !!int "0b11" }\n'],
      ['a number in a tag of fractions', 'onboot:\n  - { name: a, image: b:1, oomScoreAdj: !!float 5 }\n'],
      ['a tag that says nothing', 'onboot:\n  - { name: a, image: ! b:1, readonly: ! true }\n'],
      ['base64 in its tag, over lines', 'kernel:\n  cmdline: !!binary |\n    aG\n    k=\n'],
      ['a time in its tag, where a text is meant', 'kernel:\n  cmdline: !!timestamp "2026-01-02"\n'],
      ['tags of lists and maps, whatever they say', 'kernel: !!set {image: a:1}\ninit: !!int [b:1]\n'],
      ['a tag of a key', '!!str kernel: {}\n'],
      ['a tag by a name of its own', '%TAG !e! tag:yaml.org,2002:\n---\nkernel:\n  cmdline: !e!str 1\n'],
      ['a fraction that is whole where a number is meant', 'onboot:\n  - { name: a, image: b:1, oomScoreAdj: 5.0 }\n'],
    ])('takes %s', (_, content) => {
      expect(told(content)).toEqual([]);
    });
  });

  describe('Bad', () => {
    it.each<[string, string, string]>([
      ['before a key', 'kernel:\n\timage: a:1\n', '2:1 yaml'],
      ['on an empty line', 'kernel:\n  image: "a:1"\n\t\ninit: []\n', '3:1 yaml'],
      ['on an empty line behind words', 'kernel:\n  image: a:1\n\t\ninit: []\n', '3:1 yaml'],
      ['before a comment at the beginning of a line', '\t# x\nkernel: {}\n', '1:1 yaml'],
      ['before a comment behind a comment', 'kernel:\n  image: a # x\n     \t# x\n', '3:6 yaml'],
      ['after the hyphen of an item', 'init:\n  -\ta:1\n', '2:4 yaml'],
      ['after the sign of a key', '?\tkernel\n: {}\n', '1:2 yaml'],
      ['after a colon that begins a line', '? kernel\n:\t{}\n', '2:2 yaml'],
      ['in words over lines, not far enough', 'kernel:\n  cmdline: a\n  \tb\n', '3:3 yaml'],
      ['in a text, in its indentation', 'files:\n  - path: a\n    contents: |\n      a\n     \tb\n', '5:6 yaml'],
      ['before the first line of a text', 'files:\n  - path: a\n    contents: |\n      \tb\n', '4:7 yaml'],
      ['on a line behind a text', 'files:\n  - path: a\n    contents: |\n      a\n\t\n', '5:1 yaml'],
      ['below a comment, and no other comes', 'kernel:\n  # x\n \timage: a:1\n', '3:2 yaml'],
      ['at the end, below a comment', 'kernel: {}\n# x\n\t', '3:1 yaml'],
      ['below a key with an anchor', 'init:\n  - &a x:1\n \t\n  - y:1\n', '3:2 yaml'],
    ])('refuses a tab %s', (_, content, wanted) => {
      expect(told(content)).toContain(wanted);
    });

    it.each<[string, string, string]>([
      ['a number as a key', 'onboot:\n  - { name: a, image: b:1, annotations: { 1: x } }\n', '2:43 yaml'],
      ['nothing as a key', 'onboot:\n  - { name: a, image: b:1, sysctl: { ~: x } }\n', '2:38 yaml'],
      ['a list as a key', 'kernel:\n  ? [a]\n  : b\n', '2:5 yaml'],
      ['a key that is not there', 'kernel:\n  : b\n', '2:3 yaml'],
      ['a slash that is escaped', 'kernel:\n  image: a:1\n  cmdline: "a\\\\/\\/"\n', '3:17 yaml'],
      ['a text in a tag of numbers', 'onboot:\n  - { name: a, image: b:1, oomScoreAdj: !!int x }\n', '2:47 yaml'],
      ['a fraction in a tag of numbers', 'onboot:\n  - { name: a, image: b:1, oomScoreAdj: !!int 5.0 }\n', '2:47 yaml'],
      ['an old truth in its tag', 'onboot:\n  - { name: a, image: b:1, readonly: !!bool yes }\n', '2:45 yaml'],
      ['something in the tag of nothing', 'kernel:\n  cmdline: !!null x\n', '2:19 yaml'],
      [
        'nothing, by its tag, where a list is meant',
        'onboot:\n  - { name: a, image: b:1, command: !!null "" }\n',
        '2:44 schema',
      ],
      ['no time in its tag', 'kernel:\n  cmdline: !!timestamp 3\n', '2:24 yaml'],
      ['no base64 in its tag', 'kernel:\n  cmdline: !!binary aGk\n', '2:21 yaml'],
      ['a tag by a name that nobody gave', 'kernel:\n  cmdline: !e!str 1\n', '2:12 yaml'],
      ['a number for a text, by its tag', 'kernel:\n  cmdline: !!int "1"\n', '2:18 schema'],
      [
        'a text for a number, by a tag of somebody',
        'onboot:\n  - { name: a, image: b:1, oomScoreAdj: !x 5 }\n',
        '2:44 schema',
      ],
      ['a quote at the margin, at the very end', 'kernel:\n  cmdline: a\n"', '3:2 yaml'],
      ['a bracket at the margin, at the very end', 'kernel:\n  cmdline: a\n[', '3:2 yaml'],
      ['a key twice, in quotes and without', 'onboot:\n  - name: a\n    "name": b\n    image: c:1\n', '3:5 yaml'],
      ['two merges', 'services:\n  - <<: {name: a}\n    <<: {image: b:1}\n', '3:5 yaml'],
      ['a user with a point', 'onboot:\n  - name: a\n    image: b:1\n    uid: 5.0\n', '4:10 owner'],
      ['a group with an exponent', 'files:\n  - path: a\n    directory: true\n    gid: 1e3\n', '4:10 owner'],
    ])('refuses %s', (_, content, wanted) => {
      expect(told(content)).toEqual([wanted]);
    });

    it.each<[string, string, string]>([
      ['a quote that is not closed', 'kernel:\n  cmdline: "a\n  image: b:1\n', '4:1 yaml'],
      ['a quote that another document begins in', 'kernel:\n  cmdline: "a\n---\nb"\n', '2:14 yaml'],
      ['a list in brackets without an end', 'init: [a:1,\nb:1\n', '2:1 yaml'],
      ['a fault on a line that goes on at the margin', 'init: [a:1,\nb:1, {x: y}]\n', '2:6 schema'],
    ])('refuses %s', (_, content, wanted) => {
      expect(told(content)[0]).toBe(wanted);
    });

    it('ends where a line is further left than the first key, and tells that', () => {
      const { valid, problems } = validateTemplate('  kernel:\n    image: a:1\ninit: 5\nfoo: ]\n');
      expect([valid, problems.map(({ line, rule }) => `${String(line)} ${rule}`)]).toEqual([
        true,
        ['3 ignored-document'],
      ]);
    });

    it('says what to do about a tab and a key', () => {
      const messages = (content: string): string[] => validateTemplate(content).problems.map(({ message }) => message);
      expect(messages('init:\n  -\ta:1\n')).toEqual(['LinuxKit takes no tab here: indent with spaces']);
      expect(messages('true: 1\n')).toEqual(['Keys must be texts: write "true" in quotes']);
    });
  });
});
