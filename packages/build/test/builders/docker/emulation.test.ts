import { describe, expect, it } from '@jest/globals';

import { canRun } from '../../../src/builders/docker/emulation.ts';
import { tempDir } from '../../support/temp-project.ts';

const HOST = { os: 'linux', arch: 'amd64' };
const handler = (magic: string, state = 'enabled') =>
  `${state}\ninterpreter /usr/bin/qemu\nflags: F\noffset 0\nmagic ${magic}\nmask ff\n`;
// what qemu-user-static registers
const AARCH64 = '7f454c460201010000000000000000000200b700';
const ARM = '7f454c4601010100000000000000000002002800';
const S390X = '7f454c4602020100000000000000000000020016';

describe('Good', () => {
  it('canRun knows what a processor runs by itself', async () => {
    const options = { host: HOST, handlers: tempDir() };
    expect(await canRun('amd64', options)).toBe(true);
    expect(await canRun('386', options)).toBe(true);
    expect(await canRun('arm64', options)).toBe(false);
    expect(await canRun('arm', { ...options, host: { os: 'linux', arch: 'arm64' } })).toBe(true);
  });

  it('canRun finds emulators by what they are for, whatever they are called', async () => {
    const handlers = tempDir({ 'qemu-aarch64': handler(AARCH64), one: handler(S390X), status: 'enabled' });
    expect(await canRun('arm64', { host: HOST, handlers })).toBe(true);
    expect(await canRun('s390x', { host: HOST, handlers })).toBe(true);
    expect(await canRun('arm', { host: HOST, handlers })).toBe(false);
    expect(await canRun('riscv64', { host: HOST, handlers })).toBe(false);
    expect(await canRun('arm', { host: HOST, handlers: tempDir({ a: handler(ARM) }) })).toBe(true);
  });

  it('canRun trusts the virtual machine of other systems', async () => {
    expect(await canRun('s390x', { host: { os: 'darwin', arch: 'arm64' }, handlers: '/nowhere' })).toBe(true);
  });
});

describe('Bad', () => {
  it('canRun finds nothing where emulators are disabled, or there are none', async () => {
    const handlers = tempDir({ 'qemu-aarch64': handler(AARCH64, 'disabled'), python: handler('550d0d0a') });
    expect(await canRun('arm64', { host: HOST, handlers })).toBe(false);
    expect(await canRun('arm64', { host: HOST, handlers: '/nowhere/at/all' })).toBe(false);
    expect(await canRun('wasm', { host: HOST, handlers })).toBe(false);
  });

  it('canRun rejects with the reason of a cancellation', async () => {
    const reason = new Error('enough');
    await expect(canRun('arm64', { host: HOST, handlers: tempDir(), signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
  });
});
