import { describe, expect, it } from '@jest/globals';

import { checkRunOptions } from '../../src/manager/check-run-options.ts';
import type { RunOptions } from '../../src/run-options.ts';

function check(options: unknown, image: unknown = 'vm.iso'): () => void {
  return () => {
    checkRunOptions(image, options as RunOptions);
  };
}

describe('Good', () => {
  it.each<RunOptions>([
    {},
    { name: 'a', detach: true, memoryMb: 64, cpus: 2, ports: { 8080: 80, 2222: 22 }, sshPort: 2222 },
    { publish: [80], waitFor: { all: ['ssh', { httpPort: 80 }, { any: [{ console: /up/ }, 'agent'] }] } },
    { waitFor: { port: 22, banner: 'SSH-' } },
    { waitFor: { command: ['test', '-e', ''] } },
    { bindAddress: '0.0.0.0', user: 'core', disks: [{ sizeMb: 1 }, { path: 'd', format: 'raw' }] },
    { cmdline: 'quiet', volumes: { '.': '/src:ro' }, signal: new AbortController().signal },
  ])('checkRunOptions: takes %j', (options) => {
    expect(check(options)).not.toThrow();
  });
});

describe('Bad', () => {
  it.each<[unknown, RegExp]>([
    [null, /options must be an object, not null/],
    [{ name: '-x' }, /name must be 1 to 63 letters/],
    [{ name: 'a/b' }, /name must be/],
    [{ name: 'a'.repeat(64) }, /name must be/],
    [{ memoryMb: '1024' }, /memoryMb must be a whole number from 16 to 16777216, not "1024"/],
    [{ cpus: Number.NaN }, /cpus must be/],
    [{ detach: 1 }, /detach must be true or false, not 1/],
    [{ ports: { 0: 80 } }, /name guest ports in `publish`/],
    [{ ports: { '80x': 80 } }, /the key of ports\[80x\] must be a whole number/],
    [{ ports: { 80: undefined } }, /ports\[80\] must be/],
    [{ ports: [80] }, /ports must be an object, not an array/],
    [{ ports: { 2222: 80 }, sshPort: 2222 }, /sshPort 2222 leads to port 80/],
    [{ publish: 80 }, /publish must be an array, not 80/],
    [{ publish: [80, 65_536] }, /publish\[1\] must be/],
    [{ bindAddress: '::1' }, /bindAddress must be an IPv4 address/],
    [{ bindAddress: '1.2.3' }, /bindAddress/],
    [{ bindAddress: '1.2.3.256' }, /bindAddress/],
    [{ bindAddress: '1.2.3.4.' }, /bindAddress/],
    [{ user: 'a b' }, /user must be the name of a user/],
    [{ sshKey: '' }, /sshKey must not be an empty string/],
    [{ sshKey: 'a\0' }, /sshKey must not hold a NUL/],
    [{ arch: 'arm64' }, /arch must be "x86_64" or "aarch64", not "arm64"/],
    [{ disks: [{ path: 'x' }] }, /disks\[0\] must have a path and a format, or a sizeMb/],
    [{ disks: [{ path: 'x', format: 'vmdk' }] }, /disks\[0\].format must be/],
    [{ disks: [{ sizeMb: 0 }] }, /disks\[0\].sizeMb must be/],
    [{ cmdline: 'a\nb' }, /cmdline must be one line/],
    [{ waitFor: 'http' }, /waitFor must be "started", "ssh", "agent" or an object, not "http"/],
    [{ waitFor: {} }, /waitFor must have one of/],
    [{ waitFor: { all: [] } }, /waitFor.all must not be empty/],
    [{ waitFor: { any: ['ssh', { port: 80, banner: 'x' }] } }, /waitFor.any\[1\].port must be a port .* forwarded/],
    [{ waitFor: { command: [] } }, /waitFor.command must be an array of at least one word/],
    [{ waitFor: { command: [1] } }, /waitFor.command\[0\] must be a string/],
    [{ waitFor: { console: '' } }, /waitFor.console/],
    [{ signal: 'SIGTERM' }, /signal must be an AbortSignal, not "SIGTERM"/],
    [{ output: 'x' }, /output must be a Writable/],
    [{ output: process.stdout, detach: true }, /output is for a run in the foreground/],
  ])('checkRunOptions: refuses %j', (options, message) => {
    expect(check(options)).toThrow(message);
  });

  it.each<[unknown, RegExp]>([
    ['', /image must not be an empty string/],
    ['a\0b', /NUL/],
    [null, /image must be the path of an image, not null/],
  ])('checkRunOptions: refuses the image %j', (image, message) => {
    expect(check({}, image)).toThrow(message);
  });
});

describe('Ugly', () => {
  it('checkRunOptions: refuses a readiness that stands in itself', () => {
    const all: unknown[] = [];
    all.push({ all });
    expect(check({ waitFor: { all } })).toThrow(/waitFor(?:\.all\[0\])+ must be/);
  });
});
