import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it, jest } from '@jest/globals';
import { localMedium } from '@core/io';
import { needs } from '@core/tooling/needs';

import { type BuildEvent, buildProject } from '../../../src/index.ts';
import { isAlive } from '../../support/is-alive.ts';
import { scriptedTools } from '../../support/scripted-tools.ts';
import { type Files, tempDir } from '../../support/temp-project.ts';

jest.setTimeout(120_000); // processes are started, and the machine may be busy

/** A project that finds the stand-in, whatever the machine has. */
function project(script: string, files: Files = {}): string {
  const { env } = scriptedTools({
    task: `if (args[0] === '--version') { console.log('3.44.0'); process.exit(); }\n${script}`,
  });
  const config = JSON.stringify({ build: { env: [`PATH=${env['PATH']?.split(':')[0] ?? ''}`] } });
  return tempDir({
    'Taskfile.yml': "version: '3'\nvars: { NAME: hello, VERSION: 2.0.0 }\ntasks: { build: x }",
    '.core/build.yaml': config,
    ...files,
  });
}

describe('buildProject with a Taskfile', () => {
  describe('Good', () => {
    needs(
      'tar',
      'unzip',
      'sha256sum',
    )('buildProject releases what the task makes, for the four usual targets', async () => {
      const dir = project(`const out = env.OUTPUT_DIR;
        if (env.GOOS === 'darwin') {
          fs.mkdirSync(out + '/Hello.app/Contents/MacOS', { recursive: true });
          fs.writeFileSync(out + '/Hello.app/Contents/MacOS/hello', env.VERSION, { mode: 0o755 });
        } else fs.writeFileSync(out + '/hello' + (env.GOOS === 'windows' ? '.exe' : ''), env.VERSION, { mode: 0o755 });
        fs.mkdirSync(out + '/share');
        fs.writeFileSync(out + '/share/words.txt', env.NAME);`);
      const { manifest } = await buildProject({ medium: localMedium(), dir });
      expect(manifest.project).toEqual({ name: 'hello', version: '2.0.0', type: 'taskfile' });
      expect(manifest.tools).toMatchObject({ task: '3.44.0' });
      const sh = (line: string) => spawnSync('sh', ['-c', line], { cwd: join(dir, 'dist'), encoding: 'utf8' });
      expect(sh('sha256sum -c CHECKSUMS.txt').status).toBe(0);
      expect(sh('tar -tzf hello_linux_arm64.tar.gz').stdout.trim().split('\n')).toEqual(['hello', 'share/words.txt']);
      expect(sh('tar -tzf hello_darwin_arm64.tar.gz').stdout).toContain(
        'Hello.app/Contents/MacOS/hello\nshare/words.txt',
      );
      expect(sh('unzip -Z1 hello_windows_amd64.zip').stdout.trim().split('\n')).toEqual([
        'hello.exe',
        'share/words.txt',
      ]);
    });
  });

  describe('Bad', () => {
    it('buildProject leaves nothing of a task that fails or makes nothing', async () => {
      const [failing, idle] = [project('console.error("oops"); process.exit(201)'), project('')];
      await expect(buildProject({ medium: localMedium(), dir: failing })).rejects.toMatchObject({
        code: 'ERR_BUILD_COMMAND_FAILED',
        output: 'oops',
      });
      await expect(buildProject({ medium: localMedium(), dir: idle })).rejects.toMatchObject({
        code: 'ERR_BUILD_OUTPUT_MISSING',
      });
      for (const dir of [failing, idle]) expect(existsSync(join(dir, 'dist'))).toBe(false);
    });
  });

  describe('Ugly', () => {
    needs('linux')('buildProject ends the task in the middle, and what it has started', async () => {
      const dir = project(`fs.writeFileSync(env.OUTPUT_DIR + '/half', '');
        const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
        console.log('pid', child.pid);
        setInterval(() => {}, 1000);`);
      const [controller, reason] = [new AbortController(), new Error('enough')];
      let pid = 0;
      const onEvent = (event: BuildEvent): void => {
        if (event.type !== 'command-output' || !event.line.startsWith('pid ')) return;
        pid = Number(event.line.slice(4));
        controller.abort(reason);
      };
      const building = buildProject({ medium: localMedium(), dir, onEvent, signal: controller.signal });
      await expect(building).rejects.toBe(reason);
      expect([pid > 0, isAlive(pid)]).toEqual([true, false]);
      expect(existsSync(join(dir, 'dist'))).toBe(false);
    });
  });
});
