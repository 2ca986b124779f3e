import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it, jest } from '@jest/globals';
import { localMedium, MemoryMedium } from '@core/io';
import { needs } from '@core/tooling/needs';

import { hostTarget } from '../../../src/builders/kit/host-target.ts';
import { RustBuilder } from '../../../src/builders/rust/rust-builder.ts';
import {
  buildProject,
  type BuildEvent,
  type BuilderConfig,
  formatTarget,
  parseTargets,
  type Target,
  verifyRelease,
} from '../../../src/index.ts';
import { scriptedTools } from '../../support/scripted-tools.ts';
import { type Files, tempDir } from '../../support/temp-project.ts';
import { builderConfig } from '../support/builder-config.ts';

jest.setTimeout(300_000); // real compilers are run, and the machine may be busy

const builder = new RustBuilder();
const HOST = [hostTarget()];
const FOLDER = `${hostTarget().os}_${hostTarget().arch}`;
/** Debian's Rust, also where another one comes before it on the PATH. */
const DEBIAN = { ...(process.env as Record<string, string>), PATH: '/usr/bin:/bin' };

/** A package with one of its own that it depends on, which also says where it was built. */
const HELLO: Files = {
  'Cargo.toml':
    '[package]\nname = "hello"\nversion = "2.1.0"\nedition = "2021"\n\n[dependencies]\ngreet = { path = "crates/greet" }\n',
  'src/main.rs':
    'fn main() { println!("{} from {} {:?}", greet::text(), file!(), option_env!("SOURCE_DATE_EPOCH")); }\n',
  'crates/greet/Cargo.toml': '[package]\nname = "greet"\nversion = "0.1.0"\nedition = "2021"\n',
  'crates/greet/src/lib.rs':
    'pub fn text() -> String { let all: Vec<&str> = vec!["good day"]; all[std::env::args().count() - 1].into() }\n',
};

async function build(
  dir: string,
  change: Partial<BuilderConfig> = {},
  targets: readonly Target[] = HOST,
): Promise<{ readonly made: readonly string[]; readonly events: readonly BuildEvent[] }> {
  await using config = await builderConfig(dir, { env: DEBIAN, ...change });
  const events: BuildEvent[] = [];
  const artifacts = await builder.build(config, targets, { onEvent: (event) => events.push(event) });
  return { made: artifacts.map(({ path }) => path.slice(config.outputDir.length + 1)), events };
}

const commands = (events: readonly BuildEvent[]): string[] =>
  events.flatMap((event) => (event.type === 'command-started' ? [event.command] : []));
const run = (command: string, ...args: string[]): string => execFileSync(command, args, { encoding: 'utf8' }).trim();

describe('RustBuilder', () => {
  describe('Good', () => {
    needs('cargo')('RustBuilder builds a program with its packages, which runs', async () => {
      const dir = tempDir(HELLO);
      // a variable whose value is taken for a secret, and taken out of messages
      const { made } = await build(dir, { env: { ...DEBIAN, OLDPWD: dir } });
      expect(made).toEqual([`${FOLDER}/hello`]);
      expect(run(join(dir, 'out', FOLDER, 'hello'))).toBe('good day from src/main.rs Some("315532800")');
    });

    needs('cargo')('RustBuilder builds with the Rust that is on the PATH', async () => {
      const dir = tempDir(HELLO);
      await build(dir, { env: process.env as Record<string, string> });
      expect(run(join(dir, 'out', FOLDER, 'hello'))).toContain('good day');
    });

    needs(
      'cargo',
      'rust-std-windows',
      'x86_64-w64-mingw32-gcc',
      'file',
    )('RustBuilder builds for Windows', async () => {
      const dir = tempDir(HELLO);
      const { made } = await build(dir, {}, parseTargets('windows/amd64'));
      expect(made).toEqual(['windows_amd64/hello.exe']);
      expect(run('file', '--brief', join(dir, 'out/windows_amd64/hello.exe'))).toMatch(/^PE32\+ executable .*x86-64/);
    });

    needs('cargo')(
      'RustBuilder keeps to a lock file, and to the flags of its user wherever they are given',
      async () => {
        const flagged: [Files, Record<string, string>][] = [
          [{}, { RUSTFLAGS: '--cfg special' }],
          [{}, { CARGO_ENCODED_RUSTFLAGS: '--cfg\u001fspecial' }],
          [{ '.cargo/config.toml': '[build]\nrustflags = ["--cfg", "special"]\n' }, {}],
          [{ '.cargo/config.toml': '[target.\'cfg(unix)\']\nrustflags = ["--cfg", "special"]\n' }, {}],
          [
            {
              '.cargo/config':
                '[target.x86_64-unknown-linux-gnu]\nrustflags = ["--cfg", "special"]\n[target.aarch64-unknown-linux-gnu]\nrustflags = ["--cfg", "special"]\n',
            },
            {},
          ],
        ];
        for (const [files, env] of flagged) {
          const lock = 'version = 3\n\n[[package]]\nname = "hello"\nversion = "0.1.0"\n';
          const dir = tempDir({
            'Cargo.toml': '[package]\nname = "hello"\nversion = "0.1.0"\nedition = "2021"\n',
            'src/main.rs':
              'fn main() { println!("{} {}", cfg!(special), panic_place()); }\n#[track_caller]\nfn panic_place() -> String { std::panic::Location::caller().file().into() }\n',
            'Cargo.lock': lock,
            ...files,
          });
          const { events } = await build(dir, { env: { ...DEBIAN, ...env } });
          expect(commands(events)).toEqual([expect.stringContaining('cargo build --release --locked --target ')]);
          expect(run(join(dir, 'out', FOLDER, 'hello'))).toBe('true src/main.rs');
          expect(readFileSync(join(dir, 'out', FOLDER, 'hello')).includes(dir)).toBe(false);
          expect(readFileSync(join(dir, 'Cargo.lock'), 'utf8')).toBe(lock);
        }
      },
    );

    needs('cargo')(
      'RustBuilder makes the same bytes in two folders, with packages that tell where they are',
      async () => {
        const bytes: Buffer[] = [];
        for (const dir of [tempDir(HELLO), tempDir(HELLO)]) {
          await build(dir);
          bytes.push(readFileSync(join(dir, 'out', FOLDER, 'hello')));
        }
        expect(bytes[0]?.equals(bytes[1] ?? Buffer.alloc(0))).toBe(true);
      },
    );

    needs('cargo')(
      'RustBuilder builds the member of a workspace that has the program, and finds it in the target folder of all',
      async () => {
        const dir = tempDir({
          'Cargo.toml': '[workspace]\nmembers = ["crates/*"]\n[workspace.package]\nversion = "3.0.0"\n',
          'crates/cli/Cargo.toml': '[package]\nname = "cli"\nversion.workspace = true\nedition = "2021"\n',
          'crates/cli/src/main.rs': 'fn main() { println!("cli {}", env!("CARGO_PKG_VERSION")); }\n',
          'crates/lib/Cargo.toml': '[package]\nname = "lib"\nversion = "0.1.0"\n',
          'crates/lib/src/lib.rs': '',
        });
        for (const [place, main] of [
          [dir, '.'],
          [dir, './crates/cli'],
          [join(dir, 'crates/cli'), '.'],
        ] as const) {
          await build(place, { main });
          expect(run(join(place, 'out', FOLDER, 'hello'))).toBe('cli 3.0.0');
        }
        expect(await builder.describe(localMedium(), join(dir, 'crates/cli'), { main: '.' })).toMatchObject({
          version: '3.0.0',
        });
        expect(existsSync(join(dir, 'crates/cli/target'))).toBe(false);
      },
    );

    it('RustBuilder gives Cargo the linker of each target, and takes one that Cargo knows', async () => {
      const lib = tempDir({ 'libstd-1.rlib': '' });
      const rustc = `console.log(args[0] === '-vV' ? 'host: x86_64-unknown-linux-gnu\\nrelease: 1.99.0' : ${JSON.stringify(lib)})`;
      const cargo = `const at = (name) => args[args.indexOf(name) + 1];
        if (args[0] === 'metadata') console.log(JSON.stringify({ target_directory: env.T, workspace_root: env.T }));
        else { const dir = env.T + '/' + at('--target') + '/release'; fs.mkdirSync(dir, { recursive: true }); fs.writeFileSync(dir + '/' + at('--bin'), 'made'); }`;
      const tools = scriptedTools({ rustc, cargo, 'aarch64-linux-gnu-gcc': '' });
      const dir = tempDir({ ...HELLO, '.cargo/config.toml': '[target.aarch64-apple-darwin]\nlinker = "o64-clang"\n' });
      const env = { ...tools.env, T: tempDir() };
      const targets = parseTargets('linux/arm64,darwin/arm64,linux/amd64');
      expect((await build(dir, { env }, targets)).made).toEqual([
        'linux_arm64/hello',
        'darwin_arm64/hello',
        'linux_amd64/hello',
      ]);
      const builds = tools.calls().filter(({ args }) => args[0] === 'build');
      const linkers = builds.map(({ args, env: { CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER: linker } }) => [
        args[args.indexOf('--target') + 1],
        linker,
      ]);
      expect(linkers.toSorted()).toEqual([
        ['aarch64-apple-darwin', undefined],
        ['aarch64-unknown-linux-gnu', 'aarch64-linux-gnu-gcc'],
        ['x86_64-unknown-linux-gnu', undefined],
      ]);
      await using config = await builderConfig(dir, { env });
      const some = parseTargets('windows/amd64,linux/arm64,linux/wasm,darwin/arm64,darwin/amd64');
      const chosen = await builder.chooseTargets(
        { ...config, env: { ...env, PATH: tools.env['PATH']?.split(':')[0] ?? '' } },
        some,
      );
      expect(chosen.map(formatTarget)).toEqual(['linux/arm64', 'darwin/arm64']);
      expect(await builder.tools(config)).toEqual({ rustc: '1.99.0' });
    });

    needs('cargo')('buildProject releases a Rust project for what this machine can build for', async () => {
      const dir = tempDir(HELLO);
      const medium = localMedium();
      const before = process.env['PATH'];
      const events: BuildEvent[] = [];
      const release = await buildProject({ medium, dir, onEvent: (event) => events.push(event) });
      expect(process.env['PATH']).toBe(before);
      expect(release.archives.map(({ path }) => path.slice(dir.length + 1))).toContain(`dist/hello_${FOLDER}.tar.gz`);
      expect(release.manifest).toMatchObject({ project: { name: 'hello', version: '2.1.0' } });
      expect(existsSync(join(dir, 'dist/CHECKSUMS.txt'))).toBe(true);
      expect((await verifyRelease(medium, join(dir, 'dist'))).ok).toBe(true);
      expect(readdirSync(dir).toSorted()).toEqual(['Cargo.lock', 'Cargo.toml', 'crates', 'dist', 'src', 'target']);
    });
  });

  describe('Bad', () => {
    needs('cargo')('RustBuilder tells of a target without standard library before anything is built', async () => {
      const events: BuildEvent[] = [];
      await using config = await builderConfig(tempDir(HELLO), { env: DEBIAN });
      const built = builder.build(config, [...HOST, ...parseTargets('freebsd/amd64')], {
        onEvent: (event) => events.push(event),
      });
      await expect(built).rejects.toMatchObject({
        code: 'ERR_BUILD_UNSUPPORTED_TARGET',
        target: 'freebsd/amd64',
        hint: expect.stringContaining('rustup target add x86_64-unknown-freebsd'),
      });
      expect(events).toEqual([]);
    });

    it.each(['{}', 'null', 'no JSON', ''])(
      'RustBuilder refuses a cargo that says %j of the project',
      async (answer) => {
        const rustc = "console.log('host: x86_64-unknown-linux-gnu\\nrelease: 1.99.0')";
        const { env } = scriptedTools({ rustc, cargo: `console.log(${JSON.stringify(answer)})` });
        await expect(build(tempDir(HELLO), { env }, parseTargets('linux/amd64'))).rejects.toMatchObject({
          code: 'ERR_BUILD_COMMAND_FAILED',
          message: expect.stringMatching(/cargo metadata does not say where it builds$/),
        });
      },
    );

    it('chooseTargets does not take a machine without Rust for one without targets', async () => {
      await using config = await builderConfig(tempDir(HELLO), { env: { PATH: tempDir() } });
      await expect(builder.chooseTargets(config, HOST)).rejects.toMatchObject({
        ...{ code: 'ERR_BUILD_TOOL_MISSING', tool: 'rustc', hint: expect.stringContaining('rustup.rs') },
      });
    });

    needs('cargo', 'rust-std-windows')('RustBuilder tells of a target without linker', async () => {
      const bin = tempDir();
      for (const tool of ['cargo', 'rustc']) execFileSync('ln', ['-s', `/usr/bin/${tool}`, join(bin, tool)]);
      const env = { ...DEBIAN, PATH: bin };
      await expect(build(tempDir(HELLO), { env }, parseTargets('windows/amd64'))).rejects.toMatchObject({
        code: 'ERR_BUILD_UNSUPPORTED_TARGET',
        hint: 'Install x86_64-w64-mingw32-gcc, or set CARGO_TARGET_X86_64_PC_WINDOWS_GNU_LINKER to one.',
      });
    });

    needs('cargo')(
      'buildProject leaves nothing of a Rust project that cannot be built but what Cargo keeps',
      async () => {
        const broken: [Files, object][] = [
          [
            { 'src/main.rs': 'fn main() { oops( }' },
            { code: 'ERR_BUILD_COMMAND_FAILED', output: expect.stringContaining('src/main.rs:1:') },
          ],
          [{ 'Cargo.toml': '[package]\nname = "x"\nname = "y"\n' }, { code: 'ERR_BUILD_PACKAGE_INVALID', line: 3 }],
          [
            { 'Cargo.toml': '[package]\nname = "x"\nversion = "1.0.0"\n[dependencies]\nnone = { path = "nowhere" }\n' },
            { code: 'ERR_BUILD_COMMAND_FAILED', output: expect.stringContaining('nowhere') },
          ],
          [
            { 'Cargo.toml': '[package]\nname = "x"\nversion = "1.0.0"\nautobins = false\n' },
            { code: 'ERR_BUILD_NO_ENTRY', key: 'project.main' },
          ],
          [
            {
              'src/bin/b.rs': 'fn main() {}',
              'Cargo.toml': '[package]\nname = "x"\nversion = "1.0.0"\n[[bin]]\nname = "a"\npath = "src/main.rs"\n',
            },
            { code: 'ERR_BUILD_NO_ENTRY', message: expect.stringContaining('a, b') },
          ],
        ];
        for (const [change, error] of broken) {
          const dir = tempDir({ ...HELLO, ...change });
          const before = readdirSync(dir);
          await expect(buildProject({ medium: localMedium(), dir, targets: HOST })).rejects.toMatchObject(error);
          expect(readdirSync(dir).filter((name) => !['target', 'Cargo.lock'].includes(name))).toEqual(before);
        }
      },
    );
  });

  describe('Ugly', () => {
    needs('cargo')('RustBuilder builds in a copy without leaving anything of Cargo in the project', async () => {
      const dir = tempDir({ ...HELLO, 'src/bin/other.rs': 'fn main() {}' });
      const result = await buildProject({ medium: localMedium(), dir, targets: HOST, dryRun: true });
      const changed = (result.changes ?? []).map(({ path }) => path.slice(dir.length + 1));
      expect(changed).toContain(`dist/${FOLDER}/hello`);
      expect(changed.filter((path) => path.startsWith('target'))).toEqual([]);
      expect(readdirSync(dir).toSorted()).toEqual(['Cargo.toml', 'crates', 'src']);
    });
  });
});

describe('describe', () => {
  it.each<[string, Files, object]>([
    ['a package', HELLO, { name: 'hello', version: '2.1.0', binary: 'hello' }],
    [
      'programs with a default',
      {
        'Cargo.toml': '[package]\nname = "x"\nversion = "1.0.0"\ndefault-run = "b"\n',
        'src/bin/a.rs': '',
        'src/bin/b/main.rs': '',
      },
      { name: 'x', version: '1.0.0', binary: 'b' },
    ],
    [
      'programs of which one is called as its package is',
      { 'Cargo.toml': '[package]\nname = "x"\nversion = "1.0.0"\n', 'src/main.rs': '', 'src/bin/a.rs': '' },
      { name: 'x', version: '1.0.0', binary: 'x' },
    ],
    [
      'programs of which none is meant',
      { 'Cargo.toml': '[package]\nname = "x"\nversion = "1.0.0"\n', 'src/bin/a.rs': '', 'src/bin/b.rs': '' },
      { name: 'x', version: '1.0.0' },
    ],
    [
      'a library',
      { 'Cargo.toml': '[package]\nname = "x"\nversion = "1.0.0"\n', 'src/lib.rs': '' },
      { name: 'x', version: '1.0.0' },
    ],
    [
      'a workspace',
      {
        'Cargo.toml': '[workspace]\nmembers = ["./a/", "b", "../c"]\nexclude = ["b"]\n',
        'a/Cargo.toml': '[package]\nname = "cli"\nversion = "1.0.0"\n',
        'a/src/main.rs': '',
        'b/Cargo.toml': '[package]\nname = "b"\n',
        'b/src/main.rs': '',
      },
      { name: 'cli', version: '1.0.0', binary: 'cli' },
    ],
    [
      'a workspace with default members',
      {
        'Cargo.toml': '[workspace]\nmembers = ["*"]\ndefault-members = ["b"]\n',
        'a/Cargo.toml': '[package]\nname = "a"\n',
        'a/src/main.rs': '',
        'b/Cargo.toml': '[package]\nname = "b"\n',
        'b/src/main.rs': '',
      },
      { name: 'b', binary: 'b' },
    ],
  ])('describe knows %s', async (_, files, expected) => {
    const texts = files as Record<string, string>;
    expect(await builder.describe(new MemoryMedium(texts), '', { main: '.' })).toEqual(expected);
    const below = Object.fromEntries(Object.entries(texts).map(([path, text]) => [`deep/er/${path}`, text]));
    expect(await builder.describe(new MemoryMedium(below), 'deep/er', { main: '.' })).toEqual(expected);
  });
});
