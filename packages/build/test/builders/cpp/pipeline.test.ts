import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it, jest } from '@jest/globals';
import { localMedium, MemoryMedium } from '@core/io';
import { needs } from '@core/tooling/needs';

import { hostTarget } from '../../../src/builders/kit/host-target.ts';
import { type BuildEvent, buildProject, verifyRelease } from '../../../src/index.ts';
import { type Files, tempDir } from '../../support/temp-project.ts';

jest.setTimeout(300_000); // compilers are started, and the machine may be busy

const HOST = hostTarget();
const NAME = `${HOST.os}_${HOST.arch}`;
const HELLO: Files = {
  'CMakeLists.txt':
    'cmake_minimum_required(VERSION 3.15)\nproject(Hello VERSION 1.2.3 LANGUAGES CXX)\nadd_executable(hello main.cpp)\n',
  'main.cpp': '#include <cstdio>\nint main() { std::puts("hello"); }\n',
  'README.md': '# hello\n',
};

const release = (dir: string, options: object = {}) => buildProject({ medium: localMedium(), dir, ...options });
const sh = (line: string, cwd: string) => spawnSync('sh', ['-c', line], { cwd, encoding: 'utf8' });

describe('buildProject with a C++ project', () => {
  describe('Good', () => {
    needs(
      'cmake',
      'make',
      'g++',
      'tar',
      'sha256sum',
    )('buildProject releases it for the targets that this machine can build for', async () => {
      const dir = tempDir(HELLO);
      const events: BuildEvent[] = [];
      const { manifest } = await release(dir, { onEvent: (event: BuildEvent) => events.push(event) });
      expect(manifest).toMatchObject({ project: { name: 'Hello', version: '1.2.3', type: 'cpp' } });
      expect(manifest.tools).toMatchObject({ cmake: expect.stringMatching(/^\d/) });
      const dist = join(dir, 'dist');
      expect(sh('sha256sum -c CHECKSUMS.txt', dist).status).toBe(0);
      expect(sh(`mkdir x && tar -xzf hello_${NAME}.tar.gz -C x && ls x && x/hello`, dist).stdout).toBe(
        'README.md\nhello\nhello\n',
      );
      expect(events.filter(({ type }) => type === 'warning').length).toBe(manifest.archives.length === 4 ? 0 : 1);
      expect((await verifyRelease(localMedium(), dist)).ok).toBe(true);
    });

    needs(
      'cmake',
      'make',
      'g++',
    )('buildProject builds it in memory, and in a dry run', async () => {
      const medium = new MemoryMedium(HELLO as Record<string, string>);
      const { archives } = await buildProject({ medium, dir: '', targets: [HOST] });
      expect(archives.map(({ path }) => path)).toEqual([`dist/hello_${NAME}.tar.gz`]);
      const dir = tempDir(HELLO);
      const { changes = [] } = await release(dir, { targets: [HOST], dryRun: true });
      expect(changes.map(({ path }) => path)).toContain(join(dir, `dist/hello_${NAME}.tar.gz`));
      expect(readdirSync(dir).sort()).toEqual(['CMakeLists.txt', 'README.md', 'main.cpp']);
    });

    needs(
      'cmake',
      'make',
      'g++',
      'tar',
    )('buildProject packs libraries beside the program', async () => {
      const list = `${HELLO['CMakeLists.txt'] as string}add_library(greet SHARED greet.cpp)\ntarget_link_libraries(hello greet)\ninstall(TARGETS hello greet)\n`;
      const dir = tempDir({ ...HELLO, 'CMakeLists.txt': list, 'greet.cpp': 'void greet() {}\n' });
      await release(dir, { targets: [HOST] });
      expect(sh(`tar -tzf dist/hello_${NAME}.tar.gz`, dir).stdout.split('\n').sort()).toEqual([
        '',
        'README.md',
        'hello',
        'lib/libgreet.so',
      ]);
    });

    needs(
      'cmake',
      'make',
      'g++',
      'tar',
    )('buildProject packs a library with all that it installs', async () => {
      const list =
        'cmake_minimum_required(VERSION 3.15)\nproject(greet CXX)\nadd_library(greet greet.cpp)\ninstall(TARGETS greet DESTINATION lib)\ninstall(FILES greet.h DESTINATION include)';
      const dir = tempDir({ 'CMakeLists.txt': list, 'greet.cpp': 'void greet() {}\n', 'greet.h': 'void greet();\n' });
      await release(dir, { targets: [HOST] });
      const names = sh(`tar -tzf dist/greet_${NAME}.tar.gz`, dir).stdout.trim().split('\n');
      expect(names).toEqual(['include/greet.h', 'lib/libgreet.a', 'libgreet.a']);
    });
  });

  describe('Bad', () => {
    needs(
      'cmake',
      'make',
      'g++',
    )('buildProject leaves nothing of a project that cannot be built', async () => {
      const broken = tempDir({ ...HELLO, 'main.cpp': 'int main() {' });
      await expect(release(broken, { targets: [HOST] })).rejects.toMatchObject({ code: 'ERR_BUILD_COMMAND_FAILED' });
      const wrong = tempDir(HELLO);
      await expect(release(wrong, { targets: [{ os: 'plan9', arch: 'amd64' }] })).rejects.toMatchObject({
        code: 'ERR_BUILD_UNSUPPORTED_TARGET',
      });
      const occupied = tempDir({ ...HELLO, dist: 'a file' });
      await expect(release(occupied, { targets: [HOST] })).rejects.toMatchObject({ code: 'ERR_BUILD_OUTPUT_OCCUPIED' });
      for (const dir of [broken, wrong]) expect(existsSync(join(dir, 'dist'))).toBe(false);
      expect(readdirSync(occupied).sort()).toEqual(['CMakeLists.txt', 'README.md', 'dist', 'main.cpp']);
    });
  });

  describe('Ugly', () => {
    it('buildProject takes no folder called CMakeLists.txt for a project', async () => {
      const dir = tempDir();
      mkdirSync(join(dir, 'CMakeLists.txt'));
      await expect(release(dir)).rejects.toMatchObject({ code: 'ERR_BUILD_NO_PROJECT' });
    });
  });
});
