import { once } from 'node:events';
import { createServer as createHttp } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';

import { afterEach, describe, expect, it, jest } from '@jest/globals';

import { localMedium } from '@core/io';
import { needs } from '@core/tooling/needs';

import { ContainerError } from '../../src/errors.ts';
import type { MachineEnd } from '../../src/machine/exit-reason.ts';
import type { ReadyCheck } from '../../src/readiness/ready-check.ts';
import { type ReadyContext, waitUntilReady } from '../../src/readiness/wait-until-ready.ts';
import { containerRefusalOf } from '../../src/testing/index.ts';
import { RealMachine } from '../machine/support/real-machine.ts';
import { tempDir } from '../machine/support/temp-dir.ts';
import { tinyGuest } from '../machine/support/tiny-guest.ts';

jest.setTimeout(60_000);
const withQemu = needs('qemu-system-x86_64');
const local = localMedium();

const servers: Server[] = [];
const sockets = new Set<Socket>();
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

async function portOf(server: Server): Promise<number> {
  servers.push(server);
  server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => undefined)));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

const unset = (): Promise<never> => Promise.reject(new TypeError('the test did not want this'));
const never = (): Promise<never> => new Promise(() => undefined);

function contextOf(more: Partial<ReadyContext> = {}): ReadyContext {
  const paths = { log: join(tempDir(), 'console.log') };
  return {
    ...{ id: 'web', paths, ports: {}, sshPort: 1, bindAddress: '127.0.0.1', logStart: 0, timeoutMs: 30_000 },
    ...{ ended: never, exec: unset, agent: unset },
    ...more,
  };
}

/** A machine that the test ends. */
function mortal(): { readonly end: (end: MachineEnd) => void; readonly ended: ReadyContext['ended'] } {
  let end: (end: MachineEnd) => void = () => undefined;
  const ended = new Promise<MachineEnd>((resolve) => (end = resolve));
  return {
    ended: () => ended,
    end: (how) => {
      end(how);
    },
  };
}

const notUp = (): Promise<never> => {
  const options = { code: 'ERR_CONTAINER_EXEC_FAILED', op: 'machine.exec' } as const;
  return Promise.reject(new ContainerError('Cannot run "true": nobody answers', options));
};

describe('Good', () => {
  it('waitUntilReady has nothing to wait for where it is enough that it started', async () => {
    await waitUntilReady('started', contextOf());
  });

  it('waitUntilReady takes no connection for an SSH server, and its first bytes for one', async () => {
    let isUp = false;
    let early = 0;
    const server = createServer((socket) => {
      early += isUp ? 0 : 1;
      if (isUp) socket.write('SSH-2.0-dropbear\r\n');
      else if (early % 2 === 0) socket.destroy(); // the rest is accepted, and hears nothing
    });
    const waiting = waitUntilReady('ssh', contextOf({ sshPort: await portOf(server) }));
    while (early < 3) await once(server, 'connection');
    isUp = true;
    await waiting;
    expect(early).toBeGreaterThanOrEqual(3);
  });

  it('waitUntilReady reads the banner of the port that leads to the guest port', async () => {
    const port = await portOf(createServer((socket) => socket.write('+OK redis\r\n')));
    const context = contextOf({ ports: { 1: 22, [port]: 6379 }, bindAddress: '0.0.0.0' });
    await waitUntilReady({ port: 6379, banner: '+OK' }, context);
  });

  it('waitUntilReady waits for the status that is wanted, else for one that is no error', async () => {
    const asked: (string | undefined)[] = [];
    const server = createHttp(({ url }, response) => {
      asked.push(url);
      response.writeHead(asked.length < 3 ? 503 : 302, { location: '/' }).end();
    });
    const port = await portOf(server);
    const context = contextOf({ ports: { [port]: 80 } });
    await waitUntilReady({ httpPort: 80, path: '/health?x=1' }, context);
    expect(asked).toEqual(['/health?x=1', '/health?x=1', '/health?x=1']);
    await waitUntilReady({ httpPort: 80, status: 302 }, context);
  });

  it('waitUntilReady finds a text or a pattern on the console, in a line of this run, also in one without an end', async () => {
    const context = contextOf({ logStart: 13 });
    const { log } = context.paths;
    const waiting = [
      waitUntilReady({ console: 'login:' }, context),
      waitUntilReady({ console: /^Welcome .* é$/g }, context),
    ];
    const isDone: string[] = [];
    for (const [at, one] of waiting.entries()) void one.then(() => isDone.push(String(at)));
    await local.append(log, 'host login: \n');
    await local.append(log, 'booting\r\nWelcome to the machine');
    await local.append(log, Buffer.from('\r\nWelcome to the é', 'utf8').subarray(0, -1));
    expect(isDone).toEqual([]);
    await local.append(log, Uint8Array.of(0xa9, 0x0d, 0x0a));
    await waiting[1];
    await local.append(log, '\u001b[1mhost login: ');
    await waiting[0];
    expect(isDone).toEqual(['1', '0']);
  });

  it('waitUntilReady asks the agent, and runs the command, until they are up', async () => {
    let agents = 0;
    const agent = (): Promise<void> => ((agents += 1) < 3 ? notUp() : Promise.resolve());
    await waitUntilReady('agent', contextOf({ agent }));
    const codes = [1, undefined, 0];
    const commands: (readonly string[])[] = [];
    const exec: ReadyContext['exec'] = (command) => {
      commands.push(command);
      const exitCode = codes[commands.length - 1];
      return exitCode === undefined ? notUp() : Promise.resolve({ exitCode });
    };
    await waitUntilReady({ command: ['test', '-e', '/ready'] }, contextOf({ exec }));
    expect([agents, commands]).toEqual([3, Array.from({ length: 3 }, () => ['test', '-e', '/ready'])]);
  });

  it('waitUntilReady waits for all, or for the first of any, and lets go of the rest', async () => {
    const context = contextOf({ agent: () => Promise.resolve() });
    await waitUntilReady({ any: [{ console: 'never' }, { all: ['started', 'agent'] }] }, context);
    const waiting = waitUntilReady({ all: ['agent', { console: 'up' }, { any: ['started'] }] }, context);
    await expect(Promise.race([waiting.then(() => 'ready'), Promise.resolve('waits')])).resolves.toBe('waits');
    await local.write(context.paths.log, 'up\n');
    await waiting;
  });

  withQemu('waitUntilReady sees a real guest come up', async () => {
    const machine = new RealMachine(await tinyGuest());
    const control = await machine.start();
    const context = contextOf({ paths: machine.paths, ended: (options) => control.waitForExit(options) });
    await waitUntilReady({ console: /^READY$/ }, context);
  });
});

describe('Bad', () => {
  it('waitUntilReady refuses a port that is not forwarded, before it waits for anything', async () => {
    const context = contextOf({ ports: { 8080: 80 }, sshPort: 0 });
    for (const check of ['ssh', { httpPort: 81 }, { any: ['started', { port: 25, banner: '220' }] }] as ReadyCheck[]) {
      await expect(waitUntilReady(check, context)).rejects.toThrow(
        /^waitFor must name a forwarded port: port \d+ of machine "web"/,
      );
    }
  });

  it('waitUntilReady gives up when its time is over, with the end of the console', async () => {
    const context = contextOf({ timeoutMs: 50, agent: notUp, logStart: 4 });
    await local.write(context.paths.log, 'old\nfsck: disk is dirty\r\n');
    const check: ReadyCheck = { any: ['agent', { console: /up/ }, { all: [{ command: ['true'] }] }] };
    const error = await containerRefusalOf(
      () => waitUntilReady(check, { ...context, exec: notUp }),
      'ERR_CONTAINER_NOT_READY',
    );
    expect(error.message).toBe(
      'Cannot wait for machine "web" any longer: it was not ready within 50 ms, which is when its agent answers or its console shows /up/ or "true" succeeds in it; its console ended with:\nfsck: disk is dirty',
    );
    expect(error).toMatchObject({
      id: 'web',
      output: 'fsck: disk is dirty',
      hint: 'Give it more time, or look at its log.',
    });
  });

  it('waitUntilReady gives up when the machine ends, and says how', async () => {
    const { end, ended } = mortal();
    const sshPort = await portOf(createServer());
    const waiting = waitUntilReady('ssh', contextOf({ ended, sshPort }));
    end({ reason: 'crashed', words: 'qemu: out of luck' });
    const error = await containerRefusalOf(() => waiting, 'ERR_CONTAINER_NOT_READY');
    expect(error.message).toBe(
      'Cannot wait for machine "web" any longer: it ended (crashed) before its SSH server answers; its hypervisor said: qemu: out of luck; its console showed nothing',
    );
  });

  it('waitUntilReady suspects the image where a machine resets without a word', async () => {
    const { end, ended } = mortal();
    const waiting = waitUntilReady({ console: 'up' }, contextOf({ ended }));
    end({ reason: 'guest-reset', words: '' });
    const error = await containerRefusalOf(() => waiting, 'ERR_CONTAINER_NOT_READY');
    expect(error).toMatchObject({ hint: 'The image does not boot.', output: '' });
  });

  withQemu('waitUntilReady hears at once of the end of a real machine', async () => {
    const machine = new RealMachine(await tinyGuest());
    const control = await machine.start();
    const context = contextOf({ paths: machine.paths, ended: (options) => control.waitForExit(options) });
    await waitUntilReady({ console: 'READY' }, context);
    const waiting = waitUntilReady({ console: 'login:' }, context);
    (await control.console()).end('r');
    const error = await containerRefusalOf(() => waiting, 'ERR_CONTAINER_NOT_READY');
    expect(error.message).toMatch(
      /: it ended \(guest-reset\) before its console shows "login:"; its console ended with:\nREADY$/,
    );
  });

  it('waitUntilReady rejects with the reason of a signal: before, and in the middle', async () => {
    const reason = new Error('enough');
    await expect(waitUntilReady('started', contextOf({ signal: AbortSignal.abort(reason) }))).rejects.toBe(reason);
    const server = createServer();
    const sshPort = await portOf(server);
    const controller = new AbortController();
    const { signal } = controller;
    const waiting = waitUntilReady({ all: ['ssh', { console: 'x' }] }, contextOf({ sshPort, signal }));
    const noted = expect(waiting).rejects.toBe(reason);
    await once(server, 'connection');
    controller.abort(reason);
    await noted;
    for (const socket of sockets) if (!socket.destroyed) await once(socket.resume(), 'close');
  });
});

describe('Ugly', () => {
  it('waitUntilReady passes on what is no refusal of the world', async () => {
    await expect(waitUntilReady('agent', contextOf())).rejects.toThrow('the test did not want this');
  });

  it('waitUntilReady is not misled by a banner that begins otherwise, comes in pieces, or never ends', async () => {
    const said = ['HTTP/1.1 400', 'SSH', 'x'.repeat(1_000_000), 'SSH-2.0-x'];
    let at = 0;
    const server = createServer((socket) => {
      socket.end(said[at] ?? '');
      at += 1;
    });
    await waitUntilReady('ssh', contextOf({ sshPort: await portOf(server) }));
    expect(at).toBeGreaterThanOrEqual(4);
  });

  it('waitUntilReady goes on with a log that was begun anew, and with one that is not there yet', async () => {
    const context = contextOf({ logStart: 1000 });
    const waiting = waitUntilReady({ console: 'up' }, context);
    await local.write(context.paths.log, 'now it is up\n');
    await waiting;
  });

  it('waitUntilReady finds a word on a line of a megabyte', async () => {
    const context = contextOf();
    await local.write(context.paths.log, `${'x'.repeat(1_000_000)} prompt> `);
    await waitUntilReady({ console: 'prompt>' }, context);
  });
});
