import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import { needs } from '@core/tooling/needs';

import { type Files, isAlive, PROGRAM, release, run, Running, sampleCopy, tempDir, treeOf } from './release-run.ts';

const LONG = 120_000;

const SAMPLE_FILES = [
  'CHECKSUMS.txt',
  'darwin_arm64',
  'linux_amd64',
  'linux_arm64',
  'manifest.json',
  'tally_1.2.0_darwin_arm64.tar.gz',
  'tally_1.2.0_linux_amd64.tar.gz',
  'tally_1.2.0_linux_arm64.tar.gz',
  'tally_1.2.0_windows_amd64.zip',
  'windows_amd64',
];

/** Scripts are made in a moment; executables have tests of their own. */
const SCRIPT: Files = { '.core/build.yaml': 'node: { output: script }\n' };

/** A CommonJS program of several files with a dependency, two programs and next to nothing configured. */
const OTHER: Files = {
  ...SCRIPT,
  'package.json': {
    name: '@me/greeter',
    version: '0.4.0',
    bin: { greeter: './bin/greeter', 'greeter-loud': 'bin/loud.js' },
    dependencies: { words: '^1.0.0' },
  },
  'bin/greeter': '#!/usr/bin/env node\nrequire("../lib/main")(process.argv[2]);\n',
  'bin/loud.js': 'require("../lib/main")(process.argv[2].toUpperCase());\n',
  'lib/main.js': `const words = require('words');\nmodule.exports = (name) => console.log(words.hello, name, require('../package.json').version);\n`,
  'node_modules/words/package.json': { name: 'words', version: '1.0.0' },
  'node_modules/words/index.js': 'exports.hello = "Hello";\n',
  'README.md': '# greeter\n',
};

/** A build script that tells its processes (one of them out of its group), and then waits for ever. */
const WAITING = `
import { spawn } from 'node:child_process';
const wait = 'setInterval(() => {}, 1000); console.log("up");';
const child = spawn(process.execPath, ['-e', wait], { stdio: ['ignore', 'pipe', 'inherit'] });
const apart = spawn(process.execPath, ['-e', wait], { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
await Promise.all([child, apart].map(({ stdout }) => new Promise((resolve) => stdout.once('data', resolve))));
console.log('waiting', process.pid, child.pid, apart.pid);
setInterval(() => {}, 1000);
`;

function waitingProject(): string {
  return tempDir({
    ...SCRIPT,
    'package.json': {
      name: 'slow',
      version: '1.0.0',
      type: 'module',
      bin: 'cli.js',
      scripts: { build: 'node build.js' },
    },
    'cli.js': 'console.log("slow");',
    'build.js': 'console.log("done");',
  });
}

/** What is left behind: the project's own configuration is not. */
function hidden(dir: string): string[] {
  return readdirSync(dir).filter((name) => name.startsWith('.') && name !== '.core');
}

describe('release.mjs', () => {
  describe('Good', () => {
    needs('tar', 'unzip', 'sha256sum')(
      'release.mjs makes a release of the sample that other tools accept, and whose program runs',
      () => {
        const dir = sampleCopy();
        const { status, stdout, stderr } = release([dir]);
        expect([status, stderr]).toEqual([0, '']);
        const dist = join(dir, 'dist');
        expect(readdirSync(dist)).toEqual(SAMPLE_FILES);
        expect(stdout).toMatch(/linux\/amd64 +\S+tally_1\.2\.0_linux_amd64\.tar\.gz +[\d.]+ kB +[0-9a-f]{12}/);
        expect(stdout).toContain('sha256sum -c CHECKSUMS.txt');

        const sums = run('sha256sum', ['-c', 'CHECKSUMS.txt'], { cwd: dist });
        expect([sums.status, sums.stdout.match(/OK/g)?.length]).toEqual([0, 4]);
        expect(run('unzip', ['-t', join(dist, 'tally_1.2.0_windows_amd64.zip')]).status).toBe(0);
        const listed = run('tar', ['-tzvf', join(dist, 'tally_1.2.0_linux_amd64.tar.gz')]).stdout;
        expect(listed).toMatch(/^-rwxr-xr-x 0\/0 .* tally_1\.2\.0_linux_amd64\/tally$/m);
        expect(
          listed
            .trim()
            .split('\n')
            .map((line) => basename(line)),
        ).toEqual(['LICENSE', 'README.md', 'tally']);

        const place = tempDir({ 'words.txt': 'two words\nthrée\n', 'package.json': { type: 'module' } });
        run('tar', ['-xzf', join(dist, 'tally_1.2.0_linux_amd64.tar.gz'), '-C', place]);
        const tally = join(place, 'tally_1.2.0_linux_amd64/tally');
        expect(run(tally, ['--version']).stdout).toBe('1.2.0\n');
        expect(run(tally, ['words.txt'], { cwd: place }).stdout).toBe(
          'lines  words  letters\n    2      3       13  words.txt\n',
        );
        expect(run(tally, ['nope']).stderr).toBe('tally: cannot read nope (ENOENT)\n');
      },
      LONG,
    );

    it(
      'release.mjs makes the same bytes of the same project, wherever it is, and again',
      () => {
        const [one, other] = [sampleCopy(), sampleCopy()];
        expect(release([one]).status).toBe(0);
        expect(release([other, '--out', join(other, 'elsewhere')]).status).toBe(0);
        const digests = (dir: string) => Object.values(treeOf(dir)).map((text) => text.split(' ')[0]);
        const first = digests(join(one, 'dist'));
        expect(digests(join(other, 'elsewhere'))).toEqual(first);
        expect(release([one]).status).toBe(0);
        expect(digests(join(one, 'dist'))).toEqual(first);
        expect(Object.keys(treeOf(join(one, 'dist'))).length).toBe(14);
      },
      LONG,
    );

    needs('tar')(
      'release.mjs takes another project: CommonJS, two programs, a dependency, next to nothing configured',
      () => {
        const dir = tempDir(OTHER);
        const { status, stderr, stdout } = release(['.', '--targets', 'linux/amd64,windows/arm64'], {
          env: { INIT_CWD: dir },
        });
        expect([status, stderr]).toEqual([0, '']);
        expect(stdout).toMatch(/^Config {3}\.core\/build\.yaml$/m);
        expect(readdirSync(join(dir, 'dist'))).toEqual([
          'CHECKSUMS.txt',
          'greeter_linux_amd64.tar.gz',
          'greeter_windows_arm64.zip',
          'linux_amd64',
          'manifest.json',
          'windows_arm64',
        ]);
        const place = tempDir();
        run('tar', ['-xzf', join(dir, 'dist/greeter_linux_amd64.tar.gz'), '-C', place]);
        expect(readdirSync(place)).toEqual(['README.md', 'greeter']);
        expect(run(join(place, 'greeter'), ['you']).stdout).toBe('Hello you 0.4.0\n');
        expect(run(process.execPath, [join(dir, 'dist/windows_arm64/greeter.js'), 'W']).stdout).toBe('Hello W 0.4.0\n');
      },
      LONG,
    );

    it(
      'release.mjs --dry-run builds for real, changes nothing and lists what would be written',
      () => {
        const dir = sampleCopy();
        const before = treeOf(dir);
        const { status, stdout } = release([dir, '--dry-run', '--targets', 'linux/arm64']);
        expect(status).toBe(0);
        expect(treeOf(dir)).toEqual(before);
        expect(stdout).toContain('made generated/about.js');
        const planned = new Map(
          [...stdout.matchAll(/^create +\S+\/sample\/(\S+) +([\d.]+ k?B)$/gm)].map(([, path, size]) => [path, size]),
        );
        expect([...planned.keys()]).toEqual([
          'dist/CHECKSUMS.txt',
          'dist/linux_arm64/tally',
          'dist/manifest.json',
          'dist/tally_1.2.0_linux_arm64.tar.gz',
          'generated/about.js',
        ]);
        expect(release([dir, '--targets', 'linux/arm64']).status).toBe(0);
        const after = Object.keys(treeOf(dir)).filter((path) => !(path in before) && !path.endsWith('/'));
        expect(after.sort()).toEqual([...planned.keys()].sort());
      },
      LONG,
    );

    it(
      'release.mjs replaces its own release and leaves the other files of the folder alone',
      () => {
        const dir = tempDir({ ...OTHER, 'dist/own/page.html': 'mine', 'dist/greeter_old.tar.gz': 'not of a release' });
        expect(release([dir, '--targets', 'linux/amd64,linux/arm64']).status).toBe(0);
        const { status, stdout } = release([dir, '--targets', 'linux/arm64,darwin/amd64']);
        expect(status).toBe(0);
        expect(stdout.match(/removed \S+/g)?.map((text) => basename(text))).toEqual([
          'greeter',
          'greeter_linux_amd64.tar.gz',
        ]);
        expect(readdirSync(join(dir, 'dist'))).toEqual([
          'CHECKSUMS.txt',
          'darwin_amd64',
          'greeter_darwin_amd64.tar.gz',
          'greeter_linux_arm64.tar.gz',
          'greeter_old.tar.gz',
          'linux_arm64',
          'manifest.json',
          'own',
        ]);
      },
      LONG,
    );

    needs('tar', 'sha256sum')(
      'release.mjs prints commands that a shell takes as they are, whatever the folder is called',
      () => {
        const dir = join(tempDir(), `it's a "déjà vu"; $HOME`);
        for (const [path, content] of Object.entries(OTHER)) {
          mkdirSync(dirname(join(dir, path)), { recursive: true });
          writeFileSync(join(dir, path), typeof content === 'string' ? content : JSON.stringify(content));
        }
        const { status, stdout } = release([dir, '--targets', 'linux/amd64']);
        const commands = stdout.split('See for yourself:')[1]?.trim().split(/\n\s*/) ?? [];
        expect([status, commands.length]).toEqual([0, 2]);
        expect(run('sh', ['-ec', commands.join('\n')])).toMatchObject({ status: 0, stderr: '' });
      },
      LONG,
    );

    it('release.mjs --help tells how it is used', () => {
      const { status, stdout } = release(['--help']);
      expect([status, stdout.split('\n')[0]]).toEqual([0, 'Usage: npm start -- [folder] [options]']);
    });
  });

  describe('Bad', () => {
    /** Refused with a message and a remedy, without a stack, and with nothing left behind. */
    function refused(dir: string, args: readonly string[], env: Record<string, string> = {}): string {
      const before = existsSync(dir) ? treeOf(dir) : {};
      const { status, stderr } = release([dir, ...args], { env });
      expect(status).toBe(1);
      expect(stderr).toMatch(/\nWhat to do: \S/);
      expect(stderr).not.toMatch(/^ {4}at /m);
      expect(existsSync(dir) ? treeOf(dir) : {}).toEqual(before);
      return stderr;
    }

    const project = (files: Files = {}, manifest: object = {}): string =>
      tempDir({ 'package.json': { name: 'x', bin: 'cli.js', ...manifest }, 'cli.js': '1', ...SCRIPT, ...files });

    it('release.mjs refuses a folder that is none, or no project', () => {
      expect(refused(join(tempDir(), 'nope'), [])).toMatch(/Cannot build ".*nope": there is no such folder/);
      expect(release([PROGRAM]).stderr).toMatch(/Cannot build ".*release\.mjs": it is not a folder\nWhat to do: /);
      expect(refused(tempDir({ 'notes.txt': '' }), [])).toMatch(/holds no project[^]*package\.json/);
      expect(refused(tempDir({ 'a/package.json': '{}' }), [])).toMatch(/There are projects in \S+\/a:/);
    });

    it('release.mjs refuses a broken configuration with line and column', () => {
      const dir = project({ '.core/build.yaml': 'archive:\n  fromat: zip\n' });
      expect(refused(dir, [])).toMatch(
        /build\.yaml": line 2, column 3: unknown key "fromat" in archive\nWhat to do: .*"format"/,
      );
      expect(refused(project({ '.core/build.yaml': 'a:\n\tb: 1' }), [])).toMatch(/line 2, column 1: not valid YAML/);
      expect(refused(project({ '.core/build.yaml': 'targets: []' }), [])).toMatch(/there are no targets/);
      expect(refused(project({ '.core/build.yaml': 'archive: {format: rar}' }), [])).toMatch(
        /none of gz, xz, zip, zst/,
      );
    });

    it('release.mjs shows the end of what a failing build script said', () => {
      const build =
        "node -e \"console.log(Array.from({length: 50}, (_, i) => i + ' ok').join('\\n')); console.error('the reason'); process.exit(7)\"";
      const stderr = refused(project({}, { scripts: { build } }), []);
      expect(stderr).toMatch(/Cannot run "npm run build": it exited with code 7/);
      expect(stderr).toMatch(/ {4}49 ok[^]* {4}the reason/);
      expect(stderr).not.toMatch(/ {4}1 ok/);
    });

    it('release.mjs refuses a program that is not there, cannot be read, or lacks a dependency', () => {
      expect(refused(tempDir({ 'package.json': '{}' }), [])).toMatch(/it names no program[^]*"bin"/);
      expect(refused(tempDir({ 'package.json': { bin: 'gone.js' } }), [])).toMatch(
        /"gone\.js": bin of .* does not exist/,
      );
      expect(refused(tempDir({ 'package.json': '{,}' }), [])).toMatch(/Cannot read the package/);
      expect(refused(project({ 'cli.js': 'let = ;' }), [])).toMatch(/Cannot bundle "cli\.js": cli\.js:1:\d+: /);
      expect(refused(project({ 'cli.js': 'require("nope")' }), [])).toMatch(/Could not resolve "nope"/);
    });

    it('release.mjs tells how to get a package manager that is missing', () => {
      const bin = tempDir();
      symlinkSync(process.execPath, join(bin, 'node'));
      const dir = project({ 'pnpm-lock.yaml': '' }, { scripts: { build: 'true' } });
      expect(refused(dir, [], { PATH: bin })).toMatch(
        /there is no pnpm on this machine\nWhat to do: Install it: npm install -g pnpm/,
      );
    });

    it('release.mjs refuses to overwrite what no release has made', () => {
      expect(refused(project({ dist: 'a file' }), [])).toMatch(/Cannot write ".*dist"/);
      expect(refused(project({ 'dist/manifest.json': '{}' }), [])).toMatch(
        /manifest\.json": a file that no release has made/,
      );
      expect(refused(project({ 'dist/CHECKSUMS.txt': 'mine' }), [])).toMatch(/CHECKSUMS\.txt": a file that no release/);
    });

    it('release.mjs refuses a command line that it does not understand', () => {
      for (const args of [['--bogus'], ['one', 'two'], ['--type', 'cobol'], ['--format', 'rar'], ['--sbom', 'x']]) {
        const { status, stderr } = release(args);
        expect([status, stderr.includes('What to do: see npm start -- --help')]).toEqual([2, true]);
      }
      expect(release(['--targets', 'linux']).stderr).toMatch(/Cannot read the target "linux"/);
    });

    needs('mount')(
      'release.mjs leaves nothing on a full disk, and nothing on one that is read-only',
      () => {
        const dir = sampleCopy();
        const inMount = (mount: string) =>
          run(
            'unshare',
            ['--mount', 'sh', '-c', `mkdir dist && ${mount} && node "$0" .; code=$?; find dist; exit $code`, PROGRAM],
            { cwd: dir },
          );
        const full = inMount('mount -t tmpfs -o size=16k tmpfs dist');
        expect([full.status, full.stdout.split('\n').slice(-2)]).toEqual([1, ['dist', '']]);
        expect(full.stderr).toMatch(/no space left[^]*What to do: Free some space/);
        rmSync(join(dir, 'dist'), { recursive: true });
        const readOnly = inMount('mount -t tmpfs -o ro tmpfs dist');
        expect([readOnly.status, readOnly.stdout.split('\n').slice(-2)]).toEqual([1, ['dist', '']]);
        expect(readOnly.stderr).toMatch(/read-only[^]*What to do: Name a folder/);
        expect(readOnly.stdout).not.toContain('made generated/about.js');
      },
      LONG,
    );
  });

  describe('Ugly', () => {
    async function interrupted(
      dir: string,
      killSignal: NodeJS.Signals,
    ): Promise<{ code: number | null; stderr: string; pids: number[] }> {
      writeFileSync(join(dir, 'build.js'), WAITING);
      const running = new Running([dir]);
      const line = await running.line(/waiting \d+/);
      const pids = [...line.matchAll(/\d+/g)].map(([pid]) => Number(pid));
      running.child.kill(killSignal);
      running.child.kill(killSignal); // as npm does
      return { ...(await running.end()), pids };
    }

    for (const [killSignal, exitCode] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
      ['SIGHUP', 129],
    ] as const) {
      needs('linux')(
        `release.mjs ends everything on ${killSignal}, and leaves nothing`,
        async () => {
          const dir = waitingProject();
          const { code, stderr, pids } = await interrupted(dir, killSignal);
          expect(code).toBe(exitCode);
          expect(stderr).toMatch(new RegExp(`Stopped by ${killSignal}: nothing new is there`));
          expect(pids.map(isAlive)).toEqual([false, false, false]);
          expect(readdirSync(dir).sort()).toEqual(['.core', 'build.js', 'cli.js', 'package.json']);
        },
        LONG,
      );
    }

    needs('linux')(
      'release.mjs ends everything when nobody reads what it says, and leaves nothing',
      async () => {
        const dir = waitingProject();
        writeFileSync(join(dir, 'build.js'), `${WAITING}setInterval(() => console.log('more'), 1);`);
        const running = new Running([dir]);
        const pids = [...(await running.line(/waiting \d+/)).matchAll(/\d+/g)].map(([pid]) => Number(pid));
        const { code, stderr } = await running.hangUp();
        expect([code, stderr]).toEqual([141, expect.stringContaining('nobody reads what it says')]);
        expect(pids.map(isAlive)).toEqual([false, false, false]);
        expect(readdirSync(dir).sort()).toEqual(['.core', 'build.js', 'cli.js', 'package.json']);
      },
      LONG,
    );

    needs('linux')(
      'release.mjs leaves an earlier release as it was when it is interrupted or the build fails',
      async () => {
        const dir = waitingProject();
        expect(release([dir]).status).toBe(0);
        const before = treeOf(join(dir, 'dist'));
        await interrupted(dir, 'SIGINT');
        expect(treeOf(join(dir, 'dist'))).toEqual(before);
        writeFileSync(join(dir, 'build.js'), 'process.exit(1)');
        expect(release([dir]).status).toBe(1);
        expect(treeOf(join(dir, 'dist'))).toEqual(before);
      },
      LONG,
    );

    needs('linux')(
      'release.mjs, killed in the middle, leaves no process, and the next run clears up',
      async () => {
        const dir = waitingProject();
        const { pids } = await interrupted(dir, 'SIGKILL');
        while (pids.some(isAlive)) await new Promise((resolve) => setImmediate(resolve));
        mkdirSync(join(dir, 'dist/.release-left/new'), { recursive: true });
        writeFileSync(join(dir, 'dist/.release-left/new/part'), 'half');
        writeFileSync(join(dir, 'build.js'), 'console.log("done")');
        expect(release([dir]).status).toBe(0);
        expect([...hidden(dir), ...hidden(join(dir, 'dist'))]).toEqual([]);
      },
      LONG,
    );

    it(
      'release.mjs builds one project one at a time',
      async () => {
        const dir = waitingProject();
        const [one, two] = [new Running([dir]), new Running([dir])];
        const ended = await Promise.all([one.end(), two.end()]);
        expect(ended).toEqual([
          { code: 0, stderr: '' },
          { code: 0, stderr: '' },
        ]);
        expect(readdirSync(join(dir, 'dist'))).toContain('manifest.json');
        expect([...hidden(dir), ...hidden(join(dir, 'dist'))]).toEqual([]);
      },
      LONG,
    );

    it(
      'release.mjs takes names with spaces, quotes and letters of any language',
      () => {
        const dir = join(dirname(sampleCopy()), 'it\'s a "project" ü 日本');
        mkdirSync(join(dir, '.core'), { recursive: true });
        for (const [path, content] of Object.entries({
          '.core/build.yaml': 'node: { output: script }',
          'package.json': '{"bin":"cli.js"}',
          'cli.js': 'console.log("ran")',
        })) {
          writeFileSync(join(dir, path), content);
        }
        const { status, stderr } = release([dir, '--targets', 'linux/amd64']);
        expect([status, stderr]).toEqual([0, '']);
        const [binary = ''] = readdirSync(join(dir, 'dist/linux_amd64'));
        expect(run(join(dir, 'dist/linux_amd64', binary), []).stdout).toBe('ran\n');
        expect(readFileSync(join(dir, 'dist/CHECKSUMS.txt'), 'utf8')).toContain('_linux_amd64.tar.gz');
      },
      LONG,
    );
  });
});
