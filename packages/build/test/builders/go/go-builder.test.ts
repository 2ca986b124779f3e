import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it, jest } from '@jest/globals';
import { localMedium, MemoryMedium } from '@core/io';
import { needs } from '@core/tooling/needs';

import { GoBuilder } from '../../../src/builders/go/go-builder.ts';
import { buildProject, type BuildEvent, type BuilderConfig, parseTargets, verifyRelease } from '../../../src/index.ts';
import { scriptedTools } from '../../support/scripted-tools.ts';
import { tempDir } from '../../support/temp-project.ts';
import { builderConfig } from '../support/builder-config.ts';
import { HELLO, helloModule } from './support.ts';

jest.setTimeout(300_000); // real compilers are run, and the machine may be busy

const builder = new GoBuilder();
const AMD64 = parseTargets('linux/amd64');
const HOST = { os: 'linux', arch: process.arch === 'arm64' ? 'arm64' : 'amd64' };

/** Builds the project in a folder; gives the paths from the folder of the release. */
async function build(dir: string, change: Partial<BuilderConfig> = {}, targets = AMD64): Promise<string[]> {
  await using config = await builderConfig(dir, change);
  const artifacts = await builder.build(config, targets);
  return artifacts.map(({ path }) => path.slice(config.outputDir.length + 1));
}

const run = (command: string, ...args: string[]): string => execFileSync(command, args, { encoding: 'utf8' }).trim();
const withEnv = (env: Readonly<Record<string, string>>): Partial<BuilderConfig> => ({
  env: { ...(process.env as Record<string, string>), ...env },
});

describe('GoBuilder', () => {
  describe('Good', () => {
    needs('go', 'file')('GoBuilder builds programs for linux, darwin and windows on amd64 and arm64', async () => {
      const dir = helloModule();
      const targets = parseTargets('linux/amd64,linux/arm64,darwin/amd64,darwin/arm64,windows/amd64,windows/arm64');
      const made = await build(dir, {}, targets);
      const kinds = made.map((path) => [path, run('file', '--brief', join(dir, 'out', path))]);
      expect(Object.fromEntries(kinds)).toEqual({
        'linux_amd64/hello': expect.stringMatching(
          /^ELF 64-bit LSB executable, x86-64, .*statically linked.* stripped$/,
        ),
        'linux_arm64/hello': expect.stringMatching(
          /^ELF 64-bit LSB executable, ARM aarch64, .*statically linked.* stripped$/,
        ),
        'darwin_amd64/hello': expect.stringMatching(/^Mach-O 64-bit x86_64 executable/),
        'darwin_arm64/hello': expect.stringMatching(/^Mach-O 64-bit arm64 executable/),
        'windows_amd64/hello.exe': expect.stringMatching(/^PE32\+ executable .*x86-64/),
        'windows_arm64/hello.exe': expect.stringMatching(/^PE32\+ executable .*Aarch64/i),
      });
    });

    needs('go', 'qemu-aarch64')(
      'GoBuilder builds programs that run, with their version and embedded files',
      async () => {
        const dir = helloModule();
        await build(dir, {}, parseTargets('linux/amd64,linux/arm64'));
        const program = (arch: string): string => join(dir, `out/linux_${arch}/hello`);
        expect(run(program(HOST.arch))).toBe(`good day 1.2.3 linux ${HOST.arch}`);
        expect(run('qemu-aarch64', program('arm64'))).toBe('good day 1.2.3 linux arm64');
      },
    );

    needs('go', 'git')('GoBuilder makes the same bytes in a folder with a repository that is not clean', async () => {
      const [plain, repository] = [helloModule(), helloModule()];
      const git = (...args: string[]): string =>
        run('git', '-C', repository, '-c', 'user.name=x', '-c', 'user.email=x', ...args);
      git('init', '--quiet');
      git('add', 'go.mod', 'cmd');
      git('commit', '--quiet', '-m', 'x');
      for (const dir of [plain, repository]) await build(dir);
      const [one, other] = [plain, repository].map((dir) => readFileSync(join(dir, 'out/linux_amd64/hello')));
      expect(one?.equals(other ?? Buffer.alloc(0))).toBe(true);
      expect(one?.includes(plain)).toBe(false);
    });

    needs('go')('GoBuilder uses vendored packages, and modules that a go.work joins', async () => {
      const main = 'package main\n\nimport "example.com/dep"\n\nfunc main() { println(dep.Name) }\n';
      const dep = 'package dep\n\nconst Name = "dep"\n';
      const vendored = tempDir({
        'go.mod': 'module example.com/hello\n\ngo 1.18\n\nrequire example.com/dep v1.0.0\n',
        'main.go': main,
        'vendor/example.com/dep/dep.go': dep,
        'vendor/modules.txt': '# example.com/dep v1.0.0\n## explicit; go 1.18\nexample.com/dep\n',
      });
      const joined = tempDir({
        'go.work': 'go 1.18\n\nuse (\n\t./app\n\t./dep\n)\n',
        'app/go.mod': 'module example.com/hello\n\ngo 1.18\n',
        'app/main.go': main,
        'dep/go.mod': 'module example.com/dep\n\ngo 1.18\n',
        'dep/dep.go': dep,
      });
      for (const dir of [vendored, join(joined, 'app')]) {
        expect(await build(dir, withEnv({ GOPROXY: 'off', GOFLAGS: '' }))).toEqual(['linux_amd64/hello']);
      }
    });

    needs('go')('GoBuilder passes tags, flags of the linker and the package on', async () => {
      const dir = helloModule({
        'cmd/hello/main.go': 'package main\n\nvar mode, about = "plain", ""\n\nfunc main() { print(mode, about) }\n',
        'cmd/hello/special.go': '//go:build special\n\npackage main\n\nfunc init() { mode = "special" }\n',
        'cmd/other/main.go': 'package main\n\nfunc main() {}\n',
      });
      const ldflags = ['-X main.about={{.Binary}}-{{.Version}}-{{.Arch}}'];
      await build(dir, { main: 'cmd/hello', flags: ['-tags=special'], ldflags }, [HOST]);
      const { stderr } = spawnSync(join(dir, `out/linux_${HOST.arch}/hello`), { encoding: 'utf8' });
      expect(stderr).toBe(`specialhello-1.2.3-${HOST.arch}`);
    });

    needs('go', 'x86_64-w64-mingw32-gcc')(
      'GoBuilder builds with C where cgo is on, with a compiler for each target',
      async () => {
        const c = '/*\nstatic int answer(void) { return 42; }\n*/\nimport "C"\n';
        const dir = tempDir({
          'go.mod': 'module example.com/hello\n',
          'main.go': `package main\n\n${c}\nfunc main() { println(C.answer()) }\n`,
        });
        const targets = [HOST, { os: 'windows', arch: 'amd64' }];
        await expect(build(dir, { cgo: false }, targets)).rejects.toMatchObject({ code: 'ERR_BUILD_COMMAND_FAILED' });
        expect(await build(dir, { cgo: true }, targets)).toHaveLength(2);
      },
    );

    it('GoBuilder names the C compiler of each target by variables', async () => {
      const tools = scriptedTools({ go: "fs.writeFileSync(args[args.indexOf('-o') + 1], 'made')" });
      const env = {
        ...tools.env,
        CC: 'cc-of-all',
        CC_FOR_linux_arm64: 'cc-arm',
        CXX_FOR_linux_arm64: 'c++-arm',
        CC_FOR_windows_arm64: 'cc-win',
      };
      const dir = helloModule();
      await build(dir, { cgo: true, env }, parseTargets('linux/arm64,windows/arm64'));
      await build(dir, { cgo: true, env }, parseTargets('freebsd/amd64'));
      const seen = tools
        .calls()
        .map(({ env: { CC, CGO_ENABLED, CXX, GOARCH, GOOS } }) => [GOOS, GOARCH, CGO_ENABLED, CC, CXX]);
      expect(seen.toSorted()).toEqual([
        ['freebsd', 'amd64', '1', 'cc-of-all', undefined],
        ['linux', 'arm64', '1', 'cc-arm', 'c++-arm'],
        ['windows', 'arm64', '1', 'cc-win', undefined],
      ]);
    });

    it('GoBuilder asks Go of targets that it does not know', async () => {
      const go =
        "args[0] === 'tool' ? console.log('linux/amd64\\nlinux/sparc64') : fs.writeFileSync(args[args.indexOf('-o') + 1], 'made')";
      const tools = scriptedTools({ go });
      expect(await build(helloModule(), { env: tools.env }, parseTargets('linux/sparc64'))).toEqual([
        'linux_sparc64/hello',
      ]);
      expect(tools.calls()[0]?.args).toEqual(['tool', 'dist', 'list']);
    });

    it('describe takes name and program from go.mod and the folders of programs', async () => {
      const files = { 'go.mod': 'module example.com/tools/v3', 'lib.go': 'package tools' };
      const describeFiles = (more: Record<string, string>, main = '.') =>
        builder.describe(new MemoryMedium({ ...files, ...more }), '', { main });
      expect(await describeFiles({})).toEqual({ name: 'tools', binary: 'tools' });
      const one = { 'cmd/a/main.go': 'package main' };
      expect(await describeFiles(one)).toEqual({ name: 'tools', binary: 'a' });
      expect(await describeFiles({ ...one, 'cmd/b/main.go': 'package main' })).toEqual({
        name: 'tools',
        binary: 'tools',
      });
      expect(await describeFiles({ ...one, 'cmd/b/main.go': 'package main' }, './cmd/b')).toEqual({
        name: 'tools',
        binary: 'b',
      });
    });

    it('chooseTargets leaves out what cgo has no compiler for', async () => {
      const targets = parseTargets('linux/arm64,darwin/arm64,linux/wasm,linux/amd64');
      const env = {
        PATH: tempDir(),
        CC_FOR_darwin_arm64: 'o64-clang',
        CC_FOR_linux_arm64: 'cc',
        CC_FOR_linux_amd64: '',
      };
      await using config = await builderConfig(helloModule(), { env });
      const chosen = async (cgo: boolean): Promise<string[]> =>
        (await builder.chooseTargets({ ...config, cgo }, targets)).map(({ os, arch }) => `${os}/${arch}`);
      expect(await chosen(false)).toEqual(['linux/arm64', 'darwin/arm64', 'linux/amd64']);
      const here = process.arch === 'x64' ? ['linux/amd64'] : [];
      expect(await chosen(true)).toEqual(['linux/arm64', 'darwin/arm64', ...here]);
    });

    needs('go')('buildProject releases a Go module for the usual targets', async () => {
      const dir = helloModule({
        '.core/build.yaml':
          'project: { version: 2.1.0 }\narchive: { name: "{{.Name}}-{{.Version}}-{{.OS}}-{{.Arch}}" }\n',
      });
      const medium = localMedium();
      const release = await buildProject({ medium, dir });
      expect(release.archives.map(({ path }) => path.slice(dir.length + 1))).toEqual([
        'dist/hello-2.1.0-linux-amd64.tar.gz',
        'dist/hello-2.1.0-linux-arm64.tar.gz',
        'dist/hello-2.1.0-darwin-arm64.tar.gz',
        'dist/hello-2.1.0-windows-amd64.zip',
      ]);
      expect(existsSync(join(dir, 'dist/CHECKSUMS.txt'))).toBe(true);
      expect((await verifyRelease(medium, join(dir, 'dist'))).ok).toBe(true);
      expect(release.manifest.tools).toMatchObject({ go: expect.stringMatching(/^\d+\.\d+/) });
    });
  });

  describe('Bad', () => {
    needs('go')('GoBuilder tells of a syntax error, a missing package, and code of C without cgo', async () => {
      const broken: [string, RegExp][] = [
        ['package main\n\nfunc main() { oops( }\n', /main\.go:3:\d+: syntax error/],
        ['package main\n\nimport "example.com/nowhere"\n\nfunc main() { nowhere.X() }\n', /example\.com\/nowhere/],
        ['package main\n\nimport "example.com/hello/v2/internal/none"\n\nfunc main() {}\n', /internal\/none/],
      ];
      for (const [text, output] of broken) {
        const built = build(helloModule({ 'cmd/hello/main.go': text }), withEnv({ GOPROXY: 'off', GOFLAGS: '' }));
        await expect(built).rejects.toMatchObject({
          code: 'ERR_BUILD_COMMAND_FAILED',
          command: expect.stringMatching(/^GOOS=linux GOARCH=amd64 CGO_ENABLED=0 go build .* '-ldflags=-s -w -X /),
          output: expect.stringMatching(output),
        });
      }
    });

    needs('go')('buildProject leaves nothing of a Go module that cannot be built', async () => {
      for (const change of [
        { 'cmd/hello/main.go': 'package main\n\nfunc main() { oops( }\n' },
        { 'cmd/other/x.go': 'package main' },
      ]) {
        const dir = helloModule(change);
        const before = readdirSync(dir);
        await expect(buildProject({ medium: localMedium(), dir })).rejects.toMatchObject({
          code: expect.stringMatching(/^ERR_BUILD_(?:COMMAND_FAILED|NO_ENTRY)$/),
        });
        expect(readdirSync(dir)).toEqual(before);
      }
    });

    it('GoBuilder refuses targets that Go does not have, and those that cgo has no compiler for, before anything runs', async () => {
      const events: BuildEvent[] = [];
      const env = { PATH: tempDir() };
      await using config = await builderConfig(helloModule(), { env, cgo: true });
      const refuse = async (targets: string, hint: RegExp): Promise<void> => {
        const built = builder.build(config, parseTargets(targets), { onEvent: (event) => events.push(event) });
        await expect(built).rejects.toMatchObject({
          code: 'ERR_BUILD_UNSUPPORTED_TARGET',
          hint: expect.stringMatching(hint),
        });
      };
      await refuse('linux/amd64,linux/wasm', /^Targets of Go: aix\/ppc64, /);
      await refuse('freebsd/amd64,linux/amd64', /^Set CC_FOR_freebsd_amd64 /);
      expect(events).toEqual([]);
    });

    it('GoBuilder refuses a module with several programs and one without, before anything runs', async () => {
      const tools = scriptedTools({ go: '' });
      const several = helloModule({ 'cmd/other/main.go': 'package main' });
      await expect(build(several, { env: tools.env })).rejects.toMatchObject({
        code: 'ERR_BUILD_NO_ENTRY',
        message: expect.stringContaining('./cmd/hello, ./cmd/other'),
      });
      await expect(build(several, { env: tools.env, main: './internal/greet' })).rejects.toMatchObject({
        code: 'ERR_BUILD_NO_ENTRY',
        hint: expect.stringContaining('./cmd/hello'),
      });
      expect(tools.calls()).toEqual([]);
    });

    it('buildProject refuses fields in ldflags that there are none of, with line and column', async () => {
      const dir = helloModule({
        '.core/build.yaml': 'build:\n  ldflags:\n    - -s\n    - -X main.commit={{.Commit}}\n',
      });
      await expect(buildProject({ medium: localMedium(), dir })).rejects.toMatchObject({
        ...{ code: 'ERR_BUILD_CONFIG_INVALID', line: 4, column: 7, key: 'build.ldflags[1]' },
      });
    });

    it('GoBuilder refuses a Go that makes nothing', async () => {
      const { env } = scriptedTools({ go: '' });
      await expect(build(helloModule(), { env })).rejects.toMatchObject({
        code: 'ERR_BUILD_OUTPUT_MISSING',
        path: expect.stringMatching(/out\/linux_amd64\/hello$/),
      });
    });
  });

  describe('Ugly', () => {
    needs('go')('GoBuilder builds several modules at the same time', async () => {
      const dirs = [helloModule(), helloModule(), helloModule()];
      const made = await Promise.all(dirs.map((dir) => build(dir)));
      expect(made).toEqual([['linux_amd64/hello'], ['linux_amd64/hello'], ['linux_amd64/hello']]);
      expect(Object.keys(HELLO).every((file) => dirs.every((dir) => existsSync(join(dir, file))))).toBe(true);
    });

    needs('go')('buildProject builds a Go module dry, and leaves its folder as it is', async () => {
      const dir = helloModule();
      const { changes = [] } = await buildProject({ medium: localMedium(), dir, targets: AMD64, dryRun: true });
      expect(changes.map(({ path }) => path.slice(dir.length + 1))).toContain('dist/linux_amd64/hello');
      expect(existsSync(join(dir, 'dist'))).toBe(false);
    });
  });
});
