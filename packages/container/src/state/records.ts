import { type CancelOptions, isCoreError, type Medium } from '@core/io';

import type { Container } from '../container.ts';
import { ContainerError } from '../errors.ts';
import { decodeContainer, encodeContainer, isId, NewerVersion } from './container-codec.ts';
import { Misfit } from './codec.ts';
import { locked } from './locked.ts';
import type { Places } from './places.ts';
import { isMissing, isNoText, unreadable, writing } from './state-error.ts';

const ASIDE = 'vm.json.corrupt-';

/** How a record is read. */
export interface ReadRecordOptions extends CancelOptions {
  /** The caller has the lock of the machine. */
  readonly isLocked?: boolean | undefined;
}

/** The records of the machines: `vms/<id>/vm.json`, each replaced as a whole. */
export class Records {
  readonly #medium: Medium;
  readonly #places: Places;

  constructor(medium: Medium, places: Places) {
    this.#medium = medium;
    this.#places = places;
  }

  /** The ids of all directories, also of those that have no record. */
  async ids(signal?: AbortSignal): Promise<string[]> {
    const { vms: path } = this.#places;
    const attempt = { op: 'state.list', what: 'list the machines', path };
    try {
      const entries = await this.#medium.list(path, { signal });
      return entries.filter(({ kind, name }) => kind === 'dir' && isId(name)).map(({ name }) => name);
    } catch (error) {
      signal?.throwIfAborted();
      if (isMissing(error)) return [];
      throw unreadable(attempt, error);
    }
  }

  /**
   * The record of a machine; `undefined` where it has none. One that cannot be understood is kept aside.
   *
   * @throws `ERR_CONTAINER_STATE_CORRUPT`, also where it was kept aside before; `ERR_CONTAINER_STATE_UNREADABLE`.
   */
  async read(id: string, { isLocked = false, signal }: ReadRecordOptions = {}): Promise<Container | undefined> {
    let found = await this.look(id, signal);
    if (found instanceof ContainerError) {
      const fault = found;
      found = isLocked ? await this.keepAside(id, fault) : await this.#lookAgain(id, fault);
    }
    if (found instanceof ContainerError) throw found;
    return found;
  }

  /** As {@link read}, with the fault as a result, and without doing anything about it. */
  async look(id: string, signal?: AbortSignal): Promise<Container | ContainerError | undefined> {
    const path = this.#places.record(id);
    try {
      const container = decodeContainer(await this.#medium.read(path, { signal }));
      if (container.id !== id) throw new Misfit(`"${id}", as its directory is called, not "${container.id}"`, ['id']);
      return container;
    } catch (error) {
      signal?.throwIfAborted();
      if (isMissing(error)) return this.#lookAside(id);
      if (!isCoreError(error) || isNoText(error)) return corrupt(id, path, error);
      throw unreadable({ op: 'state.get', what: `read the record of the machine ${id}`, id, path }, error);
    }
  }

  /** Gives a record that cannot be understood a dated name. The caller has the lock of the machine. */
  async keepAside(id: string, fault: ContainerError): Promise<ContainerError> {
    if (!this.#isInPlace(id, fault)) return fault;
    const aside = `${this.#places.machine(id)}/${ASIDE}${new Date().toISOString().replaceAll(':', '-')}`;
    try {
      await this.#medium.rename(this.#places.record(id), aside);
    } catch {
      return fault; // it stays where it is, on a medium that cannot be written
    }
    return corrupt(id, aside, fault.cause);
  }

  /** Replaces the record: the old one or the new one is there at every moment, and the new one when it resolves. */
  async write(container: Container, op: string, signal?: AbortSignal): Promise<void> {
    const { id } = container;
    const path = this.#places.record(id);
    const content = encodeContainer(container);
    const attempt = { op, what: `keep the record of the machine ${id}`, id, path };
    const durable = this.#medium.capabilities.durable;
    await writing(attempt, () => this.#medium.write(path, content, { durable, mode: 0o600, signal }), signal);
  }

  /** Another program may have written a good one meanwhile. */
  async #lookAgain(id: string, fault: ContainerError): Promise<Container | ContainerError | undefined> {
    if (!this.#isInPlace(id, fault)) return fault;
    try {
      return await locked(this.#medium, this.#places.machine(id), async () => {
        const now = await this.look(id);
        return now instanceof ContainerError ? this.keepAside(id, now) : now;
      });
    } catch (error) {
      if (isCoreError(error)) return fault; // whoever may only read is told the same
      throw error;
    }
  }

  /** Whether it is to be kept aside: what a newer program wrote stays where that one looks for it. */
  #isInPlace(id: string, { path, cause }: ContainerError): boolean {
    return path === this.#places.record(id) && !(cause instanceof NewerVersion);
  }

  async #lookAside(id: string): Promise<ContainerError | undefined> {
    const dir = this.#places.machine(id);
    try {
      const entries = await this.#medium.list(dir);
      const path = entries.filter(({ name }) => name.startsWith(ASIDE)).at(-1)?.path;
      return path === undefined ? undefined : corrupt(id, path, new Error('it was kept aside before'));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw unreadable({ op: 'state.get', what: `look for the record of the machine ${id}`, id, path: dir }, error);
    }
  }
}

function corrupt(id: string, path: string, cause: unknown): ContainerError {
  const why = cause instanceof SyntaxError ? 'it is no JSON' : (cause as Error).message;
  const hint =
    cause instanceof NewerVersion
      ? 'A newer version of the program wrote it: use that one.'
      : `Look into the file, then put() the machine anew, or remove("${id}").`;
  const message = `Cannot understand the record of the machine ${id} in ${JSON.stringify(path)}: ${why}`;
  return new ContainerError(message, {
    ...{ code: 'ERR_CONTAINER_STATE_CORRUPT', op: 'state.get', id, path, hint, cause },
  });
}
