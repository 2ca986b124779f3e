import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it, jest } from '@jest/globals';
import { localMedium } from '@core/io';
import { needs } from '@core/tooling/needs';

import type { BuilderConfig, BuilderOptions } from '../../../src/builder.ts';
import { CppBuilder } from '../../../src/builders/cpp/cpp-builder.ts';
import { hostTarget } from '../../../src/builders/kit/host-target.ts';
import type { BuildEvent } from '../../../src/events.ts';
import type { Target } from '../../../src/target.ts';
import { isAlive } from '../../support/is-alive.ts';
import { type Files, tempDir } from '../../support/temp-project.ts';
import { builderConfig } from '../support/builder-config.ts';

jest.setTimeout(300_000); // compilers are started, and the machine may be busy

const HOST = hostTarget();
const WINDOWS = { os: 'windows', arch: 'amd64' };
const ARM = { os: 'linux', arch: 'arm64' };
const HEAD = 'cmake_minimum_required(VERSION 3.15)\nproject(hello VERSION 1.2.3 LANGUAGES CXX)\n';
const MAIN = '#include <cstdio>\nint main() { std::puts("hello"); }\n';
const HELLO: Files = { 'CMakeLists.txt': `${HEAD}add_executable(hello main.cpp)\n`, 'main.cpp': MAIN };
const GREETING: Files = {
  'greet.cpp': 'const char* greeting() { return "greetings"; }\n',
  'main.cpp': '#include <cstdio>\nconst char* greeting();\nint main() { std::puts(greeting()); }\n',
};

interface Order extends BuilderOptions {
  readonly targets?: readonly Target[];
  readonly change?: Partial<BuilderConfig>;
}

/** Builds a project in a folder of its own; gives its folder and the names of what was made. */
async function build(files: Files | string, { targets = [HOST], change = {}, ...options }: Order = {}) {
  const dir = typeof files === 'string' ? files : tempDir(files);
  await using config = await builderConfig(dir, change);
  const builder = new CppBuilder();
  const artifacts = await builder.build(config, targets, options);
  const out = (name: string, target = targets[0] ?? HOST) => join(dir, 'out', `${target.os}_${target.arch}`, name);
  const names = artifacts.map(({ path }) => path.slice(dir.length + 5));
  return { dir, names, out, tools: await builder.tools(config) };
}

const folderOf = ({ arch, os }: Target = HOST) => `${os}_${arch}`;
const said = (file: string, args: string[] = []) => spawnSync(file, args, { encoding: 'utf8' }).stdout.trim();
const refusal = async (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

/** The folders that builds have made for themselves, as their commands name them. */
const privateFolders = (events: readonly BuildEvent[]) =>
  events
    .flatMap((event) => (event.type === 'command-started' ? [/ -B (\S+)/.exec(event.command)?.[1] ?? ''] : []))
    .filter(Boolean);

describe('CppBuilder', () => {
  describe('Good', () => {
    needs(
      'cmake',
      'make',
      'g++',
    )('CppBuilder builds a program that runs, and names what it was made with', async () => {
      const events: BuildEvent[] = [];
      const { dir, names, out, tools } = await build(HELLO, { onEvent: (event) => events.push(event) });
      expect(names).toEqual([`${folderOf()}/hello`]);
      expect(said(out('hello'))).toBe('hello');
      expect(tools).toMatchObject({
        cmake: expect.stringMatching(/^\d+\.\d+/),
        'c++': expect.stringMatching(/^\d+\./),
      });
      expect(readdirSync(dir).sort()).toEqual(['CMakeLists.txt', 'main.cpp', 'out']);
      expect(privateFolders(events).map((folder) => existsSync(join(folder, '..')))).toEqual([false]);
    });

    needs(
      'cmake',
      'make',
      'g++',
    )('CppBuilder gives the program the name of the release, and others their own', async () => {
      const list = `${HEAD}add_executable(main main.cpp)\nadd_executable(tool main.cpp)\nadd_executable(no EXCLUDE_FROM_ALL main.cpp)\nset_target_properties(main PROPERTIES OUTPUT_NAME hello)`;
      const several = await build({ ...HELLO, 'CMakeLists.txt': list });
      expect(several.names).toEqual([`${folderOf()}/hello`, `${folderOf()}/tool`]);
      const alone = await build({ ...HELLO, 'CMakeLists.txt': `${HEAD}add_executable(other main.cpp)` });
      expect(alone.names).toEqual([`${folderOf()}/hello`]);
      const named = await build({ ...HELLO, 'CMakeLists.txt': list }, { change: { main: 'tool' } });
      expect(named.names).toEqual([`${folderOf()}/hello`]);
    });

    needs(
      'cmake',
      'make',
      'g++',
    )('CppBuilder puts shared libraries beside a program that runs anywhere', async () => {
      const list = `${HEAD}add_library(greet SHARED greet.cpp)\nset_target_properties(greet PROPERTIES VERSION 1.2.3 SOVERSION 1)\nadd_executable(hello main.cpp)\ntarget_link_libraries(hello greet)`;
      const { names, out } = await build({ ...GREETING, 'CMakeLists.txt': list });
      expect(names).toEqual([`${folderOf()}/hello`, `${folderOf()}/libgreet.so.1`]);
      expect(said(out('hello'))).toBe('greetings');
    });

    needs(
      'cmake',
      'make',
      'g++',
    )('CppBuilder releases what a project installs, with its programs on top', async () => {
      const list = `${HEAD}add_library(greet SHARED greet.cpp)\nadd_executable(hello main.cpp)\nadd_executable(unshipped main.cpp)\ntarget_link_libraries(hello greet)\ntarget_link_libraries(unshipped greet)\ninstall(TARGETS hello RUNTIME DESTINATION bin)\ninstall(TARGETS greet DESTINATION lib)\ninstall(FILES data.txt DESTINATION share/hello)\ninstall(FILES data.txt DESTINATION /etc/core-build-test)`;
      const { names, out } = await build({ ...GREETING, 'CMakeLists.txt': list, 'data.txt': 'data' });
      expect(names).toEqual([
        `${folderOf()}/hello`,
        `${folderOf()}/lib/libgreet.so`,
        `${folderOf()}/share/hello/data.txt`,
      ]);
      expect(said(out('hello'))).toBe('greetings');
      expect(existsSync('/etc/core-build-test')).toBe(false);
    });

    needs(
      'cmake',
      'make',
      'g++',
    )('CppBuilder releases libraries where there is no program', async () => {
      const list = `${HEAD}add_library(greet greet.cpp)\n`;
      const plain = await build({ ...GREETING, 'CMakeLists.txt': list });
      expect(plain.names).toEqual([`${folderOf()}/libgreet.a`]);
      const rules = 'install(TARGETS greet DESTINATION lib)\ninstall(FILES greet.h DESTINATION include)';
      const installed = await build({ ...GREETING, 'greet.h': '', 'CMakeLists.txt': list + rules });
      const names = ['libgreet.a', 'include/greet.h', 'lib/libgreet.a'];
      expect(installed.names).toEqual(names.map((name) => `${folderOf()}/${name}`));
    });

    needs(
      'cmake',
      'make',
      'g++',
    )('CppBuilder hands -D flags and the environment to CMake', async () => {
      const list = `${HEAD}add_executable(hello main.cpp)\ntarget_compile_definitions(hello PRIVATE WORD="$\{WORD} $\{CMAKE_BUILD_TYPE}")`;
      const main = '#include <cstdio>\nint main() { std::puts(WORD MORE __DATE__); }\n';
      const env = {
        ...process.env,
        CXXFLAGS: '-DMORE=\\"!\\"',
        CMAKE_BUILD_TYPE: 'MinSizeRel',
        SOURCE_DATE_EPOCH: '0',
      };
      const change = {
        flags: ['-trimpath', '-DWORD=hi'],
        env: { ...env, SOURCE_DATE_EPOCH: '1700000000' } as Record<string, string>,
      };
      const { out } = await build({ 'CMakeLists.txt': list, 'main.cpp': main }, { change });
      expect(said(out('hello'))).toBe('hi MinSizeRel!Nov 14 2023');
    });

    needs(
      'cmake',
      'make',
      'g++',
    )('CppBuilder makes the same bytes of libraries, debug information and dates elsewhere', async () => {
      const list = `${HEAD}add_library(greet SHARED greet.cpp)\nadd_executable(hello main.cpp)\ntarget_link_libraries(hello greet)\ntarget_compile_options(hello PRIVATE -g)`;
      const main = `${GREETING['main.cpp'] as string}\nconst char* a = __FILE__ __DATE__ __TIME__;`;
      const files = { ...GREETING, 'main.cpp': main, 'CMakeLists.txt': list };
      const [one, other] = [await build(files), await build(files)];
      for (const name of ['hello', 'libgreet.so'])
        expect(readFileSync(one.out(name)).equals(readFileSync(other.out(name)))).toBe(true);
      expect(readFileSync(one.out('hello')).includes(one.dir)).toBe(false);
    });

    needs(
      'cmake',
      'make',
      'x86_64-w64-mingw32-g++',
      'file',
    )('CppBuilder builds for Windows, with all that Windows lacks', async () => {
      const threads =
        '#include <iostream>\n#include <thread>\nint main() { std::thread t([] { std::cout << "hi"; }); t.join(); }\n';
      const { names, out } = await build({ ...HELLO, 'main.cpp': threads }, { targets: [WINDOWS] });
      expect(names).toEqual(['windows_amd64/hello.exe']);
      expect(said('file', ['-b', out('hello.exe', WINDOWS)])).toMatch(/^PE32\+ executable.*x86-64/);
      const imports = said('x86_64-w64-mingw32-objdump', ['-p', out('hello.exe', WINDOWS)]).match(/DLL Name: \S+/g);
      expect(
        imports
          ?.map((line) => line.slice(10).toLowerCase())
          .filter((name) => !/^(?:kernel32|msvcrt|api-ms-.*)\.dll$/.test(name)),
      ).toEqual([]);
    });

    needs(
      'cmake',
      'make',
      'aarch64-linux-gnu-g++',
      'qemu-aarch64',
      'file',
    )('CppBuilder builds for another processor', async () => {
      const { names, out } = await build(HELLO, { targets: [ARM, HOST] });
      expect(names).toEqual(['linux_arm64/hello', `${folderOf()}/hello`]);
      expect(said('file', ['-b', out('hello', ARM)])).toMatch(/^ELF 64-bit.*aarch64/);
      expect(said('qemu-aarch64', ['-L', '/usr/aarch64-linux-gnu', out('hello', ARM)])).toBe('hello');
      expect(said(out('hello', HOST))).toBe('hello');
    });

    needs(
      'cmake',
      'make',
      'g++',
    )('CppBuilder takes toolchain files of the project and of the environment', async () => {
      const toolchain = 'add_compile_definitions(WORD="mine")';
      const main = '#include <cstdio>\nint main() { std::puts(WORD); }\n';
      const target = { os: 'freebsd', arch: 'riscv64' };
      const own = {
        'CMakeLists.txt': HELLO['CMakeLists.txt'] ?? '',
        'main.cpp': main,
        '.core/toolchains/freebsd_riscv64.cmake': toolchain,
      };
      expect(said((await build(own, { targets: [target] })).out('hello', target))).toBe('mine');
      const named = { 'tc.cmake': 'add_compile_definitions(WORD="named")', ...own };
      const env = { ...process.env, CMAKE_TOOLCHAIN_FILE_FREEBSD_RISCV64: 'tc.cmake' } as Record<string, string>;
      expect(said((await build(named, { targets: [target], change: { env } })).out('hello', target))).toBe('named');
    });

    it('CppBuilder chooses the targets that there are compilers for', async () => {
      const all = [HOST, ARM, WINDOWS, { os: 'darwin', arch: 'arm64' }, { os: 'plan9', arch: 'amd64' }].filter(
        ({ os }) => os !== HOST.os || os === 'linux',
      );
      const choose = async (files: Files, PATH: string) => {
        await using config = await builderConfig(tempDir(files), { env: { PATH } });
        return (await new CppBuilder().chooseTargets(config, all)).map(folderOf);
      };
      const tools = tempDir();
      await localMedium().write(join(tools, 'aarch64-linux-gnu-gcc'), '', { mode: 0o755 });
      expect(await choose(HELLO, tempDir())).toEqual([folderOf()]);
      expect(await choose(HELLO, tools)).toEqual([folderOf(), 'linux_arm64']);
      expect(await choose({ ...HELLO, '.core/toolchains/plan9_amd64.cmake': '' }, tempDir())).toEqual([
        folderOf(),
        'plan9_amd64',
      ]);
      expect(await choose({ Makefile: 'build:\n\tg++ x\npackage:' }, tools)).toEqual([folderOf()]);
      expect(await choose({ Makefile: 'build:\n\t$(CXX) x\npackage:' }, tools)).toEqual([folderOf(), 'linux_arm64']);
      expect(await choose({ ...HELLO, 'conanfile.txt': '' }, tools)).toEqual([folderOf()]);
      expect(await choose({ ...HELLO, 'conanfile.py': '', '.core/conan/plan9_amd64': '' }, tools)).toEqual([
        folderOf(),
        'plan9_amd64',
      ]);
    });
  });

  describe('Bad', () => {
    needs(
      'cmake',
      'make',
      'g++',
    )('CppBuilder tells what compilers and linkers say', async () => {
      for (const [main, word] of [
        ['int main() {', /error: expected/],
        ['void f(); int main() { f(); }', /undefined reference/],
      ] as const) {
        const error = await refusal(build({ ...HELLO, 'main.cpp': main }));
        expect(error).toMatchObject({ code: 'ERR_BUILD_COMMAND_FAILED', output: expect.stringMatching(word) });
      }
      expect(await refusal(build({ 'CMakeLists.txt': 'project(' }))).toMatchObject({
        code: 'ERR_BUILD_COMMAND_FAILED',
      });
    });

    needs('cmake', 'make')('CppBuilder tells that there is no compiler, and no make', async () => {
      const PATH = tempDir();
      const which = (name: string) => said('sh', ['-c', `command -v ${name}`]);
      await localMedium().symlink(which('cmake'), join(PATH, 'cmake'));
      expect(await refusal(build(HELLO, { change: { env: { PATH } } }))).toMatchObject({
        code: 'ERR_BUILD_TOOL_MISSING',
        tool: 'make',
      });
      await localMedium().symlink(which('make'), join(PATH, 'make'));
      expect(await refusal(build(HELLO, { change: { env: { PATH } } }))).toMatchObject({
        code: 'ERR_BUILD_TOOL_MISSING',
        tool: 'c++',
        hint: expect.stringContaining('Install'),
      });
      const env = { ...process.env, CXX: 'no-such-compiler' } as Record<string, string>;
      expect(await refusal(build(HELLO, { change: { env } }))).toMatchObject({
        code: 'ERR_BUILD_TOOL_MISSING',
        tool: 'c++',
      });
    });

    needs(
      'cmake',
      'make',
      'g++',
    )('CppBuilder refuses a project that builds nothing, and a program that it has not', async () => {
      expect(await refusal(build({ 'CMakeLists.txt': HEAD }))).toMatchObject({ code: 'ERR_BUILD_OUTPUT_MISSING' });
      expect(await refusal(build(HELLO, { change: { main: 'other' } }))).toMatchObject({
        code: 'ERR_BUILD_NO_ENTRY',
        hint: 'Its programs: hello.',
      });
    });

    it('CppBuilder refuses a folder without recipe, and a target without compiler', async () => {
      expect(await refusal(build({ Makefile: 'all:' }))).toMatchObject({ code: 'ERR_BUILD_NO_PROJECT' });
      const PATH = tempDir();
      await localMedium().write(join(PATH, 'cmake'), '', { mode: 0o755 });
      const refused = (files: Files, target: Target) =>
        refusal(build(files, { targets: [HOST, target], change: { env: { PATH } } }));
      expect(await refused(HELLO, { os: 'linux', arch: 's390x' })).toMatchObject({
        code: 'ERR_BUILD_UNSUPPORTED_TARGET',
        target: 'linux/s390x',
        hint: 'Install s390x-linux-gnu-g++, or name a toolchain file in CMAKE_TOOLCHAIN_FILE_LINUX_S390X, or write .core/toolchains/linux_s390x.cmake.',
      });
      expect(await refused(HELLO, { os: 'plan9', arch: 'amd64' })).toMatchObject({
        hint: expect.stringMatching(/^Name a toolchain file/),
      });
      expect(await refused({ ...HELLO, 'conanfile.py': '' }, ARM)).toMatchObject({
        hint: 'Write one as .core/conan/linux_arm64.',
      });
    });
  });

  describe('Ugly', () => {
    needs(
      'cmake',
      'make',
      'g++',
      'linux',
    )('CppBuilder ends every process when it is aborted in the middle, and removes its folder', async () => {
      const events: BuildEvent[] = [];
      const hang = tempDir({
        'hang.mjs':
          'import { writeFileSync } from "node:fs"; writeFileSync(process.argv[2], String(process.pid)); console.log("hanging"); setInterval(() => {}, 1000);',
      });
      const pid = join(hang, 'pid');
      const list = `${HEAD}add_custom_target(hang ALL COMMAND "${process.execPath}" "${hang}/hang.mjs" "${pid}")\nadd_executable(hello main.cpp)\nadd_dependencies(hello hang)`;
      const [controller, reason] = [new AbortController(), new Error('enough')];
      const onEvent = (event: BuildEvent) => {
        events.push(event);
        if (event.type === 'command-output' && event.line === 'hanging') controller.abort(reason);
      };
      expect(await refusal(build({ ...HELLO, 'CMakeLists.txt': list }, { onEvent, signal: controller.signal }))).toBe(
        reason,
      );
      expect(isAlive(Number(readFileSync(pid, 'utf8')))).toBe(false);
      expect(privateFolders(events).map((folder) => existsSync(join(folder, '..')))).toEqual([false]);
    });

    needs(
      'cmake',
      'make',
      'g++',
    )('CppBuilder builds in folders with names that shells and CMake take apart', async () => {
      for (const name of ["it's a 'pröject'", '$HOME', 'a,b>c', 'percent%d {x} [y] (z)']) {
        const dir = join(
          tempDir(Object.fromEntries(Object.entries(HELLO).map(([file, text]) => [`${name}/${file}`, text]))),
          name,
        );
        const outcome = await build(dir).then(
          ({ out }) => said(out('hello')),
          (error: unknown) => (error as { output?: string }).output,
        );
        expect([name, outcome]).toEqual([name, 'hello']);
      }
    });

    needs(
      'cmake',
      'make',
      'g++',
    )('CppBuilder builds beside a build in the source folder, and leaves that alone', async () => {
      const dir = tempDir(HELLO);
      spawnSync('cmake', ['.'], { cwd: dir });
      const makefile = readFileSync(join(dir, 'Makefile'), 'utf8');
      expect((await build(dir)).names).toEqual([`${folderOf()}/hello`]);
      expect(readFileSync(join(dir, 'Makefile'), 'utf8')).toBe(makefile);
      expect(existsSync(join(dir, 'hello'))).toBe(false);
    });
  });
});
