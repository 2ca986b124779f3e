import type { RunOptions } from '../run-options.ts';
import { checkVolumes } from '../volumes/parse-volumes.ts';
import {
  checkFlag,
  checkList,
  checkNumber,
  checkObject,
  checkSignal,
  checkText,
  checkWord,
  describe,
} from './check.ts';
import { checkReadyCheck } from './check-ready-check.ts';

/** The longest time that a timer of Node measures; a longer one would end at once. */
export const LONGEST_MS = 2_147_483_647;
const NAME = /^[A-Za-z\d][A-Za-z\d._-]{0,62}$/;
const USER = /^[A-Za-z_][\w.-]{0,31}$/;
const ADDRESS = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;
const FLAGS = ['detach', 'writeImage', 'allowBackingFile', 'autoRemove'] as const;
const MOST_PORT = 65_535;
const MOST_DISK_MB = 8_388_608;

/**
 * Refuses what no machine can be started with, whatever this system has.
 *
 * @throws `TypeError`, `RangeError`
 */
export function checkRunOptions(image: unknown, options: RunOptions): void {
  if (typeof image !== 'string') throw new TypeError(`image must be the path of an image, not ${describe(image)}`);
  checkText('image', image);
  checkObject('options', options);
  checkSignal(options.signal);
  checkName(options.name);
  checkNumber('memoryMb', options.memoryMb, 16, 16_777_216);
  checkNumber('cpus', options.cpus, 1, 255);
  checkNumber('waitTimeoutMs', options.waitTimeoutMs, 1, LONGEST_MS);
  for (const flag of FLAGS) checkFlag(flag, options[flag]);
  checkWord('arch', options.arch, ['x86_64', 'aarch64']);
  checkText('sshKey', options.sshKey);
  checkUser(options.user);
  checkPorts(options);
  checkVolumes(options.volumes);
  checkDisks(options.disks);
  if (options.cmdline !== undefined) checkCmdline(options.cmdline);
  checkReadyCheck(options);
  checkOutput(options);
}

/** Refuses a name that is none: it is part of paths and of command lines. */
function checkName(name: unknown): void {
  if (name === undefined || (typeof name === 'string' && NAME.test(name))) return;
  const wanted = '1 to 63 letters, digits, ".", "_" and "-", the first one a letter or a digit';
  throw new TypeError(`name must be ${wanted}, not ${describe(name)}`);
}

function checkUser(user: unknown): void {
  if (user === undefined || (typeof user === 'string' && USER.test(user))) return;
  throw new TypeError(`user must be the name of a user in the guest, not ${describe(user)}`);
}

function checkPorts({ ports, publish, bindAddress, sshPort }: RunOptions): void {
  checkObject('ports', ports);
  checkList('publish', publish);
  for (const [host, guest] of Object.entries(ports ?? {})) {
    if (host === '0')
      throw new RangeError('ports must not have the key 0: name guest ports in `publish` for free ones');
    checkNumber(`the key of ports[${host}]`, Number(host), 1, MOST_PORT);
    checkPort(`ports[${host}]`, guest);
  }
  for (const [index, guest] of (publish ?? []).entries()) checkPort(`publish[${String(index)}]`, guest);
  checkNumber('sshPort', sshPort, 1, MOST_PORT);
  const taken = sshPort === undefined ? undefined : ports?.[sshPort];
  if (taken !== undefined && taken !== 22) {
    throw new RangeError(`sshPort ${String(sshPort)} leads to port ${String(taken)} of the guest by \`ports\` already`);
  }
  if (bindAddress !== undefined && !ADDRESS.test(bindAddress)) {
    throw new TypeError(`bindAddress must be an IPv4 address such as "127.0.0.1", not ${describe(bindAddress)}`);
  }
}

function checkPort(name: string, port: unknown): void {
  checkNumber(name, port ?? Number.NaN, 1, MOST_PORT);
}

function checkDisks(disks: RunOptions['disks']): void {
  checkList('disks', disks);
  for (const [index, disk] of (disks ?? []).entries()) {
    const name = `disks[${String(index)}]`;
    checkObject(name, disk);
    const { path, format, sizeMb } = disk as Partial<{ path: string; format: string; sizeMb: number }>;
    checkNumber(`${name}.sizeMb`, sizeMb, 1, MOST_DISK_MB);
    checkText(`${name}.path`, path);
    checkWord(`${name}.format`, format, ['qcow2', 'raw']);
    const isThere = path !== undefined && format !== undefined;
    if (isThere === (sizeMb !== undefined)) {
      throw new TypeError(`${name} must have a path and a format, or a sizeMb`);
    }
  }
}

function checkCmdline(cmdline: string): void {
  checkText('cmdline', cmdline);
  if (/[\r\n]/.test(cmdline)) throw new TypeError('cmdline must be one line');
}

function checkOutput({ detach, output }: RunOptions): void {
  if (output === undefined) return;
  if (typeof output !== 'object' || typeof output.write !== 'function') {
    throw new TypeError(`output must be a Writable, not ${describe(output)}`);
  }
  if (detach === true) throw new TypeError('output is for a run in the foreground: read the logs of a detached one');
}
