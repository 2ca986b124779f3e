import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { fromOlderLines, mayHold } from '../../../src/builders/go/build-constraint.ts';
import { isMainFile, readHead } from '../../../src/builders/go/source-file.ts';

const none: ReadonlySet<string> = new Set();

describe('readHead', () => {
  it.each([
    ['package main', 'main'],
    ['// package other\n\n/* package\nthird */\npackage main // yes\n', 'main'],
    ['\uFEFF// Copyright\r\n\r\npackage hello_world\r\n', 'hello_world'],
    ['package /* odd */ größe;', 'größe'],
    ['packagemain', undefined],
    ['/* never ends package main', undefined],
    ['import "package main"', undefined],
    ['', undefined],
  ])('readHead of %j finds the package %s', (text, packageName) => {
    expect(readHead(text).packageName).toBe(packageName);
  });

  it('readHead finds constraints before the package only, and prefers the newer form', () => {
    expect(readHead('//go:build linux\n// +build ignore\n\npackage main').constraint).toBe('linux');
    expect(readHead('// +build linux,!cgo darwin\n// +build amd64\npackage main').constraint).toBe(
      '((linux&&!cgo)||(darwin))&&((amd64))',
    );
    expect(readHead('package main\n//go:build ignore').constraint).toBe('');
  });
});

describe('mayHold', () => {
  it.each([
    ['ignore', false],
    ['!ignore', true],
    ['linux', true],
    ['!linux && !windows', true],
    ['ignore || (linux && go1.18)', true],
    ['ignore && linux', false],
    ['!(ignore || mage)', true],
    ['!(linux || !ignore)', false],
    ['custom', false],
  ])('mayHold of %s is %s', (expression, expected) => {
    expect(mayHold(expression, none)).toBe(expected);
  });

  it('mayHold knows the tags that are set', () => {
    expect(mayHold('custom && !other', new Set(['custom']))).toBe(true);
    expect(mayHold('!custom', new Set(['custom']))).toBe(false);
  });

  it('mayHold agrees with an evaluation of what is known, however expressions are nested', () => {
    const tag = fc.constantFrom('yes', 'no');
    const { expression } = fc.letrec<{ expression: [string, boolean] }>((tie) => ({
      expression: fc.oneof(
        { depthSize: 'medium' },
        tag.map((name): [string, boolean] => [name, name === 'yes']),
        tie('expression').map(([text, value]): [string, boolean] => [`!(${text})`, !value]),
        fc
          .tuple(tie('expression'), tie('expression'))
          .map(([[a, x], [b, y]]): [string, boolean] => [`(${a} && ${b})`, x && y]),
        fc
          .tuple(tie('expression'), tie('expression'))
          .map(([[a, x], [b, y]]): [string, boolean] => [`(${a} || ${b})`, x || y]),
      ),
    }));
    fc.assert(fc.property(expression, ([text, value]) => mayHold(text, new Set(['yes'])) === value));
  });

  it('fromOlderLines joins options by or, and lines by and', () => {
    expect(mayHold(fromOlderLines(['ignore']), none)).toBe(false);
    expect(mayHold(fromOlderLines(['ignore linux']), none)).toBe(true);
    expect(mayHold(fromOlderLines(['linux', 'ignore']), none)).toBe(false);
  });
});

describe('isMainFile', () => {
  it('isMainFile leaves out generators, and what is no program', () => {
    expect(isMainFile('package main', none)).toBe(true);
    expect(isMainFile('//go:build ignore\n\npackage main', none)).toBe(false);
    expect(isMainFile('//go:build windows\n\npackage main', none)).toBe(true);
    expect(isMainFile('package maintenance', none)).toBe(false);
  });
});
