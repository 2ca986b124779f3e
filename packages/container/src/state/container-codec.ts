import type { Container, DataDisk, ProcessIdentity, Starter, Volume } from '../container.ts';
import {
  flag,
  isObject,
  listOf,
  matching,
  Misfit,
  moment,
  numberMap,
  object,
  oneOf,
  optional,
  type Shape,
  text,
  whole,
} from './codec.ts';
import { describe } from './describe.ts';

/** Of the form of `vm.json` and of `containers.json`. */
const VERSION = 1;

const ID = /^[0-9a-f]{8}$/;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
const LARGEST_PID = 2 ** 31 - 1;

const port = whole(1, 65_535);
const path = matching('a path', /^[^\0]+$/);

const identityShape: Shape<ProcessIdentity> = {
  writtenAtMs: ['written_at_ms', whole(0)],
  startTicks: ['start_ticks', optional(whole(0))],
  bootId: ['boot_id', optional(text)],
};
const identity = object(identityShape);
const starter = object<Starter>({ ...identityShape, pid: ['pid', whole(1, LARGEST_PID)] });

const volume = object<Volume>({
  source: ['source', path],
  target: ['target', path],
  tag: ['tag', text],
  readOnly: ['read_only', flag],
  driver: ['driver', oneOf('9p', 'virtiofs')],
});

const disk = object<DataDisk>({
  path: ['path', path],
  format: ['format', oneOf('qcow2', 'raw')],
});

/** The keys of `vm.json`, which are documented and stay as they are. */
const container = object<Container>({
  id: ['id', matching('8 hex characters', ID)],
  name: ['name', matching('1 to 63 letters, digits, ".", "_" and "-", the first a letter or digit', NAME)],
  image: ['image', path],
  format: ['format', oneOf('iso', 'qcow2', 'raw', 'vmdk', 'kernel')],
  status: ['status', oneOf('running', 'stopped', 'error')],
  pid: ['pid', whole(0, LARGEST_PID)],
  identity: ['identity', optional(identity)],
  startingBy: ['starting_by', optional(starter)],
  uuid: ['uuid', text],
  startedAt: ['started_at', moment],
  stoppedAt: ['stopped_at', optional(moment)],
  ports: ['ports', numberMap(port, port)],
  bindAddress: ['bind_address', text],
  memoryMb: ['memory', whole(1)],
  cpus: ['cpus', whole(1)],
  sshPort: ['ssh_port', whole(0, 65_535)],
  sshKey: ['ssh_key', optional(path)],
  user: ['user', text],
  volumes: ['volumes', listOf(volume)],
  disks: ['disks', listOf(disk)],
  hypervisor: ['hypervisor', text],
  arch: ['arch', oneOf('x86_64', 'aarch64')],
  accelerator: ['accelerator', text],
  cmdline: ['cmdline', optional(text)],
  writeImage: ['write_image', flag],
  autoRemove: ['auto_remove', flag],
  suspended: ['suspended', flag],
  exitReason: ['exit_reason', optional(text)],
});

/** Whether a machine can have this id. */
export function isId(id: string): boolean {
  return ID.test(id);
}

/** Whether a machine can have this name. */
export function isName(name: string): boolean {
  return NAME.test(name);
}

/** Refuses a name that no machine can have. */
export function checkName(name: unknown): asserts name is string {
  if (typeof name === 'string' && isName(name)) return;
  throw new TypeError(
    `name must be 1 to 63 letters, digits, ".", "_" and "-", the first a letter or digit, not ${describe(name)}`,
  );
}

/** Refuses an id that no machine can have. */
export function checkId(id: unknown): asserts id is string {
  if (typeof id === 'string' && isId(id)) return;
  throw new TypeError(`id must be 8 hex characters, not ${describe(id)}`);
}

/**
 * The content of `vm.json`.
 *
 * @throws `TypeError` that names the property, where it is no container.
 */
export function encodeContainer(value: Container): string {
  const json = container.encode(value);
  try {
    container.decode(json);
  } catch (error) {
    throw error instanceof Misfit ? error.as('container') : error;
  }
  return `${JSON.stringify({ version: VERSION, ...(json as object) }, undefined, 2)}\n`;
}

/** A record that this program is too old for. */
export class NewerVersion extends Error {}

/**
 * What `vm.json` says.
 *
 * @throws {@link Misfit}, {@link NewerVersion} or `SyntaxError`.
 */
export function decodeContainer(content: string): Container {
  const json: unknown = JSON.parse(content);
  checkVersion(json);
  return container.decode(json);
}

/** @throws {@link Misfit}, {@link NewerVersion} */
function checkVersion(json: unknown): void {
  const version = isObject(json) ? json['version'] : undefined;
  if (Number.isSafeInteger(version) && Number(version) > VERSION) {
    throw new NewerVersion(`it is of version ${String(version)}, and this program knows ${String(VERSION)}`);
  }
  if (isObject(json) && version !== VERSION) {
    throw new Misfit(`${String(VERSION)}, not ${describe(version)}`).under('version', 'version');
  }
}

/** What `containers.json` tells of a machine. */
export interface SnapshotEntry {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly status: Container['status'];
  readonly pid: number;
  readonly started_at: string;
  readonly ports: Readonly<Record<string, number>>;
  readonly memory: number;
  readonly cpus: number;
}

/** The whole of `containers.json`. */
export interface StateSnapshot {
  /** Of the schema. */
  readonly version: number;
  /** By id, the oldest first unless an id is all digits. */
  readonly containers: Readonly<Record<string, SnapshotEntry>>;
}

/** What dashboards and scripts are told of these machines. */
export function snapshotOf(containers: readonly Container[]): StateSnapshot {
  return { version: VERSION, containers: Object.fromEntries(containers.map((each) => [each.id, entryOf(each)])) };
}

function entryOf({ id, name, image, status, pid, startedAt, ports, memoryMb, cpus }: Container): SnapshotEntry {
  const started_at = startedAt.toISOString();
  return { id, name, image, status, pid, started_at, ports, memory: memoryMb, cpus };
}
