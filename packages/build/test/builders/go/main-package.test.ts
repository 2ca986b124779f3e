import { describe, expect, it } from '@jest/globals';
import { MemoryMedium, type MemoryTree } from '@core/io';

import { findProgramPackage, findPrograms, programNameOf } from '../../../src/builders/go/main-package.ts';

const MAIN = 'package main\n\nfunc main() {}\n';
const GO_MOD = 'module example.com/tools/v2\n';

const sourcesOf = (files: MemoryTree, tags: readonly string[] = []) => ({
  medium: new MemoryMedium({ app: { 'go.mod': GO_MOD, ...files } }),
  dir: 'app',
  tags: new Set(tags),
});

describe('findPrograms', () => {
  describe('Good', () => {
    it.each<[string, MemoryTree, string, string[]]>([
      ['the folder itself', { 'x.go': MAIN, 'cmd/other/main.go': MAIN }, '.', ['.']],
      ['the only program below cmd', { 'lib.go': 'package tools', 'cmd/hello/main.go': MAIN }, '.', ['./cmd/hello']],
      [
        'several programs below cmd',
        { 'cmd/b/main.go': MAIN, 'cmd/a/x.go': MAIN, 'cmd/lib/lib.go': 'package lib' },
        '.',
        ['./cmd/a', './cmd/b'],
      ],
      ['a named folder', { 'cmd/a/x.go': MAIN, 'cmd/b/x.go': MAIN }, './cmd/b', ['./cmd/b']],
      ['a named folder without a dot', { 'cmd/b/x.go': MAIN }, 'cmd/b/', ['./cmd/b']],
      ['a package by its import path', { 'cmd/b/x.go': MAIN }, 'example.com/tools/v2/cmd/b', ['./cmd/b']],
      ['the module by its path', { 'x.go': MAIN }, 'example.com/tools/v2', ['.']],
      ['a file', { 'tool.go': MAIN }, './tool.go', ['./tool.go']],
    ])('findPrograms finds %s', async (_, files, main, expected) => {
      expect(await findPrograms(sourcesOf(files), main)).toEqual(expected);
    });

    it('findPrograms looks at no tests, hidden files, generators, vendored code, other modules or folders of such names', async () => {
      const files = {
        'lib.go': 'package tools',
        'gen.go': `//go:build ignore\n\n${MAIN}`,
        'x_test.go': MAIN,
        '_old.go': MAIN,
        '.hidden.go': MAIN,
        'main.go': { 'a.txt': '' },
        cmd: {
          vendor: { 'x.go': MAIN },
          testdata: { 'x.go': MAIN },
          _x: { 'x.go': MAIN },
          other: { 'go.mod': '', 'x.go': MAIN },
        },
      };
      expect(await findPrograms(sourcesOf(files), '.')).toEqual([]);
      expect(await findPrograms(sourcesOf({ ...files, 'go.work': '' }), '.')).toEqual(['./cmd/other']);
      expect(await findPrograms(sourcesOf({ 'x.go': `//go:build special\n\n${MAIN}` }, ['special']), '.')).toEqual([
        '.',
      ]);
    });
  });

  describe('Bad', () => {
    it.each(['./lib', './nowhere', '../app', '/app', './lib/lib.go', 'fmt', 'example.com/tools'])(
      'findPrograms finds none for %s',
      async (main) => {
        expect(await findPrograms(sourcesOf({ 'x.go': MAIN, 'lib/lib.go': 'package lib' }), main)).toEqual([]);
      },
    );
  });
});

describe('findProgramPackage', () => {
  describe('Bad', () => {
    it.each<[string, MemoryTree, string, string, string]>([
      [
        'several programs',
        { 'cmd/b/x.go': MAIN, 'cmd/a/x.go': MAIN },
        '.',
        'several programs, ./cmd/a, ./cmd/b',
        'project.main',
      ],
      ['a library', { 'x.go': 'package x', 'tools/deep/x.go': MAIN }, '.', 'no "package main"', './tools/deep'],
      ['a library without any program', { 'x.go': 'package x' }, '.', 'no "package main"', 'Write one'],
      [
        'a name that is no program',
        { 'x.go': MAIN, 'lib/x.go': 'package lib' },
        './lib',
        './lib is no "package main"',
        'project.main',
      ],
    ])('findProgramPackage refuses %s', async (_, files, main, message, hint) => {
      await expect(findProgramPackage(sourcesOf(files), main)).rejects.toMatchObject({
        code: 'ERR_BUILD_NO_ENTRY',
        key: 'project.main',
        message: expect.stringContaining(message),
        hint: expect.stringContaining(hint),
      });
    });
  });
});

describe('programNameOf', () => {
  it.each([
    ['.', undefined],
    ['./cmd/hello', 'hello'],
    ['./tool.go', 'tool'],
    ['./cmd/hello/main.go', 'hello'],
    ['./main.go', undefined],
  ])('programNameOf %s is %s', (program, name) => {
    expect(programNameOf(program)).toBe(name);
  });
});
