import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it, jest } from '@jest/globals';
import { MemoryMedium } from '@core/io';
import { scriptedCommand } from '@core/process/testing';

import { askTool } from '../../../src/builders/kit/ask-tool.ts';
import { buildTargets, folderName, programName, type TargetWork } from '../../../src/builders/kit/command-targets.ts';
import { hostTarget, isSameTarget } from '../../../src/builders/kit/host-target.ts';
import { shownCommand } from '../../../src/builders/kit/shown-command.ts';
import { type BuildEvent, formatTarget, openWorkspace, parseTargets } from '../../../src/index.ts';
import { tempDir } from '../../support/temp-project.ts';
import { builderConfig } from '../support/builder-config.ts';

jest.setTimeout(120_000); // processes are started, and the machine may be busy

const TARGETS = parseTargets('linux/amd64,windows/amd64');
const node = (code: string) => ({ command: process.execPath, args: ['-e', code], shown: 'node code' });

/** Writes a file of the target into its folder, by a command. */
async function makeOne({ outDir, target, run }: TargetWork): Promise<{ name: string }[]> {
  const name = programName('app', target);
  await run(node(`fs.writeFileSync(${JSON.stringify(join(outDir, name))}, ${JSON.stringify(formatTarget(target))})`));
  return [{ name }];
}

describe('buildTargets', () => {
  describe('Good', () => {
    it('buildTargets gives the artifacts in the order of the targets, whichever is finished first', async () => {
      const dir = tempDir();
      await using config = await builderConfig(dir);
      let finishSecond: (() => void) | undefined;
      const second = new Promise<void>((resolve) => (finishSecond = resolve));
      const artifacts = await buildTargets(config, TARGETS, { concurrency: 2 }, async (work) => {
        const made = await makeOne(work);
        if (work.target.os === 'linux') await second;
        else finishSecond?.();
        return made;
      });
      expect(artifacts).toEqual([
        { path: join(dir, 'out/linux_amd64/app'), os: 'linux', arch: 'amd64', kind: 'binary', size: 11 },
        { path: join(dir, 'out/windows_amd64/app.exe'), os: 'windows', arch: 'amd64', kind: 'binary', size: 13 },
      ]);
    });

    it('buildTargets brings what is made in a copy into the medium, with the environment of the build', async () => {
      const medium = new MemoryMedium({ app: { 'x.txt': 'x' } });
      await using workspace = await openWorkspace(medium, 'app');
      await using config = await builderConfig(tempDir(), { env: { A: 'a', B: 'b' } });
      const change = { medium, dir: 'app', outputDir: 'app/out', workspace };
      await buildTargets({ ...config, ...change }, TARGETS, {}, async ({ outDir, run }) => {
        const code = `fs.writeFileSync(${JSON.stringify(`${outDir}/made`)}, process.env.A + process.env.B + fs.readFileSync('x.txt'))`;
        await run({ ...node(code), env: { B: 'other' } });
        return [{ name: 'made', kind: 'image' }];
      });
      expect(await medium.read('app/out/linux_amd64/made')).toBe('aotherx');
      expect(await medium.read('app/out/windows_amd64/made')).toBe('aotherx');
    });

    it('buildTargets shows commands as somebody would write them', async () => {
      expect(shownCommand('go', ['build', '-ldflags=-s -w', "it's", ''], { GOOS: 'linux', X: 'a b' })).toBe(
        String.raw`GOOS=linux X='a b' go build '-ldflags=-s -w' 'it'\''s' ''`,
      );
      await using config = await builderConfig(tempDir());
      const events: BuildEvent[] = [];
      await buildTargets(
        config,
        parseTargets('linux/amd64'),
        { onEvent: (event) => events.push(event) },
        async ({ run }) => {
          await run({ command: 'sh', args: ['-c', 'exit 0'] });
          return [];
        },
      );
      expect(events.map(({ type }) => type)).toEqual([
        'step-started',
        'command-started',
        'command-finished',
        'step-finished',
      ]);
      expect(events[1]).toMatchObject({ command: "sh -c 'exit 0'" });
    });
  });

  describe('Bad', () => {
    it('buildTargets rejects with what the work has thrown, and ends the work for the other targets', async () => {
      await using script = await scriptedCommand();
      await using config = await builderConfig(tempDir());
      const reason = new Error('it does not work');
      const built = buildTargets(config, TARGETS, { concurrency: 2 }, async ({ target, run }) => {
        if (target.os === 'linux') await run({ command: script.command, args: script.args });
        await script.next();
        throw reason;
      });
      await expect(built).rejects.toBe(reason);
      expect(config.service.running()).toEqual([]);
    });

    it('buildTargets refuses work that has not made what it says', async () => {
      const dir = tempDir();
      await using config = await builderConfig(dir);
      const built = buildTargets(config, TARGETS, {}, () => Promise.resolve([{ name: 'nothing' }]));
      await expect(built).rejects.toMatchObject({
        code: 'ERR_BUILD_OUTPUT_MISSING',
        path: join(dir, 'out/linux_amd64/nothing'),
      });
    });
  });

  describe('Ugly', () => {
    it('buildTargets begins nothing where its signal was aborted, and ends all where it is aborted later', async () => {
      await using script = await scriptedCommand();
      const dir = tempDir();
      await using config = await builderConfig(dir);
      const reason = new Error('enough');
      const work = async ({ run }: TargetWork): Promise<[]> => {
        await run({ command: script.command, args: script.args });
        return [];
      };
      await expect(buildTargets(config, TARGETS, { signal: AbortSignal.abort(reason) }, work)).rejects.toBe(reason);
      expect(existsSync(join(dir, 'out'))).toBe(false);
      const controller = new AbortController();
      const built = buildTargets(config, TARGETS, { concurrency: 2, signal: controller.signal }, work);
      const runs = [await script.next(), await script.next()];
      controller.abort(reason);
      await expect(built).rejects.toBe(reason);
      for (const { gone } of runs) await gone;
      expect(config.service.running()).toEqual([]);
    });
  });
});

describe('askTool', () => {
  it('askTool gives what the tool prints to its stdout', async () => {
    await using config = await builderConfig(tempDir());
    const code = 'console.log("one\\ntwo\\n"); console.error("not this")';
    expect(await askTool(config, node(code))).toBe('one\ntwo');
  });

  it('askTool gives answers whole, with long lines, and with what is secret elsewhere', async () => {
    await using config = await builderConfig(tempDir(), { env: { OLDPWD: '/a/folder', LENGTH: '3000000' } });
    const code = 'console.log(process.env.OLDPWD + "x".repeat(process.env.LENGTH))';
    const answer = await askTool(config, node(code));
    expect([answer.length, answer.slice(0, 11)]).toEqual([3_000_009, '/a/folderxx']);
  });

  it('askTool refuses as a command of the build does', async () => {
    await using config = await builderConfig(tempDir());
    await expect(askTool(config, node('process.exit(2)'))).rejects.toMatchObject({
      ...{ code: 'ERR_BUILD_COMMAND_FAILED', exitCode: 2 },
    });
    await expect(askTool(config, { command: 'no-such-tool', args: [], howToGet: 'Ask.' })).rejects.toMatchObject({
      ...{ code: 'ERR_BUILD_TOOL_MISSING', hint: 'Ask.' },
    });
  });
});

describe('hostTarget', () => {
  it('hostTarget is this machine in the words of Go', () => {
    expect(hostTarget('win32', 'x64')).toEqual({ os: 'windows', arch: 'amd64' });
    expect(hostTarget('darwin', 'arm64')).toEqual({ os: 'darwin', arch: 'arm64' });
    expect(hostTarget('linux', 'ia32')).toEqual({ os: 'linux', arch: '386' });
    expect(isSameTarget(hostTarget(), hostTarget())).toBe(true);
    expect(isSameTarget({ os: 'linux', arch: 'amd64' }, { os: 'linux', arch: 'arm64' })).toBe(false);
  });

  it('folderName names the folder of a target', () => {
    expect(folderName({ os: 'linux', arch: 'arm64' })).toBe('linux_arm64');
  });
});
