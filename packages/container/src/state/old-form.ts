import { randomBytes, randomUUID } from 'node:crypto';

import type { Container, Status } from '../container.ts';
import { ContainerError } from '../errors.ts';
import type { ImageFormat } from '../image/image.ts';
import { isObject } from './codec.ts';
import { encodeContainer, isId, isName } from './container-codec.ts';

type Entry = Readonly<Record<string, unknown>>;

/** What the older layout knew only as a constant. */
const OLD_SSH_PORT = 2222;
const STATUSES: readonly Status[] = ['running', 'stopped', 'error'];

/** What an import is told of. */
export type TellProblem = (problem: ContainerError) => void;

/**
 * The machines of a `containers.json`, whoever wrote it: an object by id or a list, on its own or under `containers`.
 *
 * @param source Its text, or what that says.
 * @param path Where it is, for messages.
 * @throws `ERR_CONTAINER_STATE_CORRUPT` where it is nothing of the kind.
 */
export function readOldForm(source: unknown, path: string, onProblem: TellProblem): Container[] {
  const found: Container[] = [];
  for (const [key, entry] of entriesOf(source, path)) {
    try {
      found.push(containerOf(key, entry));
    } catch (cause) {
      onProblem(fault(path, `its entry ${JSON.stringify(key)} cannot be used: ${(cause as Error).message}`, cause));
    }
  }
  return found;
}

function entriesOf(source: unknown, path: string): [key: string, entry: unknown][] {
  const json = typeof source === 'string' ? parsed(source, path) : source;
  const list = isObject(json) && 'containers' in json ? json['containers'] : json;
  if (Array.isArray(list)) return list.map((entry, index) => [String(index), entry]);
  if (list === null) return []; // as some languages write a list without elements
  if (!isObject(list)) throw fault(path, 'it is neither a list of machines nor an object of them');
  return Object.entries(list).filter(([key]) => key !== 'version');
}

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw fault(path, 'it is no JSON', cause);
  }
}

function fault(path: string, why: string, cause?: unknown): ContainerError {
  const message = `Cannot import the machines of ${JSON.stringify(path)}: ${why}`;
  return new ContainerError(message, { code: 'ERR_CONTAINER_STATE_CORRUPT', op: 'state.import', path, cause });
}

function containerOf(key: string, entry: unknown): Container {
  if (!isObject(entry)) throw new TypeError('it is no object');
  const id = [entry['id'], key].find((each): each is string => typeof each === 'string' && isId(each));
  const container = complete(id ?? randomBytes(4).toString('hex'), entry);
  encodeContainer(container);
  return container;
}

function complete(id: string, entry: Entry): Container {
  const image = typeof entry['image'] === 'string' ? entry['image'] : '';
  const pid = numberOf(entry['pid']) ?? 0;
  const startedAt = dateOf(entry['started_at'] ?? entry['startedAt']);
  const ports = portsOf(entry['ports']);
  const status = STATUSES.find((each) => each === entry['status']) ?? 'stopped';
  return {
    ...{ id, name: nameOf(entry['name'], id), image, format: formatOf(image), status, pid },
    ...(pid === 0 ? {} : { identity: { writtenAtMs: Math.max(0, startedAt.getTime()) } }),
    ...{ uuid: randomUUID(), startedAt, ports, bindAddress: '127.0.0.1' },
    memoryMb: numberOf(entry['memory'], 1) ?? 1024,
    cpus: numberOf(entry['cpus'], 1) ?? 1,
    sshPort: numberOf(entry['ssh_port']) ?? sshPortOf(ports),
    ...{ user: 'root', volumes: [], disks: [], hypervisor: 'qemu' },
    arch: process.arch === 'arm64' ? 'aarch64' : 'x86_64',
    ...{ accelerator: 'tcg', writeImage: true, autoRemove: false, suspended: false },
  };
}

function nameOf(name: unknown, id: string): string {
  return typeof name === 'string' && isName(name) ? name : id;
}

function numberOf(value: unknown, least = 0): number | undefined {
  const number = typeof value === 'string' ? Number(value) : value;
  return Number.isSafeInteger(number) && Number(number) >= least ? Number(number) : undefined;
}

function dateOf(value: unknown): Date {
  const date = new Date(typeof value === 'string' || typeof value === 'number' ? value : Number.NaN);
  return Number.isNaN(date.getTime()) ? new Date() : date;
}

/** By host port: an object, or a list of "8080:80". */
function portsOf(value: unknown): Record<number, number> {
  const pairs = Array.isArray(value)
    ? value.map((each) => String(each).split(':', 2))
    : Object.entries(isObject(value) ? value : {});
  return Object.fromEntries(pairs.map(([host, guest]) => [Number(host), Number(guest)]));
}

function sshPortOf(ports: Readonly<Record<number, number>>): number {
  return Number(Object.entries(ports).find(([, guest]) => guest === 22)?.[0] ?? OLD_SSH_PORT);
}

function formatOf(image: string): ImageFormat {
  const ending = /\.(?<ending>iso|qcow2|vmdk)$/i.exec(image)?.groups?.['ending'];
  if (ending !== undefined) return ending.toLowerCase() as ImageFormat;
  return /(?:^|[-/])(?:kernel|bzimage|vmlinuz[^/]*)$/i.test(image) ? 'kernel' : 'raw';
}
