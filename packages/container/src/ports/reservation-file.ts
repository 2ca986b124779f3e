import { randomUUID } from 'node:crypto';

import { type CancelOptions, isCoreError, type Medium } from '@core/io';
import { isProcessRunning } from '@core/process/daemon';

import type { Container } from '../container.ts';
import { ContainerError } from '../errors.ts';
import { flag, matching, object, text } from '../state/codec.ts';
import { locked, lockedIfRoom } from '../state/locked.ts';
import { isOwnerAlive, type Owner, ownerCodec, thisOwner } from '../state/owner.ts';
import type { Places } from '../state/places.ts';
import type { Records } from '../state/records.ts';
import { isMissing, isNoText, isTaken, unreadable, unwritable, writing } from '../state/state-error.ts';
import { stands } from '../state/stands.ts';

/** Who has a port. */
interface Reservation {
  /** The machine. */
  readonly id: string;
  /** The program that took it for the machine. */
  readonly owner: Owner;
  /** The machine runs with it: from then on the port is the machine's, not the program's. */
  readonly handedOver: boolean;
  /** Of this one among all that the machine ever had. */
  readonly token: string;
}

const codec = object<Reservation>({
  id: ['id', matching('8 hex characters', /^[0-9a-f]{8}$/)],
  owner: ['owner', ownerCodec],
  handedOver: ['handed_over', flag],
  token: ['token', text],
});

const OP = 'container.reservePorts';

/** The file `ports/<port>`, which is made whole and only where none is: so one machine of all programs has a port. */
export class ReservationFile {
  readonly port: number;
  readonly #token = randomUUID();
  readonly #path: string;
  readonly #medium: Medium;
  readonly #records: Records;

  constructor(port: number, medium: Medium, places: Places, records: Records) {
    this.port = port;
    this.#path = places.port(port);
    this.#medium = medium;
    this.#records = records;
  }

  /** Takes the port for a machine, or says which other machine has it. */
  async take(id: string, { signal }: CancelOptions = {}): Promise<string | undefined> {
    const attempt = { op: OP, what: `reserve port ${String(this.port)}`, id, path: this.#path };
    for (;;) {
      signal?.throwIfAborted();
      try {
        const content = encoded({ id, owner: await thisOwner(), handedOver: false, token: this.#token });
        await this.#medium.write(this.#path, content, { exclusive: true, signal });
        return undefined;
      } catch (error) {
        signal?.throwIfAborted();
        if (!isTaken(error)) throw unwritable(attempt, error);
      }
      const holder = await this.#holder();
      if (holder !== undefined && holder !== id) return holder;
      await writing(attempt, () => this.#displace(id, signal), signal);
    }
  }

  /** The port is the machine's from now on, as long as its record says that it runs and its process does. */
  async handOver(id: string): Promise<void> {
    const content = encoded({ id, owner: await thisOwner(), handedOver: true, token: this.#token });
    const attempt = { op: OP, what: `hand over port ${String(this.port)}`, id, path: this.#path };
    await writing(attempt, () => this.#medium.write(this.#path, content));
  }

  /** Gives the port back, if it is still this reservation by which the machine has it. */
  async release(id: string): Promise<void> {
    const attempt = { op: OP, what: `give back port ${String(this.port)}`, id, path: this.#path };
    await writing(attempt, async () => {
      if ((await this.#read())?.token !== this.#token) return;
      await lockedIfRoom(this.#medium, this.#path, async () => {
        if ((await this.#read())?.token === this.#token) await this.#medium.deleteAll(this.#path);
      });
    });
  }

  /** Removes the file where nobody has the port any more. */
  async sweep(signal?: AbortSignal): Promise<void> {
    if ((await this.#holder()) === undefined) await this.#displace(undefined, signal);
  }

  /**
   * Under the lock it is looked again: another program may have it by now. Where no file is, one may come at any moment;
   * where one is that is of no account, it stays until it is taken away here.
   */
  async #displace(id: string | undefined, signal: AbortSignal | undefined): Promise<void> {
    const step = async (): Promise<void> => {
      if (!(await stands(this.#medium, this.#path))) return;
      const holder = await this.#holder();
      if (holder === undefined || holder === id) await this.#medium.deleteAll(this.#path);
    };
    await locked(this.#medium, this.#path, step, { signal });
  }

  /** The machine that has the port, if it still does. */
  async #holder(): Promise<string | undefined> {
    const reservation = await this.#read();
    if (reservation === undefined) return undefined;
    const { id, owner, handedOver } = reservation;
    const isTheirs = !handedOver && (await isOwnerAlive(owner));
    // the program may have been killed before it could hand over
    return isTheirs || (await this.#runs(id, owner)) ? id : undefined;
  }

  async #runs(id: string, owner: Owner): Promise<boolean> {
    const machine = await this.#records.look(id);
    // one whose record cannot be understood may run
    if (machine instanceof ContainerError) return isOwnerAlive(owner);
    return machine !== undefined && isMachineAlive(machine);
  }

  /** What nobody can read is nobody's. */
  async #read(): Promise<Reservation | undefined> {
    try {
      return codec.decode(JSON.parse(await this.#medium.read(this.#path)));
    } catch (error) {
      if (!isCoreError(error) || isMissing(error) || isNoText(error)) return undefined;
      throw unreadable({ op: OP, what: `see who has port ${String(this.port)}`, path: this.#path }, error);
    }
  }
}

function encoded(reservation: Reservation): string {
  return `${JSON.stringify(codec.encode(reservation))}\n`;
}

/** Whether the process of a machine runs: that one, not another one with its number. */
async function isMachineAlive({ status, pid, identity, startedAt }: Container): Promise<boolean> {
  if (status !== 'running' || pid === 0) return false;
  return isProcessRunning({ writtenAtMs: startedAt.getTime(), ...identity, pid });
}
