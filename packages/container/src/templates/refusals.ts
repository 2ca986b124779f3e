import {
  imagesOf,
  type LinuxKitConfig,
  type LinuxKitFile,
  type LinuxKitImage,
  referencesOf,
} from './linuxkit-config.ts';
import type { Step, TemplateDocument } from './template-document.ts';
import type { TemplateProblem } from './template-report.ts';

/** What LinuxKit refuses beside what its schema does. Source: its `moby/config.go` and `moby/build/build.go`. */
export function refusals(document: TemplateDocument): TemplateProblem[] {
  const config = (document.value ?? {}) as LinuxKitConfig;
  const problems: TemplateProblem[] = [];
  const refuse = (path: readonly Step[], rule: string, message: string): void => {
    problems.push(document.problem(path, { severity: 'error', rule, message }));
  };
  refuseDoubles(config, refuse);
  for (const { path, value } of referencesOf(config)) {
    if (!REFERENCE.test(value)) refuse(path, 'reference', `${JSON.stringify(value)} is no reference of an image`);
  }
  for (const { path, value } of imagesOf(config)) refuseInImage({ path, value, config }, refuse);
  (config.files ?? []).forEach((file, at) => {
    refuseFile(file, (rule, message) => {
      refuse(['files', at], rule, message);
    });
  });
  return problems;
}

type Refuse = (path: readonly Step[], rule: string, message: string) => void;

/** A name with an optional tag and digest, or a package of the same repository that is built on the way. */
const REFERENCE =
  /^(?:@pkg:\S+|[\w][\w.-]*(?::\d+)?(?:\/[\w][\w.-]*)*(?::[\w][\w.-]*)?(?:@[a-z0-9]+(?:[+._-][a-z0-9]+)*:[0-9a-fA-F]{32,})?)$/i;

function refuseDoubles({ services, volumes }: LinuxKitConfig, refuse: Refuse): void {
  doubles((services ?? []).map(({ name }) => name)).forEach(([name, at]) => {
    refuse(['services', at, 'name'], 'duplicate-service', `there is another service called ${JSON.stringify(name)}`);
  });
  const names = (volumes ?? []).map(({ name = '' }) => name);
  doubles(names).forEach(([name, at]) => {
    refuse(['volumes', at, 'name'], 'duplicate-volume', `there is another volume called ${JSON.stringify(name)}`);
  });
  names.forEach((name, at) => {
    if (/^[a-z0-9_-]*$/.test(name)) return;
    refuse(
      ['volumes', at, 'name'],
      'volume-name',
      `${JSON.stringify(name)} is no name of a volume: it may have a to z, 0 to 9, _ and -`,
    );
  });
}

function doubles(names: readonly string[]): (readonly [string, number])[] {
  return names.map((name, at) => [name, at] as const).filter(([name, at]) => names.indexOf(name) !== at);
}

interface ImageHere {
  readonly path: readonly Step[];
  readonly value: LinuxKitImage;
  readonly config: LinuxKitConfig;
}

function refuseInImage({ path, value, config }: ImageHere, refuse: Refuse): void {
  for (const key of ['capabilities', 'capabilities.add', 'ambient'] as const)
    refuseCapabilities({ path, value, key }, refuse);
  for (const key of ['binds', 'binds.add'] as const) {
    (value[key] ?? []).forEach((bind, at) => {
      const why = bindFault(bind, config);
      if (why !== undefined) refuse([...path, key, at], 'bind', `${JSON.stringify(bind)} ${why}`);
    });
  }
  (value.tmpfs ?? []).forEach((mount, at) => {
    if (mount.split(':').length > 2)
      refuse([...path, 'tmpfs', at], 'tmpfs', `${JSON.stringify(mount)} has more than one ":"`);
  });
  (value.rlimits ?? []).forEach((limit, at) => {
    if (!isLimit(limit))
      refuse([...path, 'rlimits', at], 'rlimit', `${JSON.stringify(limit)} is no limit: write "nofile,1024,4096"`);
  });
}

function bindFault(bind: string, { volumes }: LinuxKitConfig): string | undefined {
  const parts = bind.split(':');
  if (parts.length < 2 || parts.length > 3) return 'must be a source, a target and perhaps options, with ":" between';
  const [source = '', , options = ''] = parts;
  if (source.startsWith('/')) return undefined;
  const volume = (volumes ?? []).find(({ name }) => name === source);
  if (volume === undefined) return `needs a volume called ${JSON.stringify(source)}, which is not declared`;
  const isWritten = !options.split(',').includes('ro');
  return volume.readonly === true && isWritten ? 'writes to a volume that is read-only: add ":ro"' : undefined;
}

interface CapabilitiesHere {
  readonly path: readonly Step[];
  readonly value: LinuxKitImage;
  readonly key: 'capabilities' | 'capabilities.add' | 'ambient';
}

function refuseCapabilities({ path, value, key }: CapabilitiesHere, refuse: Refuse): void {
  const names = value[key] ?? [];
  if (names.length === 1 && /^(?:all|none)$/i.test(names[0] ?? '')) return;
  names.forEach((name, at) => {
    if (!CAPABILITIES.has(name))
      refuse([...path, key, at], 'capability', `${JSON.stringify(name)} is no capability of Linux`);
  });
}

function isLimit(limit: string): boolean {
  const [name = '', ...bounds] = limit.split(',').map((part) => part.trim());
  const isKnown = LIMITS.has(name.toUpperCase().replace(/^RLIMIT_/, ''));
  return isKnown && bounds.length === 2 && bounds.every((bound) => /^(?:\d{1,20}|unlimited)$/i.test(bound));
}

function refuseFile(file: LinuxKitFile, refuse: (rule: string, message: string) => void): void {
  const { path = '', directory, contents, source, symlink, metadata, mode } = file;
  if (path === '') refuse('file', 'the file has no path');
  const given = [contents, source, metadata].filter((value) => value !== undefined && value !== '').length;
  if (given > 1) refuse('file', 'the file may have one of contents, source and metadata, not several');
  const isEmpty = contents === undefined && source === undefined && symlink === undefined && metadata === undefined;
  if (isEmpty && directory !== true)
    refuse('file', 'the file needs contents, a source, metadata or a symlink, or is a directory');
  if (metadata !== undefined && metadata !== '' && metadata !== 'yaml') refuse('file', 'metadata must be "yaml"');
  if (mode !== undefined && !/^0?[0-7]{1,6}$/.test(mode))
    refuse('file', `the mode ${JSON.stringify(mode)} is no octal number`);
}

/** capabilities(7) */
const CAPABILITIES: ReadonlySet<string> = new Set(
  [
    ...['CHOWN', 'DAC_OVERRIDE', 'DAC_READ_SEARCH', 'FOWNER', 'FSETID', 'KILL', 'SETGID', 'SETUID', 'SETPCAP'],
    ...['LINUX_IMMUTABLE', 'NET_BIND_SERVICE', 'NET_BROADCAST', 'NET_ADMIN', 'NET_RAW', 'IPC_LOCK', 'IPC_OWNER'],
    ...['SYS_MODULE', 'SYS_RAWIO', 'SYS_CHROOT', 'SYS_PTRACE', 'SYS_PACCT', 'SYS_ADMIN', 'SYS_BOOT', 'SYS_NICE'],
    ...['SYS_RESOURCE', 'SYS_TIME', 'SYS_TTY_CONFIG', 'MKNOD', 'LEASE', 'AUDIT_WRITE', 'AUDIT_CONTROL', 'SETFCAP'],
    ...['MAC_OVERRIDE', 'MAC_ADMIN', 'SYSLOG', 'WAKE_ALARM', 'BLOCK_SUSPEND', 'AUDIT_READ', 'PERFMON', 'BPF'],
    'CHECKPOINT_RESTORE',
  ].map((name) => `CAP_${name}`),
);

/** getrlimit(2) */
const LIMITS: ReadonlySet<string> = new Set([
  ...['CPU', 'FSIZE', 'DATA', 'STACK', 'CORE', 'RSS', 'NPROC', 'NOFILE', 'MEMLOCK', 'AS', 'LOCKS', 'SIGPENDING'],
  ...['MSGQUEUE', 'NICE', 'RTPRIO', 'RTTIME'],
]);
