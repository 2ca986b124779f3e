import { readdirSync } from 'node:fs';

import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { IoError, type Medium, MemoryMedium, readonly } from '@core/io';
import { needs } from '@core/tooling/needs';

import {
  type Artifact,
  type BuildEvent,
  type Builder,
  type BuilderConfig,
  buildProject,
  defaultConfig,
  readManifest,
  registerBuilder,
  verifyRelease,
} from '../src/index.ts';
import { isAlive } from './support/is-alive.ts';
import { build, LINUX, printed, unpacked } from './support/read-release.ts';
import { tempDir } from './support/temp-project.ts';

jest.setTimeout(120_000); // processes are started, and the machine may be busy

const PACKAGE = { name: '@me/hello', version: '1.2.3', bin: 'cli.js' };

/** Fields of package.json, and what the build script prints. */
type Manifest = Readonly<Record<string, unknown>> & { readonly print?: string };

/** A Node project in memory; `print` is a build script that prints what it evaluates. */
function project(files: Record<string, string> = {}, { print, ...manifest }: Manifest = {}): MemoryMedium {
  const scripts = print === undefined ? {} : { scripts: { build: `node -e "console.log('out:' + ${print})"` } };
  return new MemoryMedium({
    'package.json': JSON.stringify({ ...PACKAGE, ...scripts, ...manifest }),
    'cli.js': 'console.log("hello");',
    ...yaml(''),
    ...files,
  });
}

/** The configuration of a project whose program is a script: the tests here are not about executables. */
const yaml = (text: string): Record<string, string> => ({ '.core/build.yaml': `${text}\nnode: { output: script }\n` });

/** A builder that writes what it is told to, without any command. */
function fakeBuilder(work: (config: BuilderConfig, signal: AbortSignal | undefined) => Promise<string>): Builder {
  return {
    name: 'fake',
    detect: () => Promise.resolve(true),
    async build(config, targets, options) {
      const text = await work(config, options?.signal);
      const artifacts: Artifact[] = [];
      for (const { os, arch } of targets) {
        const path = `${config.outputDir}/${os}_${arch}/${config.project.binary}`;
        await config.medium.write(path, text, { mode: 0o755 });
        artifacts.push({ path, os, arch });
      }
      return artifacts;
    },
  };
}

const undo: (() => void)[] = [];
afterEach(() => {
  for (const one of undo.splice(0)) one();
});

/** A Rust project, and who builds it. */
function withBuilder(work: (config: BuilderConfig, signal: AbortSignal | undefined) => Promise<string>): MemoryMedium {
  undo.push(registerBuilder('rust', fakeBuilder(work)));
  return new MemoryMedium({ 'Cargo.toml': '', 'README.md': 'read me' });
}

/** Where the private copies of projects are made: a place that nobody else uses meanwhile. */
const COPIES = tempDir();
const TMPDIR = process.env['TMPDIR'];
beforeAll(() => {
  process.env['TMPDIR'] = COPIES;
});
afterAll(() => {
  if (TMPDIR === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = TMPDIR;
});

describe('buildProject', () => {
  describe('Good', () => {
    it('buildProject makes artifacts, archives, checksums and a manifest, and reads them back', async () => {
      const medium = project({ 'README.md': 'read me', LICENSE: 'do what you like' });
      const result = await build(medium, { targets: undefined });
      expect(result.archives.map(({ path, kind }) => [path, kind])).toEqual([
        ['dist/hello_linux_amd64.tar.gz', 'archive'],
        ['dist/hello_linux_arm64.tar.gz', 'archive'],
        ['dist/hello_darwin_arm64.tar.gz', 'archive'],
        ['dist/hello_windows_amd64.zip', 'archive'],
      ]);
      expect(result.artifacts.map(({ path }) => path)).toEqual([
        ...[
          'dist/linux_amd64/hello',
          'dist/linux_arm64/hello',
          'dist/darwin_arm64/hello',
          'dist/windows_amd64/hello.js',
        ],
      ]);
      const script = await medium.read('dist/linux_amd64/hello');
      expect(await unpacked(medium, 'dist/hello_linux_amd64.tar.gz')).toEqual({
        LICENSE: 'do what you like',
        'README.md': 'read me',
        hello: script,
      });
      expect(Object.keys(await unpacked(medium, 'dist/hello_windows_amd64.zip'))).toEqual([
        'LICENSE',
        'README.md',
        'hello.js',
      ]);
      expect((await medium.stat('dist/linux_amd64/hello')).mode).toBe(0o755);
      expect(result.checksumFile).toBe('dist/CHECKSUMS.txt');
      expect(await medium.read('dist/CHECKSUMS.txt')).toContain(
        `${result.archives[0]?.checksum ?? ''}  hello_linux_amd64.tar.gz\n`,
      );
      expect(await readManifest(medium, 'dist')).toEqual(result.manifest);
      expect(result.manifest.project).toEqual({ name: '@me/hello', version: '1.2.3', type: 'node' });
      expect(Object.keys(result.manifest.tools).sort()).toEqual(['@core/build', 'esbuild', 'zlib']);
      expect(await verifyRelease(medium, 'dist')).toMatchObject({ ok: true, problems: [] });
      expect((await medium.list('dist')).filter(({ name }) => name.startsWith('.'))).toEqual([]);
    });

    it('buildProject tells what it does, in order', async () => {
      const { events } = await build(project({}, { print: '1' }));
      const told = events.map((event) => (event.type === 'step-started' ? event.step : event.type));
      expect(told.filter((one) => one !== 'command-output' && one !== 'step-finished')).toEqual([
        ...[
          'project-found',
          'config-loaded',
          'build',
          'command-started',
          'command-finished',
          'bundle',
          'artifact-built',
        ],
        ...['archive', 'archive-written', 'checksum', 'manifest', 'verify', 'publish', 'published'],
      ]);
      const paths = events.flatMap((event) => ('archive' in event ? [event.archive.path] : []));
      expect(paths).toEqual(['dist/hello_linux_amd64.tar.gz']);
    });

    it('buildProject gives the same bytes again, whatever the clock and the umask', async () => {
      const one = project();
      await build(one);
      const other = new MemoryMedium(one.toJSON(), { now: () => new Date(0) });
      await other.chmod('cli.js', 0o600);
      await build(other);
      for (const name of ['hello_linux_amd64.tar.gz', 'CHECKSUMS.txt', 'manifest.json']) {
        expect(await other.readBytes(`dist/${name}`)).toEqual(await one.readBytes(`dist/${name}`));
      }
    });

    it('buildProject puts the moment of SOURCE_DATE_EPOCH into the manifest', async () => {
      process.env['SOURCE_DATE_EPOCH'] = '1700000000';
      undo.push(() => delete process.env['SOURCE_DATE_EPOCH']);
      expect((await build(project())).manifest.createdAt).toBe('2023-11-14T22:13:20Z');
    });

    it('buildProject with dryRun changes nothing and tells what it would have changed', async () => {
      const files = project({}, { print: "require('fs').writeFileSync('made.txt', 'made')" });
      const before = files.toJSON();
      const { changes, archives } = await build(readonly(files), { dryRun: true });
      expect(files.toJSON()).toEqual(before);
      const created = (changes ?? []).filter(({ kind }) => kind === 'file');
      expect(created.map(({ type, path }) => [type, path])).toEqual([
        ['create', 'dist/CHECKSUMS.txt'],
        ['create', 'dist/hello_linux_amd64.tar.gz'],
        ['create', 'dist/linux_amd64/hello'],
        ['create', 'dist/manifest.json'],
        ['create', 'made.txt'],
      ]);
      expect(created[1]?.size).toBe(archives[0]?.size);
    });

    it('buildProject takes options in the place of the configuration', async () => {
      const medium = project(yaml('archive: { format: gz }'));
      const { archives, checksumFile } = await build(medium, {
        outputDir: './out/put/',
        archive: { format: 'zip', name: 'all' },
        checksum: { file: 'SUMS' },
      });
      expect([archives[0]?.path, checksumFile]).toEqual(['out/put/all.zip', 'out/put/SUMS']);
    });

    it('buildProject makes no archives and no checksums where they are not asked for', async () => {
      const medium = project();
      const without = await build(medium, { archive: false, checksum: false });
      expect([without.archives, without.checksumFile]).toEqual([[], undefined]);
      expect((await medium.list('dist')).map(({ name }) => name)).toEqual(['linux_amd64', 'manifest.json']);
      const { checksumFile, events } = await build(medium, { archive: false });
      expect(checksumFile).toBeUndefined();
      expect(events.filter(({ type }) => type === 'warning')).toHaveLength(1);
    });

    it('buildProject takes an output folder from the root of the medium', async () => {
      const medium = project();
      expect((await build(medium, { outputDir: '/elsewhere' })).manifestFile).toBe('/elsewhere/manifest.json');
      expect(await medium.isFile('elsewhere/hello_linux_amd64.tar.gz')).toBe(true);
    });

    it('buildProject takes a configuration of the caller’s, and a type', async () => {
      undo.push(
        registerBuilder(
          'docker',
          fakeBuilder(() => Promise.resolve('image')),
        ),
      );
      const medium = project({ Dockerfile: '', ...yaml('broken: [') });
      const { manifest } = await build(medium, { type: 'docker', config: defaultConfig({}) });
      expect(manifest.project.type).toBe('docker');
    });
  });

  describe('Good: every key of the configuration', () => {
    const scripted = (config: string, print: string, manifest: object = {}) =>
      build(project(yaml(config), { print, ...manifest }));

    it('project.name, project.version and project.binary name the release', async () => {
      const { events, manifest, artifacts } = await scripted(
        'project: { name: other, version: 9.9.9-rc.1, binary: tool }',
        "[process.env.NAME, process.env.VERSION, process.env.BINARY].join(' ')",
      );
      expect(manifest.project).toMatchObject({ name: 'other', version: '9.9.9-rc.1' });
      expect(artifacts[0]?.path).toBe('dist/linux_amd64/tool');
      expect(printed(events)).toEqual(['other 9.9.9-rc.1 tool']);
    });

    it('project.description goes to commands', async () => {
      const { events } = await scripted('project: { description: It greets }', 'process.env.DESCRIPTION');
      expect(printed(events)).toEqual(['It greets']);
    });

    it('project.main is the entry', async () => {
      const medium = project({ 'other.js': 'console.log("other");', ...yaml('project: { main: ./other.js }') });
      await build(medium);
      expect(await medium.read('dist/linux_amd64/hello')).toContain('console.log("other")');
    });

    it('project.binary picks among several programs', async () => {
      const medium = project(
        { 'b.js': 'console.log("b");', ...yaml('project: { binary: b }') },
        { bin: { a: 'cli.js', b: 'b.js' } },
      );
      const { events } = await build(medium);
      expect(await medium.read('dist/linux_amd64/b')).toContain('console.log("b")');
      expect(events).toContainEqual({
        type: 'warning',
        message: 'Of the programs in bin only b is built: a can be chosen with project.binary.',
      });
    });

    it('build.env is in the environment of every command', async () => {
      const { events } = await scripted(
        'build: { env: ["A=1=2", "NAME=mine"] }',
        "process.env.A + ' ' + process.env.NAME",
      );
      expect(printed(events)).toEqual(['1=2 mine']);
    });

    it('build.hooks are run before the build and after it, where they can change what was built', async () => {
      const medium = project(
        yaml(`build:
  hooks:
    before: ['echo out:before $VERSION > before.txt; cat before.txt; echo early > "$OUTPUT_DIR/early.txt"']
    after: ['echo "// stamped" >> "$OUTPUT_DIR/linux_amd64/hello"; echo notes > "$OUTPUT_DIR/notes.txt"; echo out:after']`),
        { print: "require('fs').existsSync('before.txt')" },
      );
      const { events, manifest } = await build(medium);
      expect(printed(events)).toEqual(['before 1.2.3', 'true', 'after']);
      expect((await unpacked(medium, 'dist/hello_linux_amd64.tar.gz'))['hello']).toMatch(/\/\/ stamped\n$/);
      expect(manifest.files.map(({ path }) => path)).toEqual(['early.txt', 'notes.txt']);
      expect(await medium.read('dist/notes.txt')).toBe('notes\n');
    });

    it('build.cgo, build.flags and build.ldflags reach the builder', async () => {
      let seen: unknown;
      const medium = withBuilder(({ cgo, flags, ldflags }) => {
        seen = { cgo, flags, ldflags };
        return Promise.resolve('');
      });
      await medium.write('.core/build.yaml', 'build: { cgo: true, flags: [-a], ldflags: [] }');
      await build(medium);
      expect(seen).toEqual({ cgo: true, flags: ['-a'], ldflags: [] });
    });

    it('targets are what it is built for, and are told to commands', async () => {
      const medium = project(yaml('targets: [{ os: freebsd, arch: riscv64 }]'), { print: 'process.env.TARGETS' });
      const { archives, events } = await build(medium, { targets: undefined });
      expect(archives.map(({ path }) => path)).toEqual(['dist/hello_freebsd_riscv64.tar.gz']);
      expect(printed(events)).toEqual(['freebsd/riscv64']);
    });

    it('archive.format, archive.name and archive.wrap make the archive', async () => {
      const name = '{{.Name}}-v{{.Version}}-{{.OS}}-{{.Arch}}-{{.Binary}}';
      const medium = project(yaml(`archive: { format: zip, wrap: true, name: '${name}', files: [] }`));
      const { archives } = await build(medium);
      expect(archives[0]?.path).toBe('dist/@me-hello-v1.2.3-linux-amd64-hello.zip');
      expect(Object.keys(await unpacked(medium, archives[0]?.path ?? ''))).toEqual([
        '@me-hello-v1.2.3-linux-amd64-hello/hello',
      ]);
    });

    it('archive.files are the files that go along, under their own paths', async () => {
      const medium = project({
        'README.md': '',
        'docs/a.md': 'a',
        'docs/deep/b.md': 'b',
        'node_modules/x/c.md': 'c',
        ...yaml('archive: { files: [./docs/**/*.md, "*.txt", "**/c.md"] }'),
      });
      const { archives } = await build(medium);
      expect(Object.keys(await unpacked(medium, archives[0]?.path ?? ''))).toEqual([
        'docs/a.md',
        'docs/deep/b.md',
        'hello',
      ]);
    });

    it('checksum.file names the file of checksums', async () => {
      const { checksumFile } = await build(project(yaml('checksum: { file: SHA256SUMS, algorithm: sha256 }')));
      expect(checksumFile).toBe('dist/SHA256SUMS');
    });

    it('sign.enabled without any key is told of, and can be turned on and off by the caller', async () => {
      const medium = project(yaml('sign: { enabled: true, gpg: { key: $NO_SUCH_VARIABLE } }'));
      const { events, signatures } = await build(medium);
      expect(signatures).toEqual([]);
      expect(events).toContainEqual({
        type: 'warning',
        message: 'Not signed: dist/CHECKSUMS.txt: sign.gpg.key is not set (GPG_KEY_ID)',
      });
      const steps = async (sign: boolean) =>
        (await build(medium, { sign })).events.filter(
          (event) => event.type === 'step-started' && event.step === 'sign',
        );
      expect([(await steps(false)).length, (await steps(true)).length]).toEqual([0, 2]);
    });
  });

  describe('Bad', () => {
    it.each<[string, MemoryMedium, string, object]>([
      ['an empty folder', new MemoryMedium({ app: {} }), 'app', { code: 'ERR_BUILD_NO_PROJECT', path: 'app' }],
      ['a missing folder', new MemoryMedium(), 'app', { code: 'ERR_BUILD_NO_PROJECT' }],
      ['a file', new MemoryMedium({ app: '' }), 'app', { code: 'ERR_BUILD_NO_PROJECT' }],
      ['a broken configuration', project(yaml('x: 1')), '', { code: 'ERR_BUILD_CONFIG_INVALID', line: 1 }],
      ['no targets', project(yaml('targets: []')), '', { code: 'ERR_BUILD_NO_TARGETS' }],
      [
        'a file that is not there',
        project(yaml('archive: { files: [NOTICE] }')),
        '',
        { code: 'ERR_BUILD_FILES_UNMATCHED' },
      ],
      [
        'a target that Node does not run on',
        project(yaml('targets: [{os: plan9, arch: amd64}]')),
        '',
        { code: 'ERR_BUILD_UNSUPPORTED_TARGET', target: 'plan9/amd64' },
      ],
      [
        'a program that is not there',
        project({}, { bin: 'gone.js' }),
        '',
        { code: 'ERR_BUILD_NO_ENTRY', path: 'gone.js' },
      ],
      [
        'a hook that fails',
        project(yaml('build: { hooks: { before: [exit 3] } }')),
        '',
        { code: 'ERR_BUILD_COMMAND_FAILED', exitCode: 3, command: 'exit 3' },
      ],
      [
        'one archive for two targets',
        project(yaml('archive: { name: one }\ntargets: [{os: linux, arch: arm}, {os: linux, arch: amd64}]')),
        '',
        { code: 'ERR_BUILD_DUPLICATE_ARCHIVE' },
      ],
      [
        'one name for an archive and the checksums',
        project(yaml('archive: { name: x }\nchecksum: { file: x.tar.gz }\ntargets: [{os: linux, arch: arm}]')),
        '',
        { code: 'ERR_BUILD_CHECKSUM_DUPLICATE' },
      ],
      [
        'a file called as the program',
        project({ hello: '', ...yaml('archive: { files: [hello] }') }),
        '',
        { code: 'ERR_BUILD_DUPLICATE_ENTRY' },
      ],
    ])('buildProject refuses %s and leaves nothing', async (_, medium, dir, error) => {
      const before = medium.toJSON();
      await expect(buildProject({ medium, dir })).rejects.toMatchObject(error);
      expect(medium.toJSON()).toEqual(before);
    });

    it('buildProject refuses targets that are none, and builds for one that is named twice once', async () => {
      const strange = build(project(), { targets: [{ os: '../..', arch: 'x' }] });
      await expect(strange).rejects.toMatchObject({ code: 'ERR_BUILD_INVALID_TARGET' });
      expect((await build(project(), { targets: [...LINUX, ...LINUX] })).archives).toHaveLength(1);
    });

    it.each([
      [{ bin: { '../../evil': 'cli.js' } }, '..-..-evil'],
      [{ bin: { '..': 'cli.js' } }, 'app'],
      [{ name: '..', bin: 'cli.js' }, 'app'],
      [{ name: 'a\\b\0', bin: 'cli.js' }, 'a-b-'],
    ])('buildProject does not let %j write elsewhere', async (manifest, binary) => {
      const medium = project({}, manifest);
      const { artifacts } = await build(medium);
      expect(artifacts[0]?.path).toBe(`dist/linux_amd64/${binary}`);
      expect((await medium.list('')).map(({ name }) => name)).toEqual(['.core', 'cli.js', 'dist', 'package.json']);
    });

    it('buildProject names the projects inside a folder that is none', async () => {
      const medium = new MemoryMedium({ 'a/go.mod': '', 'b/c/package.json': '{}' });
      await expect(buildProject({ medium, dir: '' })).rejects.toMatchObject({
        hint: 'There are projects in a, b/c: name one of them.',
      });
    });

    it('buildProject refuses a SOURCE_DATE_EPOCH that is none', async () => {
      process.env['SOURCE_DATE_EPOCH'] = 'yesterday';
      undo.push(() => delete process.env['SOURCE_DATE_EPOCH']);
      await expect(build(project())).rejects.toMatchObject({ code: 'ERR_BUILD_INVALID_SOURCE_DATE' });
    });

    it('buildProject rejects with the reason of its signal, and starts nothing', async () => {
      const reason = new Error('enough');
      const medium = project();
      await expect(build(medium, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    });
  });

  describe('Ugly', () => {
    it('buildProject can be cancelled at every event, and leaves the release before and no copy', async () => {
      const medium = project(yaml('build: { hooks: { before: ["true"], after: ["true"] } }'));
      await build(medium);
      await medium.write('cli.js', 'console.log("newer");');
      const before = medium.toJSON();
      for (let at = 0; ; at += 1) {
        const controller = new AbortController();
        const reason = new Error(`at ${String(at)}`);
        let count = 0;
        let last: BuildEvent | undefined;
        const onEvent = (event: BuildEvent): void => {
          last = event;
          if (count++ === at) controller.abort(reason);
        };
        const outcome: unknown = await buildProject({
          medium,
          dir: '',
          targets: LINUX,
          signal: controller.signal,
          onEvent,
        }).catch((e: unknown) => e);
        if (outcome !== reason) {
          // once it is being put into its place it is past the point of no return
          expect(last).toMatchObject({ type: 'published' });
          break;
        }
        expect([at, medium.toJSON()]).toEqual([at, before]);
      }
      expect(readdirSync(COPIES).filter((name) => name.startsWith('core-build-'))).toEqual([]);
    });

    needs('linux')('buildProject ends the command that runs when it is cancelled', async () => {
      const controller = new AbortController();
      const reason = new Error('enough');
      const medium = project(
        {},
        { scripts: { build: `node -e "console.log('out:' + process.pid); setInterval(() => {}, 1000)"` } },
      );
      let pid = 0;
      const onEvent = (event: BuildEvent): void => {
        const [line] = printed([event]);
        if (line === undefined) return;
        pid = Number(line);
        controller.abort(reason);
      };
      await expect(build(medium, { signal: controller.signal, onEvent })).rejects.toBe(reason);
      expect(pid).toBeGreaterThan(0);
      expect(isAlive(pid)).toBe(false);
      expect(await medium.exists('dist')).toBe(false);
    });

    it('buildProject leaves nothing when writing fails, wherever it does', async () => {
      const medium = withBuilder(() => Promise.resolve('program'));
      await build(medium);
      const before = medium.toJSON();
      for (let at = 1; ; at += 1) {
        const faulty = failingWrites(medium, at);
        const outcome: unknown = await build(faulty).catch((error: unknown) => error);
        if (!(outcome instanceof Error)) {
          expect(at).toBeGreaterThan(4);
          return;
        }
        expect(outcome).toMatchObject({ code: 'ENOSPC' });
        expect([at, medium.toJSON()]).toEqual([at, before]);
      }
    });

    it('buildProject refuses to release what was changed while it was read back', async () => {
      const medium = withBuilder(() => Promise.resolve('program'));
      const onEvent = (event: BuildEvent): void => {
        if (event.type !== 'step-started' || event.step !== 'verify') return;
        const [staging] = Object.keys((medium.toJSON() as { dist: object }).dist);
        void medium.append(`dist/${staging ?? ''}/new/linux_amd64/app`, 'x');
      };
      await expect(build(medium, { onEvent })).rejects.toMatchObject({
        code: 'ERR_BUILD_RELEASE_INVALID',
        message: expect.stringContaining('linux_amd64/app: it has 8 bytes, not 7'),
      });
      expect(await medium.exists('dist')).toBe(false);
    });

    it('buildProject makes two builds of one project wait for each other', async () => {
      let running = 0;
      const medium = withBuilder(async () => {
        running += 1;
        await new Promise((resolve) => setImmediate(resolve));
        expect(running).toBe(1);
        running -= 1;
        return 'program';
      });
      const results = await Promise.all([build(medium), build(medium), build(medium)]);
      const waited = results.flatMap(({ events }) => events.filter(({ type }) => type === 'warning'));
      expect(waited).toHaveLength(2);
    });

    it('buildProject goes on where files cannot be locked', async () => {
      const medium = withBuilder(() => Promise.resolve('program'));
      medium.lock = (path) => Promise.reject(new IoError({ code: 'EROFS', op: 'lock', path }));
      expect((await build(medium)).archives).toHaveLength(1);
    });

    it('buildProject does not pack releases into releases', async () => {
      const medium = withBuilder(() => Promise.resolve('program'));
      await medium.write('.core/build.yaml', 'archive: { files: ["**/*"] }');
      await medium.write('dist/page.html', 'of the project itself');
      await build(medium);
      const first = await medium.readBytes('dist/app_linux_amd64.tar.gz');
      await build(medium);
      expect(await medium.readBytes('dist/app_linux_amd64.tar.gz')).toEqual(first);
      expect(Object.keys(await unpacked(medium, 'dist/app_linux_amd64.tar.gz'))).toEqual([
        ...['Cargo.toml', 'README.md', 'app', 'dist/page.html'],
      ]);
    });

    it('buildProject takes a build script that clears the output folder', async () => {
      const medium = project({ 'src.js': 'console.log("built");' }, { bin: 'dist/cli.js' });
      const clear = `node -e "const fs = require('fs'); fs.rmSync('dist', {recursive: true, force: true}); fs.mkdirSync('dist'); fs.copyFileSync('src.js', 'dist/cli.js')"`;
      await medium.write('package.json', JSON.stringify({ ...PACKAGE, bin: 'dist/cli.js', scripts: { build: clear } }));
      await build(medium);
      await build(medium);
      expect((await medium.list('dist')).map(({ name }) => name)).toEqual([
        ...['CHECKSUMS.txt', 'cli.js', 'hello_linux_amd64.tar.gz', 'linux_amd64', 'manifest.json'],
      ]);
    });

    it('buildProject ends when a listener throws, and leaves nothing', async () => {
      const medium = project({}, { print: '1' });
      const before = medium.toJSON();
      for (const type of ['project-found', 'command-output', 'archive-written'] as const) {
        const onEvent = (event: BuildEvent): void => {
          if (event.type === type) throw new Error(`no more after ${type}`);
        };
        await expect(build(medium, { onEvent })).rejects.toThrow(`no more after ${type}`);
        expect(medium.toJSON()).toEqual(before);
      }
    });

    it('buildProject keeps what another script was told away from its commands', async () => {
      process.env['npm_lifecycle_event'] = 'start';
      process.env['npm_package_name'] = 'outer';
      undo.push(() => delete process.env['npm_lifecycle_event']);
      undo.push(() => delete process.env['npm_package_name']);
      const medium = project(yaml(`build: { hooks: { before: ['echo out:$npm_lifecycle_event.$npm_package_name'] } }`));
      expect(printed((await build(medium)).events)).toEqual(['.']);
    });
  });
});

function failingWrites(medium: MemoryMedium, at: number): Medium {
  let count = 0;
  return new Proxy(medium, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      const method = value.bind(target) as (...args: unknown[]) => unknown;
      if (key !== 'write' && key !== 'writeStream' && key !== 'ensureDir') return method;
      return (path: string, ...rest: unknown[]) => {
        count += 1;
        if (count !== at) return method(path, ...rest);
        const error = new IoError({ code: 'ENOSPC', op: 'write', path });
        if (key !== 'writeStream') return Promise.reject(error);
        const stream = method(path, ...rest) as NodeJS.WritableStream & { destroy(error: Error): void };
        stream.destroy(error);
        return stream;
      };
    },
  });
}
