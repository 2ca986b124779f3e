import { mkdirSync } from 'node:fs';

import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { Service } from '@core/process';

import { type CommandLine, runCommand } from '../src/commands.ts';
import type { BuildError, BuildEvent } from '../src/index.ts';
import { tempDir } from './support/temp-project.ts';

jest.setTimeout(120_000); // processes are started, and the machine may be busy

const service = new Service();
afterAll(() => service.close());

const dir = tempDir();
const node = (code: string): CommandLine => ({
  command: process.execPath,
  args: ['-e', code],
  shown: 'node code',
  dir,
  env: { A: 'a' },
});

describe('runCommand', () => {
  describe('Good', () => {
    it('runCommand tells what the command says, and gives it its folder and environment and nothing else', async () => {
      const events: BuildEvent[] = [];
      const code = 'console.log(process.cwd(), process.env.A, process.env.HOME); console.error("oops")';
      await runCommand(node(code), { service, onEvent: (event) => events.push(event) });
      expect(events[0]).toEqual({ type: 'command-started', command: 'node code' });
      expect(events).toContainEqual({ type: 'command-output', stream: 'stdout', line: `${dir} a undefined` });
      expect(events).toContainEqual({ type: 'command-output', stream: 'stderr', line: 'oops' });
      expect(events.at(-1)).toMatchObject({ type: 'command-finished', command: 'node code' });
    });

    it('runCommand gives a secret on its stdin, and takes it out of all that it tells', async () => {
      const events: BuildEvent[] = [];
      const code =
        'const text = require("node:fs").readFileSync(0, "utf8"); console.log(text, text.length); process.exitCode = 1';
      const line = { ...node(code), shown: 'node hush-hush', input: 'hush-hush', secrets: ['hush-hush'] };
      const onEvent = (event: BuildEvent) => events.push(event);
      const error: unknown = await runCommand(line, { service, onEvent }).catch((reason: unknown) => reason);
      expect(error).toMatchObject({
        command: 'node ***',
        output: '*** 9',
        message: expect.stringMatching(/"node \*\*\*"/),
      });
      expect(events).toContainEqual({ type: 'command-output', stream: 'stdout', line: '*** 9' });
      expect(JSON.stringify(events)).not.toContain('hush-hush');
    });
  });

  describe('Bad', () => {
    it('runCommand names no folder that is gone when somebody reads of it', async () => {
      const hintIn = async (folder: string): Promise<unknown> => {
        mkdirSync(folder, { recursive: true });
        const failing = { ...node('process.exitCode = 1'), dir: folder };
        const error: unknown = await runCommand(failing, { service }).catch((reason: unknown) => reason);
        return (error as BuildError).hint;
      };
      expect(await hintIn(dir)).toBe(`Correct what it reports; it is run in ${dir}.`);
      const copy = `${dir}/core-build-5b0d2c3e-8f51-4c0e-9f0a-8d2f1f0f6c1d/tree/app`;
      expect(await hintIn(copy)).toBe('Correct what it reports; it is run in a copy of the project.');
    });

    it('runCommand refuses with the end of the output', async () => {
      const code = 'for (let i = 0; i < 100; i++) console.log(i); process.exitCode = 3';
      const error: unknown = await runCommand(node(code), { service }).catch((reason: unknown) => reason);
      expect(error).toMatchObject({
        code: 'ERR_BUILD_COMMAND_FAILED',
        message: 'Cannot run "node code": it exited with code 3',
        exitCode: 3,
        output: Array.from({ length: 40 }, (_, i) => i + 60).join('\n'),
        path: dir,
      });
    });

    it('runCommand refuses with the end of stderr also where it was read before the rest', async () => {
      const code =
        'console.error("the reason"); process.exitCode = 3; process.stdin.on("end", () => { for (let i = 0; i < 100; i++) console.log(i); }).resume()';
      const error: unknown = await runCommand(node(code), { service }).catch((reason: unknown) => reason);
      const rest = Array.from({ length: 39 }, (_, i) => i + 61).join('\n');
      expect((error as BuildError).output).toBe(`${rest}\nthe reason`);
    });

    it('runCommand tells of a signal that ended the command', async () => {
      await expect(runCommand(node('process.kill(process.pid, "SIGKILL")'), { service })).rejects.toMatchObject({
        code: 'ERR_BUILD_COMMAND_FAILED',
        message: 'Cannot run "node code": it was ended by SIGKILL',
      });
    });

    it('runCommand tells how to get a command that is missing', async () => {
      const missing = { ...node(''), command: 'no-such-command', howToGet: 'Ask for it.' };
      await expect(runCommand(missing, { service })).rejects.toMatchObject({
        code: 'ERR_BUILD_TOOL_MISSING',
        tool: 'no-such-command',
        hint: 'Ask for it.',
      });
    });

    it('runCommand tells of a missing folder by its own name', async () => {
      const nowhere = { ...node(''), dir: `${dir}/nowhere` };
      const error: unknown = await runCommand(nowhere, { service }).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ message: expect.stringContaining('nowhere') });
      expect(error).not.toMatchObject({ code: 'ERR_BUILD_TOOL_MISSING' });
    });

    it('runCommand takes secrets out of what is shown, and out of what the command says', async () => {
      const events: BuildEvent[] = [];
      const onEvent = (event: BuildEvent): unknown => events.push(event);
      const code =
        'console.log("npm: " + process.env.NPM_TOKEN); console.error(process.env.NPM_TOKEN); process.exit(1)';
      const secret = { ...node(code), shown: 'node --token=hunter22', env: { NPM_TOKEN: 'hunter22' } };
      const error: unknown = await runCommand(secret, { service, onEvent }).catch((reason: unknown) => reason);
      expect(JSON.stringify([error, String(error), events])).not.toContain('hunter22');
      expect(events).toContainEqual({ type: 'command-started', command: 'node --token=***' });
      expect(events).toContainEqual({ type: 'command-output', stream: 'stdout', line: 'npm: ***' });
      expect(error).toMatchObject({ command: 'node --token=***', output: expect.stringContaining('npm: ***') });
    });

    it('runCommand never shows the environment', async () => {
      const secret = { ...node('process.exit(1)'), env: { PASSWORD: 'hunter2' } };
      const error: unknown = await runCommand(secret, { service }).catch((reason: unknown) => reason);
      expect(JSON.stringify([error, String(error)])).not.toContain('hunter2');
    });
  });

  describe('Ugly', () => {
    it('runCommand rejects with the reason of its signal, before and while the command runs', async () => {
      const reason = new Error('enough');
      await expect(runCommand(node(''), { service, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
      const controller = new AbortController();
      const onEvent = ({ type }: BuildEvent): void => {
        if (type === 'command-output') controller.abort(reason);
      };
      const waiting = runCommand(node('console.log(1); setInterval(() => {}, 1000)'), {
        service,
        onEvent,
        signal: controller.signal,
      });
      await expect(waiting).rejects.toBe(reason);
      expect(service.running()).toEqual([]);
    });

    it('runCommand ends the command when a listener throws', async () => {
      const onEvent = ({ type }: BuildEvent): void => {
        if (type === 'command-output') throw new Error('no more');
      };
      const waiting = runCommand(node('console.log(1); setInterval(() => {}, 1000)'), { service, onEvent });
      await expect(waiting).rejects.toThrow('no more');
      expect(service.running()).toEqual([]);
    });
  });
});
