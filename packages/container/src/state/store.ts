import type { Medium } from '@core/io';

import type { Container } from '../container.ts';
import { ContainerError } from '../errors.ts';
import { Claims } from './claims.ts';
import { NewerVersion } from './container-codec.ts';
import { locked, lockedIfRoom } from './locked.ts';
import type { Places } from './places.ts';
import { Records } from './records.ts';
import { type Attempt, writing } from './state-error.ts';

/** On whose behalf something is written. */
export interface WriteContext {
  readonly op: string;
  readonly signal?: AbortSignal | undefined;
}

/** What is known of one machine: its record, why that cannot be understood, or nothing. */
export type Found = Container | ContainerError | undefined;

/** Records and names together, so that neither is left without the other. */
export class Store {
  readonly records: Records;
  readonly claims: Claims;
  readonly #medium: Medium;
  readonly #places: Places;

  constructor(medium: Medium, places: Places) {
    this.#medium = medium;
    this.#places = places;
    this.records = new Records(medium, places);
    this.claims = new Claims(medium, places, this.records);
  }

  /** What one machine cannot tell is no reason to be silent about the others. */
  async find(id: string, signal?: AbortSignal): Promise<Found> {
    try {
      return await this.records.read(id, { signal });
    } catch (error) {
      if (error instanceof ContainerError) return error;
      throw error;
    }
  }

  /** Those whose ids begin like this. */
  async startingWith(start: string, signal?: AbortSignal): Promise<(Container | ContainerError)[]> {
    const found: (Container | ContainerError)[] = [];
    for (const id of await this.records.ids(signal)) {
      const machine = id.startsWith(start) ? await this.find(id, signal) : undefined;
      if (machine !== undefined) found.push(machine);
    }
    return found;
  }

  /** All that can be told of, the oldest first. */
  async list(onProblem: (problem: ContainerError) => void, signal?: AbortSignal): Promise<Container[]> {
    const containers: Container[] = [];
    for (const found of await this.startingWith('', signal)) {
      if (found instanceof ContainerError) onProblem(found);
      else containers.push(found);
    }
    return containers.sort((a, b) => a.startedAt.getTime() - b.startedAt.getTime() || (a.id < b.id ? -1 : 1));
  }

  /** The changes of one machine, one after the other. */
  async inTurn<T>(id: string, { op, signal }: WriteContext, step: () => Promise<T>): Promise<T> {
    const work = async (): Promise<T> => {
      await this.#medium.ensureDir(this.#places.vms, { signal });
      return locked(this.#medium, this.#places.machine(id), step, { signal });
    };
    return writing(this.#attempt(op, `change the machine ${id}`, id), work, signal);
  }

  /** Writes a record in the place of another one, and takes its names. The caller has the lock of the machine. */
  async write(next: Container, current: Container | undefined, { op, signal }: WriteContext): Promise<void> {
    const { id, name } = next;
    const wanted = current === undefined ? [id, name] : [name];
    const taken: string[] = [];
    try {
      for (const each of wanted) if (await this.claims.take(each, id, { signal })) taken.push(each);
      await this.records.write(next, op, signal);
    } catch (error) {
      for (const each of taken) await this.claims.release(each, id);
      throw error;
    }
    const former = current?.name ?? name;
    if (former !== name && former !== id) await this.claims.release(former, id);
  }

  /** Puts a machine in any case. */
  async put(container: Container, context: WriteContext): Promise<void> {
    await this.inTurn(container.id, context, async () => {
      await this.write(container, await this.#replaceable(container.id), context);
    });
  }

  /** Puts a machine if it is not there, under its id where another one has its name; says whether it did. */
  async add(container: Container, signal?: AbortSignal): Promise<boolean> {
    const { id } = container;
    const holder = await this.claims.holder(container.name);
    const name = holder === undefined || holder === id ? container.name : id;
    const context = { op: 'state.importState', signal };
    return this.inTurn(id, context, async () => {
      if ((await this.records.look(id, signal)) !== undefined) return false;
      await this.write({ ...container, name }, undefined, context);
      return true;
    });
  }

  /** Removes a machine, the record first, then its names; says whether it was there. What `check` throws keeps it. */
  async remove(id: string, check?: (current: Container) => void): Promise<boolean> {
    return writing(this.#attempt('state.remove', `remove the machine ${id}`, id), async () => {
      let found: Found;
      const isThere = async (): Promise<boolean> => {
        found = await this.records.look(id);
        if (found !== undefined && !(found instanceof ContainerError)) check?.(found);
        return found !== undefined;
      };
      if (!(await this.#erase(id, isThere))) return false;
      await this.#releaseNames(id, found);
      return true;
    });
  }

  /** Removes all that there is of a machine without a record. */
  async abandon(id: string): Promise<void> {
    await writing(this.#attempt('state.abandon', `give up the machine ${id}`, id), async () => {
      const isEmpty = async (): Promise<boolean> => (await this.records.look(id)) === undefined;
      if (await this.#erase(id, isEmpty)) await this.claims.releaseAll(id);
    });
  }

  /** Removes the directories of machines that nobody makes any more, and then the names without a machine. */
  async sweep(signal?: AbortSignal): Promise<void> {
    for (const id of await this.records.ids(signal)) {
      const isLitter = async (): Promise<boolean> =>
        (await this.records.look(id)) === undefined && (await this.claims.isAbandoned(id));
      if (await isLitter()) await this.#erase(id, isLitter);
    }
    await this.claims.sweep(signal);
  }

  /** The record that a new one takes the place of; one that cannot be understood is kept aside. */
  async #replaceable(id: string): Promise<Container | undefined> {
    const found = await this.records.look(id);
    if (!(found instanceof ContainerError)) return found;
    if (found.cause instanceof NewerVersion) throw found;
    await this.records.keepAside(id, found);
    return undefined;
  }

  /** Removes the directory if it is so under the lock of the machine. */
  async #erase(id: string, isSo: () => Promise<boolean>): Promise<boolean> {
    const path = this.#places.machine(id);
    return lockedIfRoom(this.#medium, path, async () => {
      if (!(await isSo())) return false;
      await this.#medium.deleteAll(this.#places.record(id));
      await this.#medium.deleteAll(path);
      return true;
    });
  }

  async #releaseNames(id: string, found: Found): Promise<void> {
    if (found === undefined || found instanceof ContainerError) return this.claims.releaseAll(id);
    await this.claims.release(found.name, id);
    await this.claims.release(id, id);
  }

  #attempt(op: string, what: string, id: string): Attempt {
    return { op, what, id, path: this.#places.machine(id) };
  }
}
