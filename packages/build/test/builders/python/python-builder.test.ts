import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { describe, expect, it, jest } from '@jest/globals';
import { localMedium } from '@core/io';
import { needs } from '@core/tooling/needs';

import { hostTarget } from '../../../src/builders/kit/host-target.ts';
import { PythonBuilder } from '../../../src/builders/python/python-builder.ts';
import { type BuilderConfig, type BuildEvent, buildProject, parseTargets, type Target } from '../../../src/index.ts';
import { type Files, tempDir } from '../../support/temp-project.ts';
import { builderConfig } from '../support/builder-config.ts';

jest.setTimeout(240_000); // processes are started, and the machine may be busy

const LINUX = parseTargets('linux/amd64');

const SYSTEM = '[build-system]\nrequires = ["setuptools>=61"]\nbuild-backend = "setuptools.build_meta"\n';

const toml = (project: string): string => `${SYSTEM}\n[project]\nname = "hello"\nversion = "1.2.3"\n${project}\n`;

const HELLO: Files = {
  'pyproject.toml': toml('scripts.hello = "hello.cli:main"'),
  'hello/__init__.py': '',
  'hello/cli.py': 'import sys\n\n\ndef main():\n    print("hello", *sys.argv[1:])\n    return 3\n',
};

interface Built {
  readonly dir: string;
  /** The file that was made, and its name. */
  readonly file: string;
  readonly name: string;
  readonly warnings: readonly string[];
  readonly commands: readonly string[];
}

interface BuildOptions extends Partial<BuilderConfig> {
  readonly at?: string;
  readonly targets?: readonly Target[];
}

async function build(files: Files, { at, targets = LINUX, ...change }: BuildOptions = {}): Promise<Built> {
  const dir = at ?? tempDir(files);
  const events: BuildEvent[] = [];
  await using config = await builderConfig(dir, change);
  const [made] = await new PythonBuilder().build(config, targets, { onEvent: (event) => events.push(event) });
  const file = made?.path ?? '';
  const warnings = events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
  const commands = events.flatMap((event) => (event.type === 'command-started' ? [event.command] : []));
  return { dir, file, name: file.replace(/^.*\//, ''), warnings, commands };
}

/** Runs a program in a folder that has nothing to do with it. */
function run(file: string, ...args: string[]): { readonly status: number | null; readonly said: string } {
  const { status, stdout, stderr } = spawnSync(file, args, { cwd: '/', encoding: 'utf8' });
  return { status, said: stdout + stderr };
}

/** Names in a zip file, as Python reads them, which also checks it. */
function namesIn(file: string): string[] {
  const code =
    'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; print(*z.namelist(), sep="\\n")';
  const { said, status } = run('python3', '-c', code, file);
  expect([status, said]).toEqual([0, said]);
  return said.trimEnd().split('\n');
}

/** The Python that has what builds wheels; tests that change the PATH find it there. */
const PYTHON =
  spawnSync('python3', ['-c', 'import setuptools, build, wheel']).status === 0 ? 'python3' : '/usr/bin/python3';

/** A library as a wheel, in a folder for pip. */
async function wheelhouse(name: string, files: Files): Promise<string> {
  const { file } = await build({
    'pyproject.toml': `${SYSTEM}\n[project]\nname = "${name}"\nversion = "2.0"\n`,
    ...files,
  });
  return file.replace(/\/[^/]*$/, '');
}

const test = needs('python3-build');

describe('PythonBuilder', () => {
  describe('Good', () => {
    test('PythonBuilder makes one file that runs by its name, wherever it lies', async () => {
      const { file, warnings } = await build(HELLO);
      expect(run(file, 'you')).toEqual({ status: 3, said: 'hello you\n' });
      const elsewhere = join(tempDir(), 'renamed');
      writeFileSync(elsewhere, readFileSync(file));
      expect(run('python3', elsewhere)).toEqual({ status: 3, said: 'hello\n' });
      expect(namesIn(file)).toEqual([
        ...['__main__.py', 'hello-1.2.3.dist-info/METADATA', 'hello-1.2.3.dist-info/WHEEL'],
        ...['hello-1.2.3.dist-info/entry_points.txt', 'hello-1.2.3.dist-info/top_level.txt'],
        ...['hello/__init__.py', 'hello/cli.py'],
      ]);
      expect(warnings).toEqual([]);
    });

    test('PythonBuilder makes a release twice, the same under another umask, and leaves the project alone', async () => {
      const dir = tempDir(HELLO);
      const digests = async () => {
        const { manifest, archives } = await buildProject({ medium: localMedium(), dir, outputDir: 'release' });
        expect(archives).toHaveLength(4);
        expect(manifest.project).toEqual({ name: 'hello', version: '1.2.3', type: 'python' });
        expect(manifest.tools).toMatchObject({ python: expect.stringMatching(/^3\./) as unknown });
        expect(Object.keys(manifest.tools)).toContain('setuptools');
        return manifest.archives.map(({ sha256 }) => sha256);
      };
      const before = process.umask(0o077);
      try {
        const first = await digests();
        process.umask(0o002);
        expect(await digests()).toEqual(first);
      } finally {
        process.umask(before);
      }
      expect(readdirSync(dir).sort()).toEqual(['hello', 'pyproject.toml', 'release']);
    });

    test('PythonBuilder gives the wheel of a library, which pip installs', async () => {
      const files = {
        'setup.py': 'from setuptools import setup\nsetup(name="lib-x", version="0.5", packages=["lib"])',
        'lib/__init__.py': 'WORD = 1',
      };
      const { file, name } = await build(files);
      expect(name).toBe('lib_x-0.5-py3-none-any.whl');
      expect(namesIn(file).at(0)).toBe('lib/__init__.py');
      expect(namesIn(file).at(-1)).toBe('lib_x-0.5.dist-info/RECORD');
      const target = tempDir();
      const args = ['-m', 'pip', 'install', '--no-index', '--no-deps', '-q', '--target', target, file];
      expect(run(PYTHON, ...args).status).toBe(0);
      expect(readdirSync(target)).toContain('lib');
    });

    test('PythonBuilder puts what the program needs into the file', async () => {
      const links = await wheelhouse('words', { 'words.py': 'WORD = "a word"' });
      const needsWords = 'dependencies = ["words>=1", "never; sys_platform == \'never\'"]\nscripts.a = "app:main"';
      const env = { ...(process.env as Record<string, string>), PIP_NO_INDEX: '1', PIP_FIND_LINKS: links };
      const files = { 'pyproject.toml': toml(needsWords), 'app.py': 'import words\ndef main(): print(words.WORD)' };
      const [one, two] = [await build(files, { env }), await build(files, { env })];
      expect(run(one.file)).toEqual({ status: 0, said: 'a word\n' });
      expect(namesIn(one.file).filter((name) => /INSTALLER|direct_url|RECORD|pyc|^bin\//.test(name))).toEqual([]);
      expect(readFileSync(one.file).equals(readFileSync(two.file))).toBe(true);
      expect(one.warnings).toEqual([expect.stringContaining('never') as unknown]);
    });

    test('PythonBuilder chooses among several programs, and tells of the others', async () => {
      const files = {
        'pyproject.toml': toml('[project.scripts]\none = "a:one"\ntwo = "a:C.two"'),
        'a.py': 'def one(): print(1)\nclass C:\n    @staticmethod\n    def two(): print(2)\n',
      };
      const project = (binary: string) => ({ project: { name: 'x', version: '1.2.3', binary } });
      const two = await build(files, project('two'));
      expect([run(two.file).said, two.name]).toEqual(['2\n', 'two.pyz']);
      expect(two.warnings).toEqual(['Of the scripts only a:C.two is built: one can be chosen with project.binary.']);
      expect(run((await build(files, project('other'))).file).said).toBe('1\n');
    });

    test('PythonBuilder runs what project.main names: a file, a module, a function', async () => {
      const files: Files = {
        'pyproject.toml': toml('').replace(
          '"setuptools.build_meta"\n',
          '"setuptools.build_meta"\n[tool.setuptools.packages.find]\nwhere = ["src"]\n',
        ),
        'src/pkg/__init__.py': '',
        'src/pkg/tool.py': 'def go(): print("function")\nif __name__ == "__main__": print("module")\n',
        'scripts/alone.py': 'import pkg.tool\npkg.tool.go()\n',
      };
      const said = async (main: string) => run((await build(files, { main })).file).said;
      expect(await said('./src/pkg/tool.py')).toBe('module\n');
      expect(await said('pkg.tool')).toBe('module\n');
      expect(await said('pkg.tool:go')).toBe('function\n');
      expect(await said('scripts/alone.py')).toBe('function\n');
    });

    test('PythonBuilder runs a package with __main__, and a module that does something', async () => {
      const package_ = { 'pyproject.toml': toml(''), 'hello/__init__.py': '', 'hello/__main__.py': 'print("package")' };
      expect(run((await build(package_)).file).said).toBe('package\n');
      const module = { 'pyproject.toml': toml(''), 'hello.py': 'if __name__ == "__main__":\n    print("module")' };
      expect(run((await build(module)).file).said).toBe('module\n');
    });

    test('PythonBuilder takes pip where there is no build', async () => {
      const python = tempDir();
      const hide = `import sys\nclass Hide:\n    def find_spec(self, name, path=None, target=None):\n        if name == "build" or name.startswith("build."): raise ModuleNotFoundError(name)\nsys.meta_path.insert(0, Hide())\n`;
      writeFileSync(join(python, 'sitecustomize.py'), hide);
      const env = { ...(process.env as Record<string, string>), PYTHONPATH: python };
      const { commands, file } = await build(HELLO, { env });
      expect(commands[0]).toBe('python3 -m pip wheel --no-deps --no-build-isolation');
      expect(run(file, 'x').said).toBe('hello x\n');
    });

    test('PythonBuilder makes itself a pip where there is none', async () => {
      const links = await wheelhouse('words', { 'words.py': 'WORD = "a word"' });
      const hiding = tempDir({
        'sitecustomize.py': `import sys
class Hide:
    def find_spec(self, name, path=None, target=None):
        if name == "pip": raise ModuleNotFoundError(name)
if sys.prefix == sys.base_prefix: sys.meta_path.insert(0, Hide())
`,
      });
      const env = {
        ...(process.env as Record<string, string>),
        PIP_NO_INDEX: '1',
        PIP_FIND_LINKS: links,
        PYTHONPATH: hiding,
      };
      const files = {
        'pyproject.toml': toml('dependencies = ["words"]\nscripts.a = "app:main"'),
        'app.py': 'import words\ndef main(): print(words.WORD)',
      };
      const { commands, file } = await build(files, { env });
      expect(commands).toContain('python3 -m venv');
      expect(run(file).said).toBe('a word\n');
    });

    needs('python3-build', 'git')('PythonBuilder lets git tell the version, also in a worktree', async () => {
      const setup = `import subprocess
from setuptools import setup
version = subprocess.check_output(["git", "describe", "--tags"], text=True).strip()
setup(name="x", version=version, py_modules=["x"])
`;
      const dir = tempDir({ 'setup.py': setup, 'x.py': '' });
      const git = (...args: string[]) =>
        run('git', '-C', dir, '-c', 'user.name=x', '-c', 'user.email=x@example.com', ...args);
      for (const words of ['init -q', 'add .', 'commit -q -m x', 'tag 4.5.6'])
        expect(git(...words.split(' ')).status).toBe(0);
      expect((await build({}, { at: dir })).name).toBe('x-4.5.6-py3-none-any.whl');
      const tree = join(tempDir(), 'tree');
      expect(git('worktree', 'add', '-q', tree).status).toBe(0);
      expect((await build({}, { at: tree })).name).toBe('x-4.5.6-py3-none-any.whl');
      expect(git('status', '--porcelain').said).toBe('?? out/\n');
    });

    test('PythonBuilder tells of a version that is computed and is not that of the release', async () => {
      const files = {
        'setup.py': 'from setuptools import setup\nsetup(name="x", version="".join(["9", ".1"]), py_modules=["x"])',
        'x.py': '',
      };
      const { warnings, name } = await build(files);
      expect([name, warnings]).toEqual(['x-9.1-py3-none-any.whl', [expect.stringContaining('9.1') as unknown]]);
    });
  });

  describe('Bad', () => {
    test('PythonBuilder tells file and line of a mistake, but not of files that are no modules', async () => {
      const files = { ...HELLO, 'hello/templates/x.py': '{{ template }', 'hello/broken.py': 'x = 1\ndef (:\n' };
      await expect(build(files)).rejects.toMatchObject({
        code: 'ERR_BUILD_COMMAND_FAILED',
        command: 'python3 check_syntax.py',
        output: expect.stringMatching(/hello\/broken\.py", line 2/) as unknown,
      });
    });

    test('PythonBuilder refuses a main that is not there, or outside', async () => {
      const refuses = async (main: string, why: string) => {
        const error = { code: 'ERR_BUILD_NO_ENTRY', message: expect.stringContaining(why) as unknown };
        await expect(build(HELLO, { main })).rejects.toMatchObject(error);
      };
      await refuses('no.py', 'does not exist');
      await refuses('../../../../../../../etc/passwd', 'not in the project');
      await refuses('x y', 'neither');
    });

    test('PythonBuilder tells what cannot be fetched', async () => {
      const env = { ...(process.env as Record<string, string>), PIP_NO_INDEX: '1', PIP_FIND_LINKS: tempDir() };
      const missing = {
        ...HELLO,
        'pyproject.toml': toml('dependencies = ["no-such-thing"]\nscripts.a = "hello.cli:main"'),
      };
      await expect(build(missing, { env })).rejects.toMatchObject({
        code: 'ERR_BUILD_COMMAND_FAILED',
        hint: expect.stringContaining('cannot fetch no-such-thing') as unknown,
      });
      const backend = {
        ...HELLO,
        'pyproject.toml': toml('').replace('"setuptools>=61"', '"setuptools", "no-such-backend"'),
      };
      await expect(build(backend, { env })).rejects.toMatchObject({
        code: 'ERR_BUILD_COMMAND_FAILED',
        command: expect.stringMatching(/^python3 -m (?:build --wheel|pip wheel --no-deps)$/) as unknown,
        hint: expect.stringContaining('cannot fetch no-such-backend') as unknown,
      });
      const module = {
        ...HELLO,
        'pyproject.toml': toml('')
          .replace('"setuptools>=61"', '"no-such-backend"')
          .replace(/build-backend = .*/, 'build-backend = "no_such_backend.build"'),
      };
      await expect(build(module, { env })).rejects.toMatchObject({
        hint: expect.stringContaining('cannot fetch no-such-backend: ') as unknown,
      });
    });

    it('PythonBuilder refuses a project that is none', async () => {
      await expect(build({ 'pyproject.toml': '[tool.black]\nline-length = 1' })).rejects.toMatchObject({
        code: 'ERR_BUILD_NO_PROJECT',
      });
      await expect(build({ 'x.py': '' })).rejects.toMatchObject({ code: 'ERR_BUILD_NO_PROJECT' });
      await expect(build({ 'pyproject.toml': '[project\n' })).rejects.toMatchObject({
        code: 'ERR_BUILD_PACKAGE_INVALID',
        line: 1,
      });
    });

    it('PythonBuilder tells what a Python lacks, or why it does not run', async () => {
      const bin = tempDir({
        python3:
          '#!/bin/sh\necho "{\\"executable\\":\\"x\\",\\"hasBuild\\":false,\\"hasPip\\":false,\\"missing\\":[]}"',
      });
      chmodSync(join(bin, 'python3'), 0o755);
      await expect(build(HELLO, { env: { PATH: bin } })).rejects.toMatchObject({
        code: 'ERR_BUILD_TOOL_MISSING',
        tool: 'build',
      });
      const old = tempDir({ python3: '#!/bin/sh\necho "Python 3.8 or newer is needed" >&2; exit 1' });
      chmodSync(join(old, 'python3'), 0o755);
      await expect(build(HELLO, { env: { PATH: old } })).rejects.toMatchObject({
        code: 'ERR_BUILD_COMMAND_FAILED',
        output: 'Python 3.8 or newer is needed',
      });
    });
  });

  describe('Ugly', () => {
    const native: Files = {
      'pyproject.toml': toml('scripts.a = "app:main"'),
      'setup.py':
        'from setuptools import Extension, setup\nsetup(ext_modules=[Extension("fast", ["fast.c"])], py_modules=["app"])',
      'fast.c':
        '#include <Python.h>\nstatic struct PyModuleDef m = {PyModuleDef_HEAD_INIT, "fast"};\nPyMODINIT_FUNC PyInit_fast(void) { return PyModule_Create(&m); }\n',
      'app.py': 'def main(): pass',
    };

    it('PythonBuilder builds machine code for this machine only', async () => {
      const other = parseTargets(hostTarget().os === 'linux' ? 'windows/amd64' : 'linux/amd64');
      await expect(build(native, { targets: other })).rejects.toMatchObject({ code: 'ERR_BUILD_UNSUPPORTED_TARGET' });
      await using config = await builderConfig(tempDir(native));
      const chosen = await new PythonBuilder().chooseTargets(config, [...other, hostTarget()]);
      expect(chosen).toEqual([hostTarget()]);
    });

    needs('python3-dev', 'g++')(
      'PythonBuilder gives the wheel of a program with machine code, the same in every folder',
      async () => {
        const [one, two] = [
          await build(native, { targets: [hostTarget()] }),
          await build(native, { targets: [hostTarget()] }),
        ];
        expect(one.name).toMatch(/^hello-1\.2\.3-cp3.*-linux_/);
        expect(one.warnings).toEqual([expect.stringContaining('machine code') as unknown]);
        expect(readFileSync(one.file).equals(readFileSync(two.file))).toBe(true);
      },
    );

    test('PythonBuilder gives the wheel where what the program needs has machine code', async () => {
      const links = await wheelhouse('fastlib', {
        'fastlib/__init__.py': '',
        'fastlib/_fast.so': 'machine code',
        'MANIFEST.in': 'include fastlib/_fast.so',
        'setup.py': 'from setuptools import setup\nsetup(packages=["fastlib"], package_data={"fastlib": ["*.so"]})',
      });
      const env = { ...(process.env as Record<string, string>), PIP_NO_INDEX: '1', PIP_FIND_LINKS: links };
      const { name, warnings } = await build(
        { ...HELLO, 'pyproject.toml': toml('dependencies = ["fastlib"]\nscripts.a = "hello.cli:main"') },
        { env },
      );
      expect([name, warnings]).toEqual([
        'hello-1.2.3-py3-none-any.whl',
        [expect.stringContaining('fastlib/_fast.so') as unknown],
      ]);
    });

    test('PythonBuilder is not misled by modules of the project that are called as those of Python and its tools', async () => {
      const trap = 'raise SystemExit("trapped")';
      const traps = Object.fromEntries(
        ['build.py', 'json.py', 'pip.py', 'importlib/__init__.py', 'zipfile.py'].map((name) => [name, trap]),
      );
      const files = {
        ...HELLO,
        ...traps,
        'pyproject.toml': `${toml('scripts.hello = "hello.cli:main"')}[tool.setuptools]\npackages = ["hello"]\n`,
      };
      expect(run((await build(files)).file, 'x').said).toBe('hello x\n');
    });

    test('PythonBuilder leaves out environments, and what builds have left', async () => {
      const dir = tempDir({
        ...HELLO,
        'my env/pyvenv.cfg': '',
        'build/lib/hello/stale.py': '',
        'hello.egg-info/SOURCES.txt': 'x',
        'hello/__pycache__/a.pyc': '',
      });
      mkdirSync(join(dir, 'docs'));
      symlinkSync('..', join(dir, 'docs/up'));
      symlinkSync('/etc', join(dir, 'etc'));
      const { file, warnings } = await build({}, { at: dir });
      expect(namesIn(file).filter((name) => /stale|pyc|env/.test(name))).toEqual([]);
      expect(warnings).toEqual([expect.stringMatching(/^etc is left out/) as unknown]);
    });

    test('PythonBuilder passes by a Python that cannot build, on the way to one that can', async () => {
      const bin = tempDir({ python3: '#!/bin/sh\nexit 1' });
      chmodSync(join(bin, 'python3'), 0o755);
      const { PATH = '' } = process.env;
      const env = { ...(process.env as Record<string, string>), PATH: `${bin}${delimiter}${PATH}` };
      expect(run((await build(HELLO, { env })).file).status).toBe(3);
    });

    test('PythonBuilder honours the date of the sources', async () => {
      const before = process.env['SOURCE_DATE_EPOCH'];
      try {
        process.env['SOURCE_DATE_EPOCH'] = '1700000000';
        const { file } = await build(HELLO);
        const code = 'import sys, zipfile; print({i.date_time[:3] for i in zipfile.ZipFile(sys.argv[1]).infolist()})';
        expect(run('python3', '-c', code, file).said).toBe('{(2023, 11, 14)}\n');
      } finally {
        if (before === undefined) delete process.env['SOURCE_DATE_EPOCH'];
        else process.env['SOURCE_DATE_EPOCH'] = before;
      }
    });
  });
});
