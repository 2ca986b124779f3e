/**
 * LinuxKit's own JSON schema (draft 4) of its YAML, as of 2025, with the bounds of what it then reads the numbers
 * into. Without bounds are those that it does not read: what its reader calls `kerneltcp` is `kernelTCP` here.
 *
 * Source: https://github.com/linuxkit/linuxkit/blob/master/src/cmd/linuxkit/moby/schema.go,
 * and https://github.com/opencontainers/runtime-spec/blob/main/specs-go/config.go for the bounds.
 */
type Schema = Readonly<Record<string, unknown>>;

const TEXT: Schema = { type: 'string' };
const NUMBER: Schema = { type: 'integer' };
const SIGNED: Schema = { type: 'integer', minimum: -(2 ** 63), maximum: 2 ** 63 };
const UNSIGNED: Schema = { type: 'integer', minimum: 0, maximum: 2 ** 64 };
const UNSIGNED_32: Schema = { type: 'integer', minimum: 0, maximum: 2 ** 32 - 1 };
const UNSIGNED_16: Schema = { type: 'integer', minimum: 0, maximum: 2 ** 16 - 1 };
const FLAG: Schema = { type: 'boolean' };
/** A name or a number. */
const OWNER: Schema = { anyOf: [TEXT, NUMBER] };
const TEXTS: Schema = list(TEXT);
const TEXT_MAP: Schema = { type: 'object', additionalProperties: TEXT };

const KERNEL: Schema = record({ image: TEXT, cmdline: TEXT, binary: TEXT, tar: TEXT, ucode: TEXT });

const FILE: Schema = record({
  ...{ path: TEXT, directory: FLAG, symlink: TEXT, contents: TEXT, source: TEXT, metadata: TEXT },
  ...{ optional: FLAG, mode: TEXT, uid: OWNER, gid: OWNER },
});

/** Laid out as a file system, or kept as an image. */
const VOLUME_FORMAT: Schema = { enum: ['oci', 'filesystem'] };

const VOLUME: Schema = record({ name: TEXT, image: TEXT, readonly: FLAG, format: VOLUME_FORMAT, platforms: TEXTS });

const ID_MAPPINGS: Schema = list(record({ hostID: NUMBER, containerID: NUMBER, size: UNSIGNED_32 }));

const MOUNTS: Schema = list(
  record({
    ...{ destination: TEXT, type: TEXT, source: TEXT, options: TEXTS },
    ...{ uidmappings: ID_MAPPINGS, gidmappings: ID_MAPPINGS },
  }),
);

const DEVICES: Schema = list(record({ path: TEXT, type: TEXT, major: SIGNED, minor: SIGNED, mode: TEXT }));

const THROTTLES: Schema = list(record({ major: NUMBER, minor: NUMBER, rate: NUMBER }));

const RESOURCES: Schema = record({
  devices: list(record({ allow: FLAG, type: TEXT, major: SIGNED, minor: SIGNED, access: TEXT })),
  memory: record({
    ...{ limit: SIGNED, reservation: SIGNED, swap: SIGNED, kernel: SIGNED, kernelTCP: NUMBER, swappiness: UNSIGNED },
    disableOOMKiller: FLAG,
  }),
  cpu: record({
    ...{ shares: UNSIGNED, quota: SIGNED, period: UNSIGNED, realtimeRuntime: NUMBER, realtimePeriod: NUMBER },
    ...{ cpus: TEXT, mems: TEXT },
  }),
  pids: record({ limit: SIGNED }),
  blockio: record({
    ...{ weight: UNSIGNED_16, leafWeight: NUMBER },
    weightDevice: list(record({ major: NUMBER, minor: NUMBER, weight: NUMBER, leafWeight: NUMBER })),
    ...{ throttleReadBpsDevice: THROTTLES, throttleWriteBpsDevice: THROTTLES },
    ...{ throttleReadIOPSDevice: THROTTLES, throttleWriteIOPSDevice: THROTTLES },
  }),
  hugepageLimits: list(record({ pageSize: NUMBER, limit: NUMBER })),
  network: record({ classID: NUMBER, priorities: list(record({ name: TEXT, priority: UNSIGNED_32 })) }),
});

const RUNTIME: Schema = record({
  ...{ cgroups: TEXTS, mounts: MOUNTS, mkdir: TEXTS, namespace: TEXT },
  interfaces: list(record({ name: TEXT, add: TEXT, peer: TEXT, createInRoot: FLAG })),
  bindNS: record({ cgroup: TEXT, ipc: TEXT, mnt: TEXT, net: TEXT, pid: TEXT, user: TEXT, uts: TEXT }),
});

const IMAGE: Schema = {
  ...record({
    ...{ name: TEXT, image: TEXT, capabilities: TEXTS, 'capabilities.add': TEXTS, ambient: TEXTS },
    ...{ mounts: MOUNTS, binds: TEXTS, 'binds.add': TEXTS, devices: DEVICES, tmpfs: TEXTS, command: TEXTS },
    ...{ env: TEXTS, cwd: TEXT, net: TEXT, pid: TEXT, ipc: TEXT, uts: TEXT, userns: TEXT, readonly: FLAG },
    ...{ maskedPaths: TEXTS, readonlyPaths: TEXTS, uid: OWNER, gid: OWNER, additionalGids: list(OWNER) },
    ...{ noNewPrivileges: FLAG, hostname: TEXT, oomScoreAdj: SIGNED, rootfsPropagation: TEXT, cgroupsPath: TEXT },
    ...{ resources: RESOURCES, sysctl: TEXT_MAP, rlimits: TEXTS, annotations: TEXT_MAP, runtime: RUNTIME },
    ...{ uidMappings: ID_MAPPINGS, gidMappings: ID_MAPPINGS },
  }),
  required: ['name', 'image'],
};

export const LINUXKIT_SCHEMA: Schema = {
  $schema: 'http://json-schema.org/draft-04/schema#',
  title: 'LinuxKit',
  type: ['object', 'null'],
  additionalProperties: false,
  properties: {
    kernel: KERNEL,
    init: TEXTS,
    onboot: list(IMAGE),
    onshutdown: list(IMAGE),
    services: list(IMAGE),
    trust: record({ image: TEXTS, org: TEXTS }),
    files: list(FILE),
    volumes: list(VOLUME),
  },
};

function record(properties: Schema): Schema {
  return { type: 'object', additionalProperties: false, properties };
}

function list(items: Schema): Schema {
  return { type: 'array', items };
}
