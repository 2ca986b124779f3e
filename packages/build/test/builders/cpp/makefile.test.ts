import { describe, expect, it } from '@jest/globals';
import { MemoryMedium, type MemoryTree } from '@core/io';

import { makesReleases } from '../../../src/builders/cpp/make-build.ts';
import { readMakefile } from '../../../src/builders/cpp/makefile.ts';

const read = (tree: MemoryTree | string) =>
  readMakefile(new MemoryMedium(typeof tree === 'string' ? { Makefile: tree } : tree), '');

const targets = async (tree: MemoryTree | string) => [...((await read(tree))?.targets ?? [])].sort();

describe('readMakefile', () => {
  describe('Good', () => {
    it('readMakefile finds the targets of rules', async () => {
      const text =
        'configure:\nbuild package: a b\n\t@x: y\ninstall:: c\nall: ; echo\na b&: c # d: e\nclean: $(OBJ:.c=.o) $(X:=.y)\r\n';
      expect(await targets(text)).toEqual(['a', 'all', 'b', 'build', 'clean', 'configure', 'install', 'package']);
    });

    it('readMakefile looks into files that are included by their names', async () => {
      const tree = {
        Makefile: 'include mk/a.mk $(X) *.mk\n-include none.mk',
        mk: { 'a.mk': 'build:\nsinclude b.mk' },
        'b.mk': 'package:\ninclude b.mk',
      };
      expect(await targets(tree)).toEqual(['build', 'package']);
    });

    it('readMakefile takes the name that make takes first', async () => {
      expect((await read({ Makefile: 'a:', GNUmakefile: 'b:' }))?.path).toBe('GNUmakefile');
    });

    it('readMakefile tells whether it looks at what it is to build for', async () => {
      for (const text of ['b:\n\t$(CXX) x', 'ifeq (${OS},windows)', 'b: $(TARGET)'])
        expect(await read(text)).toMatchObject({ crosses: true });
      for (const text of ['b:\n\tg++ x', 'b:\n\techo $(CXXFLAGS_X) CC'])
        expect(await read(text)).toMatchObject({ crosses: false });
    });
  });

  describe('Bad', () => {
    it('readMakefile takes nothing else for a rule', async () => {
      const text =
        'A := b\nB ::= c\nC = d: e\nbuild: X = 1\nbuild: export Y := 2\nbuild: Z ?= 3\n# package:\n\tpackage:\ndefine D\npackage:\nendef\nE = \\\n package: a\n.PHONY: configure\n';
      expect(await targets(text)).toEqual(['.PHONY']);
    });

    it('readMakefile does not take a Makefile of CMake, nor a folder', async () => {
      expect(await read('# CMAKE generated file: DO NOT EDIT!\nbuild:\npackage:')).toBeUndefined();
      expect(await read({ Makefile: {} })).toBeUndefined();
    });
  });

  describe('Ugly', () => {
    it('readMakefile is done in no time with many includes and long lines', async () => {
      const files = Object.fromEntries(
        Array.from({ length: 100 }, (_, i) => [`${String(i)}.mk`, `include ${String(i + 1)}.mk\nt${String(i)}:`]),
      );
      expect((await targets({ Makefile: `include 0.mk\n${'a '.repeat(100_000)}`, ...files })).length).toBe(16);
    });
  });
});

describe('makesReleases', () => {
  it('makesReleases wants build and package', async () => {
    expect(makesReleases(await read('configure:\nbuild:\npackage:'))).toBe(true);
    expect(makesReleases(await read('build:\npackage:'))).toBe(true);
    expect(makesReleases(await read('configure:\nbuild:\n.PHONY: package'))).toBe(false);
    expect(makesReleases(undefined)).toBe(false);
  });
});
