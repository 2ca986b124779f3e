import { describe, expect, it } from '@jest/globals';

import { KernelModule, loadOrder, modulesAlias, modulesDep } from '../../../src/testing/vm-image/kernel-modules.ts';

function moduleFile(info: string, signature = false): Buffer {
  const content = Buffer.from(`\u007fELF\0${info}\0code`, 'latin1');
  if (!signature) return content;
  const header = Buffer.alloc(12);
  header.writeUInt32BE(5, 8);
  return Buffer.concat([content, Buffer.from('12345'), header, Buffer.from('~Module signature appended~\n')]);
}

const modules = new Map(
  [
    new KernelModule('virtio-rng.ko', moduleFile('depends=virtio\0alias=virtio:d00000004v*')),
    new KernelModule('virtio.ko', moduleFile('depends=virtio_ring')),
    new KernelModule('virtio_ring.ko', moduleFile('depends=')),
    new KernelModule('9p.ko', moduleFile('alias=fs-9p\0depends=9pnet,built-in')),
    new KernelModule('9pnet.ko', moduleFile('depends=')),
  ].map((module) => [module.name, module]),
);

describe('Good', () => {
  it('loadOrder puts each module behind what it needs, and each only once', () => {
    const names = loadOrder(modules, ['9p', 'virtio_rng', 'virtio']).map(({ name }) => name);
    expect(names).toEqual(['9pnet', '9p', 'virtio_ring', 'virtio', 'virtio_rng']);
  });

  it('modulesDep and modulesAlias are what modprobe reads', () => {
    expect(modulesDep(modules)).toContain('virtio_rng.ko: virtio.ko virtio_ring.ko\n');
    expect(modulesDep(modules)).toContain('9pnet.ko:\n');
    expect(modulesAlias(modules)).toBe('alias virtio:d00000004v* virtio_rng\nalias fs-9p 9p\n');
  });

  it('KernelModule is without its signature', () => {
    expect(new KernelModule('a.ko', moduleFile('depends=', true)).content).toEqual(moduleFile('depends='));
  });
});

describe('Bad', () => {
  it('loadOrder passes over what is not there, since it is built in', () => {
    expect(loadOrder(modules, ['no_such_module'])).toEqual([]);
  });
});
