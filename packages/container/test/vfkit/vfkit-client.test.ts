import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';

import { afterAll, afterEach, describe, expect, it, jest } from '@jest/globals';

import { localMedium } from '@core/io';
import { Service } from '@core/process';

import type { MachinePaths } from '../../src/hypervisors/hypervisor.ts';
import { launchMachine } from '../../src/machine/launch.ts';
import { MachineControl } from '../../src/machine/machine-control.ts';
import { machinePaths } from '../../src/machine/machine-paths.ts';
import { identityOf } from '../../src/machine/machine-process.ts';
import { containerRefusalOf } from '../../src/testing/index.ts';
import { orderVfkit, vfkitState } from '../../src/vfkit/vfkit-client.ts';
import { tempDir } from '../machine/support/temp-dir.ts';

jest.setTimeout(30_000);
const service = new Service();
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});
afterAll(async () => {
  await service.close();
});

async function serve(listener: RequestListener): Promise<MachinePaths> {
  const paths = machinePaths(tempDir(), '0000000a');
  await localMedium().ensureDir(paths.dir);
  const server = createServer(listener);
  servers.push(server);
  await once(server.listen(paths.control), 'listening');
  return paths;
}

/** The documented interface of vfkit, with a machine that `pid` stands for. */
function vfkit(
  asked: string[],
  state = 'VirtualMachineStateRunning',
  onStop: (how: string) => void = () => undefined,
): RequestListener {
  return (request, response) => {
    let body = '';
    request.on('data', (piece: Buffer) => (body += piece.toString()));
    request.on('end', () => {
      asked.push(`${String(request.method)} ${String(request.url)} ${body}`.trim());
      if (request.method === 'GET') response.end(JSON.stringify({ state, canStart: false, canStop: true }));
      else {
        response.writeHead(202).end();
        onStop((JSON.parse(body) as { state: string }).state);
      }
    });
  };
}

const refusalOf = (work: () => Promise<unknown>) => containerRefusalOf(work, 'ERR_CONTAINER_CONTROL_FAILED');
const id = 'web';

describe('Good', () => {
  it('vfkitState and orderVfkit speak the REST interface over a UNIX socket', async () => {
    const asked: string[] = [];
    const { control } = await serve(vfkit(asked, 'VirtualMachineStatePaused'));
    expect(await vfkitState(control, { id })).toBe('paused');
    await orderVfkit(control, 'Resume', { id });
    expect(asked).toEqual(['GET /vm/state', 'POST /vm/state {"state":"Resume"}']);
  });

  it('stopLadder resumes a machine of vfkit, asks its guest, and then has it end', async () => {
    const asked: string[] = [];
    const child = await service.start('sleep', ['300']);
    const pid = child.pid ?? 0;
    const paths = await serve(
      vfkit(asked, 'VirtualMachineStatePaused', (how) => {
        if (how === 'HardStop') process.kill(pid, 'SIGKILL');
      }),
    );
    const record = { id: '0000000a', uuid: 'u', pid, identity: await identityOf(pid) };
    const control = new MachineControl(record, paths, { control: 'vfkit' });
    expect(await control.status()).toBe('paused');
    expect(await control.stopLadder({ timeoutMs: 20 })).toMatchObject({ by: 'quit' });
    const orders = asked.filter((one) => one.startsWith('POST')).map((one) => /"(\w+)"\}$/.exec(one)?.[1]);
    expect(orders).toEqual(['Resume', 'Stop', 'HardStop']);
  });

  it('launchMachine waits for the first answer of a vfkit', async () => {
    const paths = machinePaths(tempDir(), '0000000a');
    const script = `
      require('node:http').createServer((_, response) => response.end('{"state":"VirtualMachineStateRunning"}'))
        .listen(${JSON.stringify(paths.control)});
      process.on('SIGTERM', () => process.exit());`;
    const command = { command: process.execPath, args: ['-e', script], helpers: [] };
    const options = { id: '0000000a', uuid: 'u', service, control: 'vfkit' } as const;
    const launched = await launchMachine(command, paths, options);
    const control = new MachineControl({ ...options, ...launched }, paths, { control: 'vfkit' });
    expect(await control.status()).toBe('running');
    expect(await control.kill()).toMatchObject({ reason: 'ended' });
    expect(await control.stopLadder()).toMatchObject({ by: 'before', reason: 'ended' });
  });

  it('launchMachine and stopLadder do with signals where a hypervisor has nothing else', async () => {
    const paths = machinePaths(tempDir(), '0000000a');
    const script = 'trap "exit 0" TERM; while :; do sleep 0.01; done';
    const options = { id: '0000000a', uuid: 'u', service, control: 'signals' } as const;
    const launched = await launchMachine({ command: 'sh', args: ['-c', script], helpers: [] }, paths, options);
    const control = new MachineControl({ ...options, ...launched }, paths, { control: 'signals' });
    expect(await control.status()).toBe('running');
    expect(await control.stats()).toMatchObject({ disks: [] });
    expect(await control.stopLadder()).toMatchObject({ by: 'guest', reason: 'guest-shutdown' });
    const ending = { command: 'sh', args: ['-c', 'echo bad option >&2; exit 2'], helpers: [] };
    const starting = launchMachine(ending, paths, options);
    expect((await containerRefusalOf(() => starting, 'ERR_CONTAINER_START_FAILED')).output).toBe('bad option');
  });
});

describe('Bad', () => {
  it('vfkitState and orderVfkit tell that nobody listens, and pass on what vfkit refuses', async () => {
    const nobody = machinePaths(tempDir(), '0000000a').control;
    expect((await refusalOf(() => vfkitState(nobody, { id }))).message).toMatch(
      /nothing listens on its control socket/,
    );
    const { control } = await serve((_, response) => response.writeHead(400).end('{"error":"cannot pause"}\n'));
    const error = await refusalOf(() => orderVfkit(control, 'Pause', { id }));
    expect(error.message).toBe('Cannot control machine "web": vfkit refused with 400: {"error":"cannot pause"}');
  });

  it('vfkitState rejects with the reason of a signal, and gives up in time', async () => {
    const { control } = await serve(() => undefined);
    const reason = new Error('enough');
    await expect(vfkitState(control, { id, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const asked = vfkitState(control, { id, signal: controller.signal });
    controller.abort(reason);
    await expect(asked).rejects.toBe(reason);
    expect((await refusalOf(() => vfkitState(control, { id, timeoutMs: 20 }))).message).toMatch(
      /did not answer a request within 20 ms/,
    );
  });
});

describe('Ugly', () => {
  it.each(['', 'null', '[]', '{"state": 7}', '<html>'])('vfkitState takes %j for no state', async (body) => {
    const { control } = await serve((_, response) => response.end(body));
    expect((await refusalOf(() => vfkitState(control, { id }))).message).toMatch(/something else than a state/);
  });

  it('vfkitState tells of an answer that breaks off', async () => {
    const { control } = await serve((_, response) =>
      response.writeHead(200, { 'content-length': 99 }).write('{', () => response.destroy()),
    );
    expect((await refusalOf(() => vfkitState(control, { id }))).message).toMatch(/its answer broke off/);
  });
});
