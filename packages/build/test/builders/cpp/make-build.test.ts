import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it, jest } from '@jest/globals';
import { needs } from '@core/tooling/needs';

import { CppBuilder } from '../../../src/builders/cpp/cpp-builder.ts';
import { hostTarget } from '../../../src/builders/kit/host-target.ts';
import type { Target } from '../../../src/target.ts';
import { scriptedTools } from '../../support/scripted-tools.ts';
import { type Files, tempDir } from '../../support/temp-project.ts';
import { builderConfig } from '../support/builder-config.ts';

jest.setTimeout(120_000); // compilers are started, and the machine may be busy

const HOST = hostTarget();
const MAIN = '#include <cstdio>\nint main() { std::puts("hello"); }\n';

async function build(files: Files, targets: readonly Target[] = [HOST], env = process.env) {
  const dir = tempDir(files);
  await using config = await builderConfig(dir, { env: env as Record<string, string> });
  const artifacts = await new CppBuilder().build(config, targets);
  return { dir, names: artifacts.map(({ path }) => path.slice(dir.length + 5)) };
}

const refusal = async (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );
const name = (file: string) => `${HOST.os}_${HOST.arch}/${file}`;

describe('CppBuilder with make', () => {
  describe('Good', () => {
    needs('linux')('CppBuilder runs configure, build and package for each target, one after the other', async () => {
      const cross = tempDir({ 'x86_64-w64-mingw32-gcc': '' });
      spawnSync('chmod', ['+x', join(cross, 'x86_64-w64-mingw32-gcc')]);
      const tools = scriptedTools({
        make: `const of = (name) => args.find((arg) => arg.startsWith(name + '=')).slice(name.length + 1);
          if (args[0] === 'package') fs.writeFileSync(path.join(of('OUTPUT_DIR'), 'hello.tgz'), of('TARGET'));`,
      });
      const env = { ...tools.env, PATH: `${tools.env['PATH']?.split(':')[0] ?? ''}:${cross}` };
      const windows = { os: 'windows', arch: 'amd64' };
      const files = {
        GNUmakefile: 'configure build package:',
        '.core/toolchains/linux_s390x.cmake': '',
        '.core/conan/windows_amd64': '',
        'conanfile.txt': '',
      };
      const { dir, names } = await build(
        files,
        [windows, { os: 'linux', arch: 's390x' }, { os: 'plan9', arch: '386' }],
        env,
      );
      expect(names).toEqual(['windows_amd64/hello.tgz', 'linux_s390x/hello.tgz', 'plan9_386/hello.tgz']);
      const calls = tools.calls();
      const folders = calls.map(({ args }) => args.find((arg) => arg.startsWith('BUILD_DIR='))?.slice(10) ?? '');
      const shown = calls.map(({ args, tool }, index) =>
        [tool, ...args]
          .join(' ')
          .replaceAll(dir, '<dir>')
          .replaceAll(folders[index] ?? '', '<private>'),
      );
      const steps = (...variables: string[]) =>
        ['configure', 'build', 'package'].map((step) => ['make', step, ...variables].join(' '));
      expect(shown).toEqual([
        ...steps(
          'TARGET=windows/amd64 OS=windows ARCH=amd64 BUILD_DIR=<private> OUTPUT_DIR=<dir>/out/windows_amd64',
          'CC=x86_64-w64-mingw32-gcc CXX=x86_64-w64-mingw32-g++',
          'CONAN_PROFILE=<dir>/.core/conan/windows_amd64',
        ),
        ...steps(
          'TARGET=linux/s390x OS=linux ARCH=s390x BUILD_DIR=<private> OUTPUT_DIR=<dir>/out/linux_s390x',
          'CMAKE_TOOLCHAIN_FILE=<dir>/.core/toolchains/linux_s390x.cmake',
        ),
        ...steps('TARGET=plan9/386 OS=plan9 ARCH=386 BUILD_DIR=<private> OUTPUT_DIR=<dir>/out/plan9_386'),
      ]);
      expect(folders.map((folder) => existsSync(folder))).toEqual(folders.map(() => false));
      expect(new Set(folders).size).toBe(3);
    });

    needs('make', 'g++')('CppBuilder takes the Makefile before CMakeLists.txt, where it makes releases', async () => {
      const files = { 'CMakeLists.txt': 'no CMake', 'main.cpp': MAIN };
      const Makefile =
        'build:\n\t$(CXX) main.cpp -o $(BUILD_DIR)/x\npackage:\n\tmkdir $(OUTPUT_DIR)/bin\n\tcp $(BUILD_DIR)/x $(OUTPUT_DIR)/bin/hello\n';
      expect((await build({ ...files, Makefile })).names).toEqual([name('hello'), name('bin/hello')]);
    });

    needs('make', 'g++')(
      'CppBuilder takes the new program of a Makefile that knows nothing of OUTPUT_DIR',
      async () => {
        const Makefile = 'build:\n\tmkdir -p build/bin\n\t$(CXX) main.cpp -o build/bin/hello\npackage: build\n';
        const { dir, names } = await build({ 'main.cpp': MAIN, 'old/hello': 'not this', Makefile });
        expect(names).toEqual([name('hello')]);
        expect(spawnSync(join(dir, 'out', name('hello')), { encoding: 'utf8' }).stdout).toBe('hello\n');
        const inBuildDir = 'build:\n\t$(CXX) main.cpp -o $(BUILD_DIR)/hello\npackage: build\n';
        expect((await build({ 'main.cpp': MAIN, Makefile: inBuildDir })).names).toEqual([name('hello')]);
      },
    );

    needs('make')('CppBuilder gives a Makefile paths with dollars and spaces whole', async () => {
      const dir = join(
        tempDir({
          'a $HOME $(x)/Makefile': 'build:\npackage:\n\techo made > "$(subst $$,\\$$,$(OUTPUT_DIR))/hello"\n',
        }),
        'a $HOME $(x)',
      );
      await using config = await builderConfig(dir);
      await new CppBuilder().build(config, [HOST]);
      expect(readdirSync(join(dir, 'out', name('')))).toEqual(['hello']);
    });
  });

  describe('Bad', () => {
    needs('make')('CppBuilder refuses what makes nothing, and tells how a step failed', async () => {
      expect(
        await refusal(build({ Makefile: 'build:\npackage:\n\tmkdir $(OUTPUT_DIR)/empty', hello: 'old' })),
      ).toMatchObject({
        code: 'ERR_BUILD_OUTPUT_MISSING',
        hint: 'Let its target package put the files of the release into $(OUTPUT_DIR).',
      });
      expect(await refusal(build({ Makefile: 'build:\npackage:', hello: 'old' }))).toMatchObject({
        code: 'ERR_BUILD_OUTPUT_MISSING',
      });
      expect(await refusal(build({ Makefile: 'build:\n\techo oops; exit 3\npackage:' }))).toMatchObject({
        code: 'ERR_BUILD_COMMAND_FAILED',
        command: `make build TARGET=${HOST.os}/${HOST.arch}`,
        output: expect.stringContaining('oops'),
      });
    });

    needs('make', 'g++')('CppBuilder refuses a program for another target than was asked for', async () => {
      const Makefile = 'build:\npackage:\n\tg++ main.cpp -o "$(OUTPUT_DIR)/hello"\n';
      const error = await refusal(build({ 'main.cpp': MAIN, Makefile }, [HOST, { os: 'windows', arch: '386' }]));
      expect(error).toMatchObject({ code: 'ERR_BUILD_UNSUPPORTED_TARGET', target: 'windows/386' });
      expect((error as Error).message).toMatch(/for windows\/386: it is a program for /);
    });
  });

  describe('Ugly', () => {
    it('CppBuilder refuses a Makefile that only CMake could have made use of', async () => {
      expect(await refusal(build({ Makefile: 'all:\n\ttrue' }))).toMatchObject({ code: 'ERR_BUILD_NO_PROJECT' });
    });
  });
});
