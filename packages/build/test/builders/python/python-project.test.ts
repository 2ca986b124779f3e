import { describe, expect, it } from '@jest/globals';
import { MemoryMedium } from '@core/io';
import fc from 'fast-check';

import { PythonBuilder } from '../../../src/builders/python/python-builder.ts';
import { readPythonProject } from '../../../src/builders/python/python-project.ts';
import { parseIni } from '../../../src/builders/python/setup-files.ts';
import { headersOf } from '../../../src/builders/python/wheel.ts';

type Texts = Readonly<Record<string, string>>;

const identity = (files: Texts, main = '.') => new PythonBuilder().describe(new MemoryMedium(files), '', { main });

const project = (text: string): Texts => ({ 'pyproject.toml': `[project]\nname = "a-b"\n${text}` });

const DYNAMIC = project('dynamic = ["version"]\n[tool.setuptools.dynamic]\n')['pyproject.toml'] ?? '';

describe('readPythonProject', () => {
  describe('Good', () => {
    it.each<[string, Texts, object]>([
      ['[project]', project('version = "1"\nscripts.x = "m:f"'), { name: 'a-b', version: '1', binary: 'x' }],
      [
        'several scripts',
        project('[project.scripts]\nzz = "m:f"\na-b = "m:f"\n[project.gui-scripts]\naa = "m:f"'),
        { name: 'a-b', binary: 'a-b' },
      ],
      [
        'Poetry',
        { 'pyproject.toml': '[tool.poetry]\nname = "p"\nversion = "2"\n[tool.poetry.scripts]\nrun = "p:f"' },
        { name: 'p', version: '2', binary: 'run' },
      ],
      [
        'setup.py',
        {
          'setup.py':
            'setup(\n  name="s", # name="no"\n  version=\'3\',\n  entry_points={"console_scripts": ["go = s:f"]})',
        },
        { name: 's', version: '3', binary: 'go' },
      ],
      [
        'setup.cfg beside setup.py',
        {
          'setup.py': 'setup()',
          'setup.cfg':
            '[metadata]\nname = c\nversion: 4\n[options.entry_points]\nconsole_scripts =\n  # no\n  c1 = c:f\n  c2 = c:g\n',
        },
        { name: 'c', version: '4', binary: 'c1' },
      ],
      [
        'an attribute of a module',
        {
          'pyproject.toml': `${DYNAMIC}version = { attr = "a.b.__version__" }`,
          'src/a/b.py': '__version__: str = "5.0"',
        },
        { name: 'a-b', version: '5.0', binary: 'a-b' },
      ],
      [
        'an attribute of a package in setup.cfg',
        {
          'setup.py': '',
          'setup.cfg': '[metadata]\nname=c\nversion = attr: c.VERSION',
          'c/__init__.py': 'x = 1\nVERSION="6"',
        },
        { name: 'c', version: '6', binary: 'c' },
      ],
      [
        'a file',
        { 'pyproject.toml': `${DYNAMIC}version = { file = ["VERSION"] }`, VERSION: '7.1\n' },
        { name: 'a-b', version: '7.1', binary: 'a-b' },
      ],
      [
        'hatch',
        { ...project('[tool.hatch.version]\npath = "a.py"'), 'a.py': '__version__ = "8"' },
        { name: 'a-b', version: '8', binary: 'a-b' },
      ],
      [
        'flit',
        {
          ...project('[build-system]\nbuild-backend = "flit_core.buildapi"'),
          'a_b.py': '"""x"""\n__version__ = \'9\'',
        },
        { name: 'a-b', version: '9', binary: 'a-b' },
      ],
    ])('readPythonProject reads %s', async (_, files, wanted) => {
      expect(await identity(files)).toEqual(wanted);
    });

    it('readPythonProject knows who builds it, and whether that makes machine code', async () => {
      const read = (files: Texts) => readPythonProject(new MemoryMedium(files), '');
      const system = (text: string) => read({ 'pyproject.toml': `[build-system]\n${text}` });
      expect((await read(project(''))).backend.module).toBe('setuptools.build_meta:__legacy__');
      expect((await system('requires = ["x"]\nbuild-backend = "x.y"\nbackend-path = ["."]')).backend).toEqual({
        ...{ requires: ['x'], module: 'x.y', path: ['.'] },
      });
      for (const compiler of ['maturin>=1', 'Cython', 'scikit-build-core', 'setuptools_rust', 'pybind11~=2']) {
        expect((await system(`requires = ["${compiler}"]\nbuild-backend = "x"`)).compiles).toBe(true);
      }
      expect((await system('requires = ["setuptools", "cythonic"]')).compiles).toBe(false);
      expect((await read({ 'setup.py': 'setup(ext_modules=cythonize("a.pyx"))' })).compiles).toBe(true);
      expect((await read({ 'setup.py': '# ext_modules\nsetup(name="x")' })).compiles).toBe(false);
    });
  });

  describe('Bad', () => {
    it.each<[string, Texts]>([
      ['nothing', { 'x.py': '' }],
      ['only settings of tools', { 'pyproject.toml': '[tool.ruff]\n' }],
      ['fields of wrong types', { 'pyproject.toml': 'project = 1\n[build-system]\nbuild-backend = 2' }],
    ])('readPythonProject refuses a project of %s', async (_, files) => {
      await expect(identity(files)).rejects.toMatchObject({ code: 'ERR_BUILD_NO_PROJECT' });
    });
  });

  describe('Ugly', () => {
    it('readPythonProject says nothing of a version that it cannot read', async () => {
      for (const version of ['{ attr = "a" }', '{ attr = "(.*" }', '{ file = "../x" }', '{ file = [] }', '3']) {
        expect(await identity({ 'pyproject.toml': `${DYNAMIC}version = ${version}`, 'a.py': '' })).toEqual({
          ...{ name: 'a-b', binary: 'a-b' },
        });
      }
    });

    it('parseIni and headersOf end with any text', () => {
      fc.assert(fc.property(fc.string(), (text) => parseIni(text) instanceof Map && headersOf(text) instanceof Map));
      expect(headersOf('Name: a\nRequires-Dist: b\nRequires-Dist: c\n\nName: text').get('requires-dist')).toEqual([
        'b',
        'c',
      ]);
    });
  });
});
