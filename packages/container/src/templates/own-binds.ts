import type { LinuxKitImage } from './linuxkit-config.ts';

/**
 * What packages of LinuxKit mount by binds of their own and cannot do without. Source: `build.yml` of each below its `pkg/`.
 */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  acpid: ['/dev'],
  cadvisor: ['/sys', '/var/run'],
  'dm-crypt': ['/dev'],
  extend: ['/dev'],
  format: ['/dev'],
  getty: ['/dev', '/etc', '/run', '/tmp'],
  kmsg: ['/dev/kmsg'],
  logwrite: ['/var/log', '/var/run'],
  losetup: ['/dev', '/var'],
  metadata: ['/dev', '/run', '/sys'],
  mount: ['/dev', '/var'],
  node_exporter: ['/', '/proc', '/sys'],
  rngd: ['/dev'],
  sshd: ['/dev', '/etc', '/run', '/tmp'],
  swap: ['/dev', '/var'],
};

/**
 * Which binds of its own a package misses because `binds` takes their place. An empty list is how LinuxKit's documentation
 * takes them away on purpose, and with a shell another program runs in it.
 */
export function replacedBinds(name: string, { binds, command }: LinuxKitImage): string[] {
  if (binds === undefined || binds.length === 0 || !Object.hasOwn(NEEDED, name)) return [];
  if (/^(?:\/bin\/)?(?:ba|a)?sh$/.test(command?.[0] ?? '')) return [];
  const sources = new Set(binds.map((bind) => trimmed(bind.split(':')[0] ?? '')));
  return (NEEDED[name] ?? []).filter((source) => !sources.has(trimmed(source)));
}

function trimmed(path: string): string {
  return path.replace(/\/+$/, '');
}
