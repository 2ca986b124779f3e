import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import { needs } from '@core/tooling/needs';

import { type Kind, KINDS, standIns } from './kinds.ts';
import { type Files, release, run, tempDir, treeOf } from './release-run.ts';

const LONG = 300_000;

const HOST = `linux_${process.arch === 'arm64' ? 'arm64' : 'amd64'}`;

/** A folder of programs with nothing in it but Node. */
function onlyNode(): string {
  const bin = tempDir();
  symlinkSync(process.execPath, join(bin, 'node'));
  return bin;
}

const environment = ({ env, standIns: scripts = {} }: Kind): Record<string, string> => ({
  ...standIns(scripts),
  ...env?.(),
});

/** All files of a project, but for those that its tool leaves there. */
function project(dir: string, { leaves }: Kind): Record<string, string> {
  const entries = Object.entries(treeOf(dir));
  return Object.fromEntries(entries.filter(([path]) => leaves?.test(path) !== true));
}

/** Refused with a message and a remedy, without a stack, and with nothing left behind. */
function refused(
  kind: Kind,
  { args = [], env = {}, files = {} }: { args?: readonly string[]; env?: Record<string, string>; files?: Files },
): string {
  const dir = tempDir({ ...kind.files, ...files });
  const before = project(dir, kind);
  const { status, stderr } = release([dir, ...args], { env: { ...environment(kind), ...env } });
  expect([status, stderr]).toEqual([1, expect.stringMatching(/^\nCannot \S[^]*\nWhat to do: \S/)]);
  expect(stderr).not.toMatch(/^ {4}at /m);
  expect(project(dir, kind)).toEqual(before);
  return stderr;
}

interface Manifest {
  readonly project: { readonly type: string };
  readonly archives: readonly { readonly path: string }[];
}

describe.each(Object.entries(KINDS))('release.mjs with a project of the kind %s', (name, kind) => {
  describe('Good', () => {
    needs('sha256sum', 'tar', ...kind.needs)(
      'release.mjs makes a whole release that others accept, and changes nothing in the project',
      () => {
        const dir = tempDir(kind.files);
        const before = project(dir, kind);
        const { status, stderr } = release([dir], { env: environment(kind) });
        expect([status, stderr]).toEqual([0, '']);

        const dist = join(dir, 'dist');
        const manifest = JSON.parse(readFileSync(join(dist, 'manifest.json'), 'utf8')) as Manifest;
        expect(manifest.project.type).toBe(name);
        const archives = manifest.archives.map(({ path }) => path);
        const own = archives.find((path) => path.includes(HOST)) ?? '';
        const made = join(dist, HOST, kind.makes);
        expect([own, existsSync(made)]).toEqual([expect.stringMatching(/\.tar\.gz$/), true]);

        const sums = run('sha256sum', ['--strict', '-c', 'CHECKSUMS.txt'], { cwd: dist });
        expect([sums.status, sums.stdout.match(/: OK$/gm)?.length]).toEqual([0, archives.length]);
        expect(run('tar', ['-tzf', join(dist, own)]).stdout.split('\n')).toContain(kind.makes);
        if (kind.says !== undefined) expect(run(made, []).stdout).toBe(`${kind.says}\n`);

        const after = Object.entries(project(dir, kind)).filter(([path]) => !/^dist(?:\/|$)/.test(path));
        expect(Object.fromEntries(after)).toEqual(before);
        expect(readdirSync(dist).filter((entry) => entry.startsWith('.'))).toEqual([]);
      },
      LONG,
    );
  });

  describe('Bad', () => {
    needs(...kind.needs)(
      'release.mjs refuses a mistake in the sources with what the tool says',
      () => {
        expect(refused(kind, { files: kind.broken })).toMatch(/Cannot \w+/);
      },
      LONG,
    );

    it(
      'release.mjs tells how to get a tool that is missing',
      () => {
        if (name === 'node') return; // it is its own tool: a package manager that is missing is another test's
        expect(refused(kind, { env: { PATH: onlyNode() } })).toMatch(/What to do: [^]*[Ii]nstall/);
      },
      LONG,
    );

    needs(...kind.needs)(
      'release.mjs refuses a target that nobody can build for',
      () => {
        expect(refused(kind, { args: ['--targets', kind.unsupported] })).toContain(kind.unsupported);
      },
      LONG,
    );

    needs(...kind.needs)(
      'release.mjs refuses to write where nothing can be written',
      () => {
        expect(refused(kind, { files: { dist: 'a file' } })).toMatch(/Cannot write ".*dist"/);
      },
      LONG,
    );
  });
});
