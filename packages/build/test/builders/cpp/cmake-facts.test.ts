import { describe, expect, it } from '@jest/globals';
import { MemoryMedium, type MemoryTree } from '@core/io';

import { CppBuilder } from '../../../src/builders/cpp/cpp-builder.ts';
import { cmakeCommands } from '../../../src/builders/cpp/cmake-language.ts';
import { readCMakeFacts } from '../../../src/builders/cpp/cmake-facts.ts';

const factsOf = async (tree: MemoryTree | string) => {
  const medium = new MemoryMedium(typeof tree === 'string' ? { 'CMakeLists.txt': tree } : tree);
  const facts = await readCMakeFacts(medium, '');
  return facts && { ...facts, programs: Object.fromEntries(facts.programs) };
};

const identify = (text: string, settings: object = {}) =>
  new CppBuilder().describe(new MemoryMedium({ 'CMakeLists.txt': text }), '', { main: '.', ...settings });

describe('cmakeCommands', () => {
  describe('Good', () => {
    it('cmakeCommands reads quotes, brackets, comments, parentheses and lines as CMake does', () => {
      const text = `
        # project(no)
        #[[ project(no)
        project(no) ]]
        PROJECT ( "a b" # the name
          VERSION 1.2 ) if((A OR "(") AND B)
        message([=[ ]] ) ]=] a\\ b "c\\"d")`;
      expect([...cmakeCommands(text)]).toEqual([
        { name: 'project', args: ['a b', 'VERSION', '1.2'] },
        { name: 'if', args: ['A', 'OR', '(', 'AND', 'B'] },
        { name: 'message', args: [' ]] ) ', 'a\\ b', 'c\\"d'] },
      ]);
    });
  });

  describe('Ugly', () => {
    it('cmakeCommands leaves out what does not end', () => {
      for (const text of ['project(', 'project("a', ')))', '#[[', 'project', '(a)']) {
        expect([...cmakeCommands(text)]).toEqual([]);
      }
    });
  });
});

describe('readCMakeFacts', () => {
  describe('Good', () => {
    it('readCMakeFacts takes name and version from the first project()', async () => {
      const text =
        'cmake_minimum_required(VERSION 3.20)\nproject(Tool\n  VERSION 1.2.3 # now\n LANGUAGES CXX)\nproject(Other VERSION 9)';
      expect(await factsOf(text)).toEqual({ name: 'Tool', version: '1.2.3', programs: {} });
    });

    it('readCMakeFacts knows variables that are set to plain texts', async () => {
      const text =
        'set(NAME tool)\nset(V "1.0" CACHE STRING "")\nproject(${NAME} VERSION ${V})\nadd_executable(${PROJECT_NAME}-cli a.c)';
      expect(await factsOf(text)).toEqual({ name: 'tool', version: '1.0', programs: { 'tool-cli': 'tool-cli' } });
    });

    it('readCMakeFacts finds programs in folders, with the names of their files', async () => {
      const facts = await factsOf({
        'CMakeLists.txt': 'project(app)\nadd_subdirectory(src)\nadd_subdirectory(src)\nadd_subdirectory(nowhere)',
        'src/CMakeLists.txt':
          'add_executable(main a.c)\nset_target_properties(main x PROPERTIES FOLDER f OUTPUT_NAME the-app)',
      });
      expect(facts?.programs).toEqual({ main: 'the-app' });
    });
  });

  describe('Bad', () => {
    it('readCMakeFacts does not say what it cannot know', async () => {
      expect(await factsOf('project(a VERSION ${V})')).toEqual({ name: 'a', programs: {} });
      expect(await factsOf('project(a VERSION 1.x)')).toEqual({ name: 'a', programs: {} });
      expect(await factsOf('if(X)\nset(V 1)\nproject(no VERSION 1)\nendif()\nproject(${N} VERSION ${V})')).toEqual({
        programs: {},
      });
      expect(await factsOf('set(A b c)\nset(E ENV{x})\nadd_executable(${A} a.c)')).toEqual({ programs: {} });
      expect(
        await factsOf('add_executable(a ALIAS b)\nadd_executable(c IMPORTED)\nadd_executable(d EXCLUDE_FROM_ALL x)'),
      ).toEqual({ programs: {} });
      expect(await factsOf({ 'CMakeLists.txt': {} })).toBeUndefined();
    });
  });

  describe('Ugly', () => {
    it('readCMakeFacts goes into no circle and out of no project', async () => {
      const tree = {
        'CMakeLists.txt': 'project(a)\nadd_subdirectory(.)\nadd_subdirectory(../b)\nadd_subdirectory(/etc)',
        b: { 'CMakeLists.txt': 'add_executable(no x)' },
      };
      expect(await factsOf(tree)).toEqual({ name: 'a', programs: {} });
    });
  });
});

describe('CppBuilder.describe', () => {
  describe('Good', () => {
    it('CppBuilder.describe calls the program as the only one is called, or the one of the project', async () => {
      expect(await identify('project(Hello)\nadd_executable(hi a.c)')).toEqual({ name: 'Hello', binary: 'hi' });
      expect(await identify('project(Hello)\nadd_executable(hi a.c)\nadd_executable(hello b.c)')).toEqual({
        name: 'Hello',
        binary: 'hello',
      });
      expect(await identify('project(Hello)\nadd_executable(a a.c)\nadd_executable(b b.c)')).toEqual({ name: 'Hello' });
    });

    it('CppBuilder.describe lets the configuration name the program', async () => {
      const text =
        'project(Hello)\nadd_executable(a a.c)\nadd_executable(b b.c)\nset_target_properties(b PROPERTIES OUTPUT_NAME bee)';
      expect(await identify(text, { main: 'b' })).toMatchObject({ binary: 'bee' });
      expect(await identify(text, { main: 'b', binary: 'mine' })).toMatchObject({ binary: 'mine' });
      expect(await new CppBuilder().describe(new MemoryMedium(), '', { main: '.' })).toEqual({});
    });
  });
});
