import { randomInt } from 'node:crypto';
import { isIP } from 'node:net';

import type { CancelOptions, Medium } from '@core/io';

import { ContainerError } from '../errors.ts';
import type { PortForward } from '../hypervisors/hypervisor.ts';
import { checkId } from '../state/container-codec.ts';
import { describe } from '../state/describe.ts';
import { Places } from '../state/places.ts';
import { Records } from '../state/records.ts';
import { ReservationFile } from './reservation-file.ts';
import { tryPort } from './trial-bind.ts';

/** For which machine which ports are reserved. */
export interface ReservePortsOptions extends CancelOptions {
  readonly medium: Medium;
  /** Where the machines are known; see `State`. */
  readonly stateDir: string;
  /** Host port 0 is any that is free. */
  readonly ports: readonly PortForward[];
  /** Where the hypervisor will listen: an IP address. */
  readonly bindAddress: string;
  /** Of the machine. */
  readonly id: string;
}

/** Ports that no other machine gets. They belong to the program that reserved them, until it hands them over. */
export interface PortReservation {
  /** As they were asked for, each with a real host port. */
  readonly ports: readonly PortForward[];
  /**
   * From now on they belong to the machine, as long as its record says that it runs and its process does: so they
   * outlive this program, and need not be given back. To be called when the record says so.
   */
  handOver(): Promise<void>;
  /** Gives them back. The second time nothing happens. */
  release(): Promise<void>;
}

/** Where free ports are looked for: below those that Linux, macOS and Windows give to outgoing connections. */
const ANY: readonly [first: number, last: number] = [20_000, 29_999];
const COUNT = ANY[1] - ANY[0] + 1;

/**
 * Reserves host ports for a machine before it is started: of any number of machines that are started at once, also by
 * different programs, no two get the same one. A port is tried on the address, too, for other programs may listen there.
 * All of them are reserved, or none. A port number belongs to one machine, whatever the address.
 *
 * What a program reserved that ended since, or a machine that does not run any more, is free. A machine that asks again
 * for a port of its own gets it.
 *
 * @throws `ERR_CONTAINER_PORT_IN_USE`, which says whether another machine or another program has it;
 *   `ERR_CONTAINER_PORT_REFUSED` where the system does not let this user listen there; `ERR_CONTAINER_STATE_UNWRITABLE`;
 *   `RangeError` for what is no port, or twice the same.
 *
 * @example
 * ```ts
 * import { MemoryMedium } from '@core/io';
 * import { reservePorts } from '@core/container';
 *
 * const options = { medium: new MemoryMedium(), stateDir: 'state', bindAddress: '127.0.0.1' };
 * const { ports, release } = await reservePorts({ ...options, id: '0000000a', ports: [{ host: 0, guest: 80 }] });
 * const [{ host, guest }] = ports;
 * assert.ok(host > 0 && guest === 80);
 *
 * await assert.rejects(reservePorts({ ...options, id: '0000000b', ports }), {
 *   code: 'ERR_CONTAINER_PORT_IN_USE',
 *   message: `Cannot forward port ${host}: the machine 0000000a has it`,
 * });
 * await release();
 * ```
 */
export async function reservePorts(options: ReservePortsOptions): Promise<PortReservation> {
  checkOptions(options);
  const desk = new Desk(options);
  const ports: PortForward[] = [];
  const order = [...options.ports.entries()].sort(([, a], [, b]) => Number(a.host === 0) - Number(b.host === 0));
  try {
    for (const [index, { host, guest }] of order) {
      ports[index] = { host: host === 0 ? await desk.takeAny() : await desk.take(host), guest };
    }
  } catch (error) {
    await desk.release();
    throw error;
  }
  return { ports, handOver: () => desk.handOver(), release: () => desk.release() };
}

/** Takes ports for one machine, and knows which. */
class Desk {
  readonly #options: ReservePortsOptions;
  readonly #places: Places;
  readonly #records: Records;
  readonly #taken: ReservationFile[] = [];

  constructor(options: ReservePortsOptions) {
    this.#options = options;
    this.#places = new Places(options.stateDir);
    this.#records = new Records(options.medium, this.#places);
  }

  async take(port: number): Promise<number> {
    const holder = await this.#reserve(port);
    if (holder !== undefined) throw inUse(port, await this.#nameOf(holder));
    const { bindAddress } = this.#options;
    const trial = await tryPort(port, bindAddress);
    if (trial === 'free') return port;
    if (trial === 'busy') throw inUse(port, `another program listens on ${bindAddress}:${String(port)}`);
    throw refused(port, bindAddress, trial.refused);
  }

  /** From a place of its own on, so that programs that look at the same time do not look at the same. */
  async takeAny(): Promise<number> {
    const start = randomInt(COUNT);
    for (let turn = 0; turn < COUNT; turn += 1) {
      const port = ANY[0] + ((start + turn) % COUNT);
      if (this.#taken.some((file) => file.port === port) || (await this.#reserve(port)) !== undefined) continue;
      const trial = await tryPort(port, this.#options.bindAddress);
      if (trial === 'free') return port;
      await this.#dismiss();
      if (trial !== 'busy') throw refused(port, this.#options.bindAddress, trial.refused);
    }
    throw inUse(0, `all ports from ${String(ANY[0])} to ${String(ANY[1])} are in use`);
  }

  async handOver(): Promise<void> {
    for (const file of this.#taken) await file.handOver(this.#options.id);
  }

  async release(): Promise<void> {
    for (const file of this.#taken.splice(0)) await file.release(this.#options.id);
  }

  /** The machine that has it, or nothing: then this one has it. */
  async #reserve(port: number): Promise<string | undefined> {
    const { medium, id, signal } = this.#options;
    const file = new ReservationFile(port, medium, this.#places, this.#records);
    const holder = await file.take(id, { signal });
    if (holder === undefined) this.#taken.push(file);
    return holder;
  }

  async #dismiss(): Promise<void> {
    await this.#taken.pop()?.release(this.#options.id);
  }

  async #nameOf(id: string): Promise<string> {
    const found = await this.#records.look(id);
    const name =
      found === undefined || found instanceof ContainerError || found.name === id ? id : `"${found.name}" (${id})`;
    return `the machine ${name} has it`;
  }
}

function inUse(port: number, why: string): ContainerError {
  const message = `Cannot forward ${port === 0 ? 'any port' : `port ${String(port)}`}: ${why}`;
  const hint = 'Use another port, or let one be chosen: `publish`.';
  return new ContainerError(message, { code: 'ERR_CONTAINER_PORT_IN_USE', op: 'container.reservePorts', hint });
}

function refused(port: number, address: string, cause: NodeJS.ErrnoException): ContainerError {
  const reasons: Readonly<Record<string, string>> = {
    EACCES: 'this user may not listen there',
    EADDRNOTAVAIL: 'this machine does not have the address',
  };
  const why = reasons[cause.code ?? ''] ?? cause.message;
  const message = `Cannot forward port ${String(port)} of ${address}: ${why}`;
  const hint = cause.code === 'EACCES' ? 'Use a port above 1023.' : 'Use 127.0.0.1, or 0.0.0.0 for all addresses.';
  return new ContainerError(message, {
    ...{ code: 'ERR_CONTAINER_PORT_REFUSED', op: 'container.reservePorts', hint, cause },
  });
}

function checkOptions({ ports, bindAddress, id, signal }: ReservePortsOptions): void {
  checkId(id);
  if (typeof bindAddress !== 'string' || isIP(bindAddress) === 0) {
    throw new TypeError(`bindAddress must be an IP address, not ${describe(bindAddress)}`);
  }
  for (const { host, guest } of ports) {
    checkPort('host port', host, 0);
    checkPort('guest port', guest, 1);
  }
  const hosts = ports.map(({ host }) => host).filter((host) => host !== 0);
  const twice = hosts.find((host, index) => hosts.indexOf(host) !== index);
  if (twice !== undefined) throw new RangeError(`host port ${String(twice)} must be forwarded once, not twice`);
  signal?.throwIfAborted();
}

function checkPort(name: string, port: unknown, least: number): void {
  if (Number.isSafeInteger(port) && Number(port) >= least && Number(port) <= 65_535) return;
  throw new RangeError(`${name} must be a whole number from ${String(least)} to 65535, not ${describe(port)}`);
}
