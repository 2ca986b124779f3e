import { describe, expect, it } from '@jest/globals';

import { NAME_TEMPLATE, renderName, renderTemplate, TEXT_TEMPLATE } from '../../src/config/name-template.ts';

const FIELDS = { Binary: 'hello', Name: '@me/hello', Version: '1.2.3', OS: 'linux', Arch: 'amd64' };

describe('renderTemplate', () => {
  it.each([
    ['{{.Binary}}_{{.OS}}_{{.Arch}}', 'hello_linux_amd64'],
    ['{{.Name}}/{{ .Version }}', '@me/hello/1.2.3'],
    ['{{  .OS  }}{{.OS }}{{ .OS}}', 'linuxlinuxlinux'],
    ['{{.Other}} {{.constructor}} {{OS}} {.OS} {{.OS}', '{{.Other}} {{.constructor}} {{OS}} {.OS} {{.OS}'],
    ['{{.O}}{{.-}}', '{{.O}}{{.-}}'],
    ['', ''],
  ])('renderTemplate of %j is %j', (template, text) => {
    expect(renderTemplate(template, FIELDS)).toBe(text);
  });

  it('renderName makes one name of it', () => {
    expect(renderName('{{.Name}}-{{.Version}}', FIELDS)).toBe('@me-hello-1.2.3');
    expect(renderName('{{.Name}}', { ...FIELDS, Name: 'a\\b/c' })).toBe('a-b-c');
  });
});

describe('rules of templates', () => {
  const WORDS = '{{.Binary}}, {{.Name}}, {{.Version}}, {{.OS}}, {{.Arch}}';

  it('NAME_TEMPLATE and TEXT_TEMPLATE say what they want', () => {
    expect(NAME_TEMPLATE.wanted).toBe(`a file name of plain text and ${WORDS}`);
    expect(TEXT_TEMPLATE.wanted).toBe(`a text, with no other fields than ${WORDS}`);
  });

  it.each(['a', 'a b', '{{.OS}}', 'x-{{ .Arch }}.y', '{{.Binary}}{{.Name}}{{.Version}}'])('both take %j', (text) => {
    expect([NAME_TEMPLATE, TEXT_TEMPLATE].map(({ pattern }) => pattern.test(text))).toEqual([true, true]);
  });

  it.each(['', '{{.Os}}', '{{.OSArch}}', '{{OS}}', 'a{{', '{{.OS'])('both refuse %j', (text) => {
    expect([NAME_TEMPLATE, TEXT_TEMPLATE].map(({ pattern }) => pattern.test(text))).toEqual([false, false]);
  });

  it.each(['a/b', 'a\\b', '{x}', '}', 'a\n', '\0', '-X main.a={{.Version}} {x}\n'])(
    'TEXT_TEMPLATE alone takes %j',
    (text) => {
      expect([NAME_TEMPLATE, TEXT_TEMPLATE].map(({ pattern }) => pattern.test(text))).toEqual([false, true]);
    },
  );

  it('TEXT_TEMPLATE refuses a text of spaces', () => {
    expect(TEXT_TEMPLATE.pattern.test(' \n ')).toBe(false);
  });
});
