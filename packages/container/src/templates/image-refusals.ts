import { CAPABILITIES, LIMITS } from './linux-words.ts';
import type { LinuxKitConfig, LinuxKitImage, LinuxKitMount, Placed } from './linuxkit-config.ts';
import { isOctal } from './octal.ts';
import type { Refuse } from './refuse.ts';

interface ImageHere extends Placed<LinuxKitImage> {
  readonly config: LinuxKitConfig;
}

/** What LinuxKit refuses in one container, whatever its image brings with it. */
export function refuseInImage(image: ImageHere, refuse: Refuse): void {
  refuseBinds(image, refuse);
  refuseMounts(image, refuse);
  refuseCapabilities(image, refuse);
  refuseLimits(image, refuse);
  refuseDevices(image, refuse);
}

function refuseBinds({ path, value, config }: ImageHere, refuse: Refuse): void {
  const isReplaced = value.binds !== undefined;
  for (const key of ['binds', 'binds.add'] as const) {
    (value[key] ?? []).forEach((bind, at) => {
      // with binds nobody reads binds.add, but for the volumes in it
      const why = volumeFault(bind, config) ?? (key === 'binds.add' && isReplaced ? undefined : formFault(bind));
      if (why !== undefined) refuse([...path, key, at], 'bind', `${JSON.stringify(bind)} ${why}`);
    });
  }
}

function formFault(bind: string): string | undefined {
  const { length } = bind.split(':');
  return length === 2 || length === 3 ? undefined : 'must be a source, a target and perhaps options, with ":" between';
}

function volumeFault(bind: string, { volumes }: LinuxKitConfig): string | undefined {
  const [source = '', , options] = bind.split(':');
  if (source.startsWith('/')) return undefined;
  const volume = (volumes ?? []).find(({ name = '' }) => name === source);
  if (volume === undefined) return `needs a volume called ${JSON.stringify(source)}, which is not declared`;
  return volume.readonly === true && options !== 'ro' ? 'writes to a volume that is read-only: add ":ro"' : undefined;
}

function refuseMounts({ path, value, config }: ImageHere, refuse: Refuse): void {
  (value.mounts ?? []).forEach((mount, at) => {
    const why = mountFault(mount) ?? mountedVolumeFault(mount, config);
    if (why !== undefined) refuse([...path, 'mounts', at], 'mount', `the mount ${why}`);
  });
  (value.tmpfs ?? []).forEach((mount, at) => {
    if (mount.split(':').length > 2)
      refuse([...path, 'tmpfs', at], 'tmpfs', `${JSON.stringify(mount)} has more than one ":"`);
  });
}

/** File systems that LinuxKit knows the place of, and by the source alone. */
const KNOWN: ReadonlySet<string> = new Set(['proc', 'devpts', 'sysfs', 'cgroup', 'mqueue']);

function mountFault({ type = '', source = '', destination = '' }: LinuxKitMount): string | undefined {
  const isTyped = type !== '' || KNOWN.has(source) || destination === '/dev';
  if (!isTyped) return 'needs a type';
  return destination !== '' || KNOWN.has(type === '' ? source : type) ? undefined : 'needs a destination';
}

function mountedVolumeFault(
  { type, source = '', options = [] }: LinuxKitMount,
  { volumes }: LinuxKitConfig,
): string | undefined {
  if (type !== 'bind' || source.startsWith('/')) return undefined;
  const volume = (volumes ?? []).find(({ name = '' }) => name === source);
  if (volume === undefined) return `needs a volume called ${JSON.stringify(source)}, which is not declared`;
  const isRead = options.find((option) => option === 'ro' || option === 'rw') === 'ro';
  return volume.readonly === true && !isRead ? 'writes to a volume that is read-only: add the option "ro"' : undefined;
}

function refuseCapabilities({ path, value }: ImageHere, refuse: Refuse): void {
  // with capabilities nobody reads capabilities.add
  const key = value.capabilities === undefined ? 'capabilities.add' : 'capabilities';
  for (const list of [key, 'ambient'] as const) {
    const names = value[list] ?? [];
    if (names.length === 1 && /^(?:all|none)$/i.test(names[0] ?? '')) continue;
    names.forEach((name, at) => {
      if (!CAPABILITIES.has(name))
        refuse([...path, list, at], 'capability', `${JSON.stringify(name)} is no capability of Linux`);
    });
  }
}

function refuseLimits({ path, value }: ImageHere, refuse: Refuse): void {
  (value.rlimits ?? []).forEach((limit, at) => {
    if (!isLimit(limit))
      refuse([...path, 'rlimits', at], 'rlimit', `${JSON.stringify(limit)} is no limit: write "nofile,1024,4096"`);
  });
}

function isLimit(limit: string): boolean {
  const [name = '', ...bounds] = limit.split(',').map((part) => part.trim());
  const isKnown = LIMITS.has(name.toUpperCase().replace(/^RLIMIT_/, ''));
  return isKnown && bounds.length === 2 && bounds.every(isBound);
}

function isBound(bound: string): boolean {
  return /^\d+$/.test(bound) ? BigInt(bound) < 2n ** 64n : bound.toLowerCase() === 'unlimited';
}

function refuseDevices({ path, value }: ImageHere, refuse: Refuse): void {
  (value.devices ?? []).forEach(({ path: device, mode = '' }, at) => {
    if (device !== 'all' && !isOctal(mode))
      refuse([...path, 'devices', at], 'device', `the mode ${JSON.stringify(mode)} is no octal number: write "0666"`);
  });
}
