import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it, jest } from '@jest/globals';
import { needs } from '@core/tooling/needs';

import { CppBuilder } from '../../../src/builders/cpp/cpp-builder.ts';
import { toolchainText } from '../../../src/builders/cpp/toolchain-file.ts';
import { hostTarget } from '../../../src/builders/kit/host-target.ts';
import type { Target } from '../../../src/target.ts';
import { scriptedTools } from '../../support/scripted-tools.ts';
import { type Files, tempDir } from '../../support/temp-project.ts';
import { builderConfig } from '../support/builder-config.ts';

jest.setTimeout(120_000); // compilers are started, and the machine may be busy

const HOST = hostTarget();
const PROJECT: Files = {
  'CMakeLists.txt': 'cmake_minimum_required(VERSION 3.15)\nproject(hello CXX)\nadd_executable(hello main.cpp)',
  'main.cpp': '#include <cstdio>\nint main() { std::puts(WORD); }\n',
  'conanfile.txt': '[generators]\nCMakeToolchain',
};

/** As `cmake_layout` puts it; also what it writes beside the recipe. */
const CONAN = `const folder = path.join(args.find((arg) => arg.startsWith('--output-folder=')).slice(16), 'build/Release/generators');
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync('CMakeUserPresets.json', '{}');
  fs.writeFileSync(path.join(folder, 'conan_toolchain.cmake'), 'add_compile_definitions(WORD="from conan")');`;

async function build(
  files: Files,
  script: string,
  { targets = [HOST], home = tempDir() }: { targets?: Target[]; home?: string } = {},
) {
  const tools = scriptedTools({ conan: script });
  const dir = tempDir({ ...PROJECT, ...files });
  await using config = await builderConfig(dir, { env: { ...tools.env, CONAN_HOME: home } });
  const artifacts = await new CppBuilder().build(config, targets);
  const private_ = (text: string) =>
    text.replace(/\/[^=]*core-build-[0-9a-f-]{36}/, '<private>').replaceAll(dir, '<dir>');
  return { dir, artifacts, calls: tools.calls().map(({ args }) => ['conan', ...args].map(private_).join(' ')) };
}

const COMMON = '--profile:build=default --build=missing --output-folder=<private>/conan --settings=build_type=Release';

describe('CppBuilder with Conan', () => {
  describe('Good', () => {
    needs(
      'cmake',
      'make',
      'g++',
    )('CppBuilder installs the packages, and builds with the toolchain that Conan has generated', async () => {
      const { artifacts, calls, dir } = await build({}, CONAN);
      expect(calls).toEqual([`conan install . --profile:host=default ${COMMON}`]);
      expect(readFileSync(artifacts[0]?.path ?? '').includes('from conan')).toBe(true);
      expect(existsSync(join(dir, 'CMakeUserPresets.json'))).toBe(false);
    });

    needs(
      'cmake',
      'make',
      'g++',
    )('CppBuilder has a profile for each target, from the project or the home of Conan', async () => {
      const targets = [
        { os: 'plan9', arch: 'mips' },
        { os: 'solaris', arch: 'amd64' },
      ];
      const files = {
        '.core/conan/plan9_mips': '',
        'CMakeUserPresets.json': 'mine',
        '.core/toolchains/plan9_mips.cmake': '',
      };
      const { calls, dir } = await build(files, CONAN.replace(/fs.writeFileSync\('CMakeUser.*/, ''), {
        targets,
        home: tempDir({ 'profiles/solaris_amd64': '' }),
      });
      expect(calls).toEqual([
        `conan install . --profile:host=<dir>/.core/conan/plan9_mips ${COMMON} --conf=tools.cmake.cmaketoolchain:user_toolchain=["<dir>/.core/toolchains/plan9_mips.cmake"]`,
        `conan install . --profile:host=solaris_amd64 ${COMMON}`,
      ]);
      expect(readFileSync(join(dir, 'CMakeUserPresets.json'), 'utf8')).toBe('mine');
    });
  });

  describe('Bad', () => {
    needs(
      'cmake',
      'make',
      'g++',
    )('CppBuilder tells what Conan says, and refuses where it generates nothing', async () => {
      await expect(build({}, 'console.error("no such package"); process.exit(6)')).rejects.toMatchObject({
        code: 'ERR_BUILD_COMMAND_FAILED',
        exitCode: 6,
        output: 'no such package',
      });
      await expect(build({}, '')).rejects.toMatchObject({
        code: 'ERR_BUILD_OUTPUT_MISSING',
        hint: expect.stringContaining('CMakeToolchain'),
      });
    });

    needs('cmake')('CppBuilder tells how to get Conan', async () => {
      await using config = await builderConfig(tempDir(PROJECT), { env: { PATH: tempDir() } });
      await expect(new CppBuilder().build(config, [HOST])).rejects.toMatchObject({
        code: 'ERR_BUILD_TOOL_MISSING',
        tool: 'conan',
        hint: expect.stringContaining('pipx install conan'),
      });
    });
  });
});

describe('toolchainText', () => {
  it('toolchainText names system, processor and compilers', () => {
    expect(
      toolchainText({ os: 'linux', arch: 'arm64' }, { c: 'aarch64-linux-gnu-gcc', cpp: 'aarch64-linux-gnu-g++' }),
    ).toBe(
      `set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_FIND_ROOT_PATH /usr/aarch64-linux-gnu)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
`,
    );
    expect(toolchainText({ os: 'windows', arch: 'amd64' }, { c: 'c', cpp: 'cpp' })).toContain(
      'set(CMAKE_RC_COMPILER x86_64-w64-mingw32-windres)\nset(CMAKE_EXE_LINKER_FLAGS_INIT "-static -Wl,--no-insert-timestamp")',
    );
  });
});
