import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect } from '@jest/globals';

import type { Container } from '../../src/container.ts';
import type { LinuxKitManager } from '../../src/manager/linuxkit-manager.ts';
import type { ExecOutput } from '../../src/run-options.ts';
import { containerRefusalOf } from '../../src/testing/index.ts';
import { it, open, options, tempDir, testImage } from './vm.ts';

const HOSTILE = [
  '',
  ' two  spaces ',
  "it's",
  '"double"',
  '$(id) `id` $HOME',
  'new\nline',
  '-n',
  '*',
  'é 日本 🚀',
  '\\',
  '~',
];
const WAYS = ['agent', 'ssh'] as const;

interface Shared {
  readonly manager: LinuxKitManager;
  readonly machine: Container;
  readonly share: string;
}

let shared: Promise<Shared> | undefined;

/** One machine for all tests of this file, which is up. */
function machine(): Promise<Shared> {
  shared ??= boot();
  return shared;
}

async function boot(): Promise<Shared> {
  const { images } = await testImage();
  const stateDir = tempDir();
  const share = join(stateDir, 'a share, "b"=c');
  mkdirSync(share);
  writeFileSync(join(share, 'from the host'), 'hello guest');
  const manager = await open({ stateDir });
  const volumes = { [share]: '/mnt/a share' };
  const wanted = await options({
    name: 'web',
    publish: [80],
    volumes,
    waitFor: { all: ['ssh', 'agent', { httpPort: 80 }] },
  });
  return { manager, share, machine: await manager.run(images.kernel, wanted) };
}

describe('Good', () => {
  for (const via of WAYS) {
    it(`exec: by ${via}: exit codes, arguments, both ways of 4 MiB`, async () => {
      const { manager } = await machine();
      for (const code of [0, 7, 255]) {
        expect((await manager.exec('web', ['sh', '-c', `exit ${String(code)}`], { via })).exitCode).toBe(code);
      }
      expect((await manager.exec('web', ['/no/such/program'], { via })).exitCode).toBe(127);
      const printed = await manager.exec('web', ['printf', '<%s>', ...HOSTILE], { via });
      expect(printed.stdout).toBe(HOSTILE.map((word) => `<${word}>`).join(''));
      const bytes = Buffer.alloc(4 * 1024 * 1024, 'all the bytes\0\xff');
      const echoed = await manager.exec('web', ['cat'], { via, input: bytes });
      expect(Buffer.from(echoed.stdoutBytes).equals(bytes)).toBe(true);
    });

    it(`copy: by ${via}: a directory goes in and comes back`, async () => {
      const { manager } = await machine();
      const dir = tempDir();
      mkdirSync(join(dir, 'tree', 'sub'), { recursive: true });
      writeFileSync(join(dir, 'tree', 'sub', `${'long '.repeat(25)}ü`), via);
      await manager.copy(join(dir, 'tree'), { id: 'web', path: `/root/tree ${via}` }, { via });
      await manager.copy({ id: 'web', path: `/root/tree ${via}` }, join(dir, 'back'), { via });
      expect(readFileSync(join(dir, 'back', 'sub', `${'long '.repeat(25)}ü`), 'utf8')).toBe(via);
      const look = ['sh', '-c', 'stat -c %a "$0"; find "$0" -mmin +60', `/root/tree ${via}`];
      expect((await manager.exec('web', look, { via })).stdout).toBe('755\n'); // and nothing in it is old
      await manager.copy({ id: 'web', path: `/root/tree ${via}/sub/${'long '.repeat(25)}ü` }, join(dir, 'file'), {
        via,
      });
      expect(readFileSync(join(dir, 'file'), 'utf8')).toBe(via);
    });
  }

  it('run: its volumes are mounted in the guest', async () => {
    const { manager, share } = await machine();
    expect((await manager.exec('web', ['cat', '/mnt/a share/from the host'])).stdout).toBe('hello guest');
    await manager.exec('web', ['sh', '-c', 'echo hello host >"/mnt/a share/from the guest"']);
    expect(readFileSync(join(share, 'from the guest'), 'utf8')).toBe('hello host\n');
  });

  it('stats: tells what it uses', async () => {
    const { manager } = await machine();
    const { cpuTimeMs = 0, memoryBytes = 0, uptimeMs = 0 } = await manager.stats('web');
    expect(cpuTimeMs).toBeGreaterThan(100);
    expect(memoryBytes).toBeGreaterThan(32 * 1024 * 1024);
    expect(uptimeMs).toBeGreaterThan(0);
  });
});

describe('Bad', () => {
  it('exec: refuses another host key than the one that the machine first had', async () => {
    const {
      manager,
      machine: { id },
    } = await machine();
    await manager.exec('web', ['true'], { via: 'ssh' }); // it is known now
    const path = join(await stateDirOf(manager), 'vms', id, 'known_hosts');
    const [name = ''] = readFileSync(path, 'utf8').split(' ');
    const kept = readFileSync(path);
    const { hostKey } = await testImage();
    const other = hostKey.replace(/.$/, (end) => (end === 'A' ? 'B' : 'A'));
    writeFileSync(path, `${name} ${other}\n`);
    await containerRefusalOf(() => manager.exec('web', ['true'], { via: 'ssh' }), 'ERR_CONTAINER_HOST_KEY_CHANGED');
    writeFileSync(path, kept);
    expect((await manager.exec('web', ['true'], { via: 'ssh' })).exitCode).toBe(0);
  });

  it('suspend: refuses a machine with volumes, which runs on', async () => {
    const { manager } = await machine();
    const error = await containerRefusalOf(() => manager.suspend('web'), 'ERR_CONTAINER_SAVED_STATE');
    expect(error.message).toContain('it has volumes');
    expect((await manager.inspect('web')).status).toBe('running');
  });
});

describe('Ugly', () => {
  for (const via of WAYS) {
    it(`exec: by ${via}: an abort ends the command in the guest`, async () => {
      const { manager } = await machine();
      const controller = new AbortController();
      const reason = new Error('enough');
      let pid = '';
      const onOutput = ({ bytes }: ExecOutput): void => {
        pid = Buffer.from(bytes).toString().trim();
        controller.abort(reason);
      };
      const command = ['sh', '-c', 'echo $$; exec sleep 300'];
      const aborted = manager.exec('web', command, { via, signal: controller.signal, onOutput });
      expect(await aborted.catch((error: unknown) => error)).toBe(reason);
      // one that waits for its parent to notice is over
      const look = ['grep', '-s', '^State:[[:space:]]*[^ZX]', `/proc/${pid}/status`];
      expect((await manager.exec('web', look)).stdout).toBe('');
    });
  }
});

async function stateDirOf(manager: LinuxKitManager): Promise<string> {
  const [first] = await manager.list();
  return manager.state.machineDir(first?.id ?? '').replace(/\/vms\/[^/]+$/, '');
}
