import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it, jest } from '@jest/globals';
import { localMedium, MemoryMedium } from '@core/io';
import { needs } from '@core/tooling/needs';

import { PhpBuilder } from '../../../src/builders/php/php-builder.ts';
import { type BuilderConfig, type BuildEvent, buildProject, parseTargets, readArchive } from '../../../src/index.ts';
import { type Files, tempDir } from '../../support/temp-project.ts';
import { builderConfig } from '../support/builder-config.ts';

jest.setTimeout(120_000); // processes are started, and the machine may be busy

const LINUX = parseTargets('linux/amd64');

const AUTOLOAD = { 'psr-4': { 'Acme\\': 'src/' } };

const HELLO: Files = {
  'composer.json': { name: 'acme/hello', version: 'v1.2.3', bin: ['bin/hello'], autoload: AUTOLOAD },
  'bin/hello':
    '#!/usr/bin/env php\n<?php\nrequire __DIR__ . "/../vendor/autoload.php";\nexit(Acme\\Hello::main($argv));\n',
  'src/Hello.php':
    '<?php namespace Acme; final class Hello { static function main($argv) { echo "hello $argv[1]\\n"; return 3; } }',
};

interface Built {
  readonly dir: string;
  readonly file: string;
  readonly warnings: readonly string[];
}

async function build(files: Files, change: Partial<BuilderConfig> = {}, dir = tempDir(files)): Promise<Built> {
  const events: BuildEvent[] = [];
  await using config = await builderConfig(dir, change);
  const [made] = await new PhpBuilder().build(config, LINUX, { onEvent: (event) => events.push(event) });
  const warnings = events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
  return { dir, file: made?.path ?? '', warnings };
}

/** Runs a program in a folder that has nothing to do with it. */
function run(file: string, ...args: string[]): { readonly status: number | null; readonly said: string } {
  const { status, stdout, stderr } = spawnSync(file, args, { cwd: '/', encoding: 'utf8' });
  return { status, said: stdout + stderr };
}

/** Names in a PHAR, as PHP itself reads them; PHP checks its signature on the way. */
function namesIn(file: string): string[] {
  const code =
    '$at = "phar://$argv[1]/"; foreach (new RecursiveIteratorIterator(new Phar($argv[1])) as $f) echo substr($f->getPathname(), strlen($at)), "\\n";';
  const { status, stdout, stderr } = spawnSync('php', ['-r', code, '--', file], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  return stdout.trimEnd().split('\n').sort();
}

function namesInTar(file: string): string[] {
  const { status, stdout } = spawnSync('tar', ['-tf', file], { encoding: 'utf8' });
  expect(status).toBe(0);
  return stdout.trimEnd().split('\n');
}

const test = needs('php', 'composer');

describe('PhpBuilder', () => {
  describe('Good', () => {
    test('PhpBuilder makes one file that runs by its name, wherever it lies', async () => {
      const { file } = await build(HELLO);
      expect(run(file, 'you')).toEqual({ status: 3, said: 'hello you\n' });
      const elsewhere = join(tempDir(), 'renamed');
      writeFileSync(elsewhere, readFileSync(file));
      expect(run('php', elsewhere, 'me')).toEqual({ status: 3, said: 'hello me\n' });
      expect(namesIn(file)).toContain('vendor/composer/autoload_real.php');
    });

    test('PhpBuilder makes a release: archives, checksums, manifest', async () => {
      const dir = tempDir({ ...HELLO, 'README.md': '# hello' });
      const { archives, manifest } = await buildProject({ medium: localMedium(), dir });
      expect(archives.map(({ path }) => path.slice(dir.length))).toEqual([
        '/dist/hello_linux_amd64.tar.gz',
        '/dist/hello_linux_arm64.tar.gz',
        '/dist/hello_darwin_arm64.tar.gz',
        '/dist/hello_windows_amd64.zip',
      ]);
      expect(manifest.project).toEqual({ name: 'acme/hello', version: '1.2.3', type: 'php' });
      expect(new Set(manifest.artifacts.map(({ sha256 }) => sha256)).size).toBe(1);
      expect(manifest.tools).toMatchObject({
        php: expect.stringMatching(/^\d/) as unknown,
        composer: expect.stringMatching(/^2\./) as unknown,
      });
      const unpacked = join(tempDir(), 'x');
      await (await readArchive(localMedium(), archives[0]?.path ?? '')).extract(localMedium(), unpacked);
      expect(run(join(unpacked, 'hello.phar'), 'you').said).toBe('hello you\n');
      expect(readdirSync(dir).sort()).toEqual(['README.md', 'bin', 'composer.json', 'dist', 'src']);
    });

    test('PhpBuilder makes the same release again, without what the one before has left', async () => {
      const dir = tempDir(HELLO);
      const digests = async () =>
        (await buildProject({ medium: localMedium(), dir })).manifest.archives.map(({ sha256 }) => sha256);
      expect(await digests()).toEqual(await digests());
    });

    test('PhpBuilder installs packages of path repositories around the project into the file', async () => {
      const library = { name: 'acme/lib', version: '2.0.0', autoload: { 'psr-4': { 'Lib\\': 'src/' } } };
      const repositories = [{ type: 'path', url: '../../libs/*' }, { packagist: false }];
      const json = { name: 'acme/app', bin: 'run.php', require: { 'acme/lib': '^2', php: '>=7' }, repositories };
      const root = tempDir({
        'libs/lib/composer.json': library,
        'libs/lib/src/Word.php': '<?php namespace Lib; final class Word { const WORD = "from the library"; }',
        'apps/my app/composer.json': json,
        'apps/my app/run.php': '<?php require "vendor/autoload.php"; echo Lib\\Word::WORD;',
      });
      const { file, warnings } = await build({}, {}, join(root, 'apps/my app'));
      expect(run(file).said).toBe('from the library');
      expect(warnings).toEqual(['There is no composer.lock: another build may get other versions of the packages.']);
      expect(readdirSync(join(root, 'apps/my app')).sort()).toEqual(['composer.json', 'out', 'run.php']);
      expect(existsSync(join(root, 'libs/lib/vendor'))).toBe(false);
    });

    test('PhpBuilder runs the script "build" with what is there for development, and releases without it', async () => {
      const tool = { name: 'acme/tool', version: '1.0.0', bin: ['make-words'] };
      const root = tempDir({
        'tool/composer.json': tool,
        'tool/make-words': '#!/usr/bin/env php\n<?php file_put_contents("words.php", "<?php return \\"made\\";");',
        'app/composer.json': {
          ...{ bin: 'app.php', 'require-dev': { 'acme/tool': '*' }, scripts: { build: 'make-words' } },
          repositories: [{ type: 'path', url: '../tool' }, { packagist: false }],
        },
        'app/app.php': '<?php echo require __DIR__ . "/words.php";',
      });
      chmodSync(join(root, 'tool/make-words'), 0o755);
      const { file, dir } = await build({}, {}, join(root, 'app'));
      expect(run(file).said).toBe('made');
      expect(namesIn(file).filter((name) => name.includes('tool') || name.includes('make-words'))).toEqual([]);
      expect(existsSync(join(dir, 'words.php'))).toBe(false);
    });

    test('PhpBuilder leaves out what is hidden, for development, or excluded, and brings back what "!" names', async () => {
      const { file } = await build({
        'composer.json': {
          ...{ bin: 'app.php', 'autoload-dev': { 'psr-4': { 'Tests\\': 'tests/' } } },
          archive: { exclude: ['/docs', '*.md', '!/docs/keep.txt', '!/.env.dist', 'a/**/z?.txt'] },
        },
        ...{ 'app.php': '<?php', '.env': 'PASSWORD=x', '.env.dist': 'y', 'tests/T.php': '<?php', 'docs/x.txt': '' },
        ...{ 'docs/keep.txt': '', 'READ.md': '', 'sub/READ.md': '', 'a/b/c/z1.txt': '', 'a/b/c/z.txt': '' },
        ...{ 'web/node_modules/x/index.js': '', 'vendor/old/stale.php': '<?php', '.git/config': '' },
      });
      expect(namesIn(file).filter((name) => !name.startsWith('vendor/'))).toEqual([
        ...['.env.dist', 'a/b/c/z.txt', 'app.php', 'composer.json', 'composer.lock', 'docs/keep.txt'],
      ]);
      expect(namesIn(file)).not.toContain('vendor/old/stale.php');
    });

    test('PhpBuilder packs a project without a program as a tar, ready to be put on a server', async () => {
      const files = { 'composer.json': { name: 'acme/site', type: 'project' }, 'public/index.php': '<?php echo 1;' };
      const { file, dir } = await build(files);
      expect(file).toBe(join(dir, 'out/linux_amd64/hello.tar'));
      expect(namesInTar(file)).toEqual(expect.arrayContaining(['public/index.php', 'vendor/autoload.php']));
    });

    test('PhpBuilder chooses among several programs, and tells of the others', async () => {
      const json = { name: 'acme/tools', bin: ['bin/one', 'bin/two.php'] };
      const files = {
        'composer.json': json,
        'bin/one': '<?php echo 1;',
        'bin/two.php': '<?php echo 2;',
        'x.php': '<?php echo 3;',
      };
      const project = (binary: string) => ({ project: { name: 'x', version: 'not a version', binary } });
      const two = await build(files, project('two'));
      expect([run(two.file).said, two.warnings]).toEqual([
        '2',
        ['Of the programs in bin only two is built: one can be chosen with project.binary.'],
      ]);
      const other = await build(files, { main: './x.php' });
      expect([run(other.file).said, other.warnings]).toEqual(['3', []]);
      await expect(build(files, project('three'))).rejects.toMatchObject({
        code: 'ERR_BUILD_NO_ENTRY',
        key: 'project.binary',
        message: expect.stringContaining('one, two') as unknown,
      });
    });

    it('PhpBuilder describes a project by its name, version and program', async () => {
      const describe = (json: object, binary?: string) => {
        const medium = new MemoryMedium({ 'composer.json': JSON.stringify(json) });
        return new PhpBuilder().describe(medium, '', { main: '.', ...(binary === undefined ? {} : { binary }) });
      };
      expect(await describe({})).toEqual({});
      expect(await describe({ name: 'a/b', version: '1.0', bin: [] })).toEqual({
        name: 'a/b',
        version: '1.0',
        binary: 'b',
      });
      expect(await describe({ name: 'a/two', bin: ['one', 'x/two.php'] })).toEqual({ name: 'a/two', binary: 'two' });
      expect(await describe({ name: 'a/b', bin: 'bin/tool.phar' }, 'mine')).toEqual({ name: 'a/b', binary: 'mine' });
      expect(await describe({ name: 3, version: [], bin: { x: 1 } })).toEqual({});
    });
  });

  describe('Bad', () => {
    it.each<[string, object | string, Partial<Record<string, unknown>>]>([
      ['that is no JSON', '{\n "name": oops }', { line: 2, column: 10 }],
      ['that is a list', '[]', {}],
      ['with packages elsewhere', { config: { 'vendor-dir': '../shared' } }, { key: 'config.vendor-dir' }],
      ['with packages in a home', { config: { 'vendor-dir': '~/vendor' } }, { key: 'config.vendor-dir' }],
      ['with programs elsewhere', { config: { 'bin-dir': '/usr/local/bin' } }, { key: 'config.bin-dir' }],
    ])('PhpBuilder refuses a composer.json %s', async (_, json, wanted) => {
      await expect(build({ 'composer.json': json })).rejects.toMatchObject({
        code: 'ERR_BUILD_PACKAGE_INVALID',
        ...wanted,
      });
    });

    test('PhpBuilder refuses a program that is not there, or outside, before it installs anything', async () => {
      const refuses = async (files: Files, why: string, change = {}) => {
        const error = { code: 'ERR_BUILD_NO_ENTRY', message: expect.stringContaining(why) as unknown };
        await expect(build({ ...files }, change)).rejects.toMatchObject(error);
      };
      await refuses({ 'composer.json': { bin: 'bin/x' } }, 'bin of');
      await refuses({ 'composer.json': {} }, 'project.main', { main: 'src' });
      await refuses({ 'composer.json': { bin: 'a?b' }, 'a?b': '<?php' }, 'PHAR');
      const outside = join(tempDir({ 'secret.php': '<?php' }), 'secret.php');
      await refuses({ 'composer.json': {} }, 'not in the project', { main: outside });
      await expect(build({ 'x.php': '' })).rejects.toMatchObject({ code: 'ERR_BUILD_NO_PROJECT' });
    });

    test('PhpBuilder tells file and line of a mistake', async () => {
      const files = { ...HELLO, 'src/Other.php': '<?php\n\nfunction (' };
      await expect(build(files)).rejects.toMatchObject({
        code: 'ERR_BUILD_COMMAND_FAILED',
        command: 'php check-syntax.php',
        output: expect.stringMatching(/src\/Other\.php on line 3/) as unknown,
      });
    });

    test('PhpBuilder tells which repository cannot be reached', async () => {
      // nothing listens on port 9 of this machine
      const repositories = [{ type: 'composer', url: 'https://127.0.0.1:9' }, { packagist: false }];
      const json = { bin: 'a.php', require: { 'acme/lib': '*' }, repositories };
      await expect(build({ 'composer.json': json, 'a.php': '<?php' })).rejects.toMatchObject({
        code: 'ERR_BUILD_COMMAND_FAILED',
        output: expect.stringContaining('127.0.0.1:9') as unknown,
        hint: expect.stringContaining('cannot be reached') as unknown,
      });
    });

    test('PhpBuilder tells that a lock file does not fit', async () => {
      const lock = { 'content-hash': 'x', packages: [], 'packages-dev': [], platform: {}, 'platform-dev': {} };
      const json = { bin: 'a.php', require: { 'acme/lib': '*' }, repositories: [{ packagist: false }] };
      const files = { 'composer.json': json, 'composer.lock': lock, 'a.php': '<?php' };
      await expect(build(files)).rejects.toMatchObject({ hint: expect.stringContaining('composer update') as unknown });
    });

    it('PhpBuilder says how to get PHP where only Composer is there', async () => {
      const bin = tempDir({ composer: '#!/bin/sh\n' });
      chmodSync(join(bin, 'composer'), 0o755);
      await expect(build(HELLO, { env: { PATH: bin } })).rejects.toMatchObject({
        code: 'ERR_BUILD_TOOL_MISSING',
        tool: 'php',
      });
    });
  });

  describe('Ugly', () => {
    test('PhpBuilder is not led elsewhere by variables of the user', async () => {
      const elsewhere = tempDir();
      const { PATH = '' } = process.env;
      const env = {
        PATH,
        COMPOSER_VENDOR_DIR: elsewhere,
        COMPOSER: join(elsewhere, 'other.json'),
        COMPOSER_BIN_DIR: elsewhere,
      };
      const { file } = await build(HELLO, { env });
      expect(run(file, 'x').said).toBe('hello x\n');
      expect(readdirSync(elsewhere)).toEqual([]);
    });

    test('PhpBuilder follows a program that is a link, and leaves out links that lead away', async () => {
      const dir = tempDir({
        'composer.json': { bin: 'bin/hello' },
        'src/deep/app.php': '<?php echo require __DIR__ . "/../word.php";',
        'src/word.php': '<?php return "linked";',
      });
      mkdirSync(join(dir, 'bin'));
      symlinkSync('../src/deep/app.php', join(dir, 'bin/hello'));
      symlinkSync('..', join(dir, 'src/up'));
      symlinkSync('/etc/passwd', join(dir, 'secret'));
      symlinkSync('nowhere', join(dir, 'dangling'));
      const { file, warnings } = await build({}, {}, dir);
      expect(run(file).said).toBe('linked');
      expect(warnings.map((text) => text.split(' ')[0])).toEqual(['secret']);
      expect(namesIn(file).filter((name) => /secret|dangling|up/.test(name))).toEqual([]);
    });

    test('PhpBuilder copes with names that PHP or a shell could misread', async () => {
      const name = 'it\'s a $name; "q" –é.php';
      const files = { 'composer.json': { bin: [name] }, [name]: '<?php echo "ok", basename(__FILE__);' };
      const project = { name: 'x', version: '1', binary: 'my tool' };
      const { file, warnings } = await build({ ...files, 'a*b.txt': '', 'c\\d.txt': '' }, { project });
      expect(warnings.map((text) => text.split(' ')[0])).toEqual(['"a*b.txt"', '"c\\\\d.txt"']);
      expect(file).toMatch(/my tool\.phar$/);
      expect(run(file).said).toBe(`ok${name}`);
    });

    test('PhpBuilder leaves nothing in the temporary folder, also when it fails', async () => {
      const TMPDIR = process.env['TMPDIR'];
      const temporary = tempDir();
      try {
        process.env['TMPDIR'] = temporary;
        await build(HELLO);
        await expect(build({ ...HELLO, 'src/X.php': '<?php (' })).rejects.toThrow('check-syntax');
      } finally {
        if (TMPDIR === undefined) delete process.env['TMPDIR'];
        else process.env['TMPDIR'] = TMPDIR;
      }
      expect(readdirSync(temporary).filter((name) => !name.startsWith('core-build-test-'))).toEqual([]);
    });
  });
});
