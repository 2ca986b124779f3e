import { randomBytes } from 'node:crypto';

import type { CancelOptions, Medium } from '@core/io';

import type { Container } from '../container.ts';
import { ContainerError } from '../errors.ts';
import { sweepPorts } from '../ports/sweep-ports.ts';
import { checkId, checkName, encodeContainer, isId, isName, type StateSnapshot } from './container-codec.ts';
import { describe } from './describe.ts';
import { readOldForm } from './old-form.ts';
import { prepareLayout } from './old-layout.ts';
import { Places } from './places.ts';
import { SnapshotFile } from './snapshot.ts';
import { ambiguous, type Attempt, notFound, unreadable, unwritable, writing } from './state-error.ts';
import { Store } from './store.ts';
import { type StateChange, watchRecords } from './watch.ts';

/** Where a {@link State} is kept. */
export interface StateOptions extends CancelOptions {
  /** Of this machine's disk (`localMedium()`, `DiskMedium`) where machines are to run. */
  readonly medium: Medium;
  /** A directory of the medium; it is made where it is missing. */
  readonly stateDir: string;
  /**
   * Is told of what does not keep a call from its work: a machine whose record cannot be understood, a snapshot that
   * cannot be written, an entry of an old file that says too little.
   */
  readonly onProblem?: ((problem: ContainerError) => void) | undefined;
}

/** How a machine is removed from a {@link State}. */
export interface RemoveRecordOptions {
  /** Is given the machine as it is at that moment, when nobody else changes it; what it throws keeps the machine. */
  readonly check?: ((current: Container) => void) | undefined;
}

/**
 * What is known of the machines: one directory for each, `vms/<id>` with its record `vm.json`, and their names in
 * `names/`.
 *
 * Any number of programs may use one directory at once. A record is replaced as a whole and has reached the disk when
 * the call resolves; two changes of one machine come one after the other, those of different machines do not wait for
 * each other. `containers.json` shows the machines to dashboards and scripts; it is rewritten after each change and
 * never read as the truth. A record that cannot be understood is kept aside under a dated name, and does not concern the
 * other machines.
 *
 * Everything that writes throws `ERR_CONTAINER_STATE_UNWRITABLE` where the medium refuses, with nothing lost; everything
 * that reads throws `ERR_CONTAINER_STATE_UNREADABLE`.
 *
 * @example
 * ```ts
 * import { MemoryMedium } from '@core/io';
 * import { State } from '@core/container';
 *
 * const medium = new MemoryMedium();
 * await using state = await State.open({ medium, stateDir: 'state' });
 * const id = await state.newId();
 * await state.put({
 *   ...{ id, name: 'web', image: '/images/web.iso', format: 'iso', status: 'running', pid: 42 },
 *   ...{ uuid: '6f6e0a1c-5d4b-4d6c-9d3e-0f2a1b3c4d5e', startedAt: new Date(), ports: { 8080: 80 } },
 *   ...{ bindAddress: '127.0.0.1', memoryMb: 512, cpus: 1, sshPort: 20022, user: 'root', volumes: [], disks: [] },
 *   ...{ hypervisor: 'qemu', arch: 'x86_64', accelerator: 'tcg' },
 *   ...{ writeImage: false, autoRemove: false, suspended: false },
 * });
 *
 * await state.update(id, (machine) => ({ ...machine, status: 'stopped', pid: 0 }));
 * assert.equal((await state.find('web')).status, 'stopped');
 * const { containers } = JSON.parse(await medium.read('state/containers.json'));
 * assert.equal(containers[id].status, 'stopped');
 *
 * await state.remove(id);
 * await assert.rejects(state.get(id), { code: 'ERR_CONTAINER_NOT_FOUND' });
 * ```
 */
export class State implements AsyncDisposable {
  readonly #medium: Medium;
  readonly #places: Places;
  readonly #store: Store;
  readonly #snapshot: SnapshotFile;
  readonly #onProblem: (problem: ContainerError) => void;
  readonly #closing = new AbortController();

  private constructor({ medium, stateDir, onProblem }: StateOptions) {
    this.#medium = medium;
    this.#places = new Places(stateDir);
    this.#store = new Store(medium, this.#places);
    this.#snapshot = new SnapshotFile(medium, this.#places.snapshot, () => this.#store.list(() => undefined));
    this.#onProblem = onProblem ?? (() => undefined);
  }

  /**
   * Opens the state of a directory. A `containers.json` of the older layout, without directories of machines, is
   * imported the first time, and a copy of it is kept. A directory that can only be read is fine, until something is
   * written.
   */
  static async open(options: StateOptions): Promise<State> {
    checkOptions(options);
    const { signal } = options;
    signal?.throwIfAborted();
    const state = new State(options);
    await state.#prepare(signal);
    return state;
  }

  /** Where the files of a machine are, on the medium. */
  machineDir(id: string): string {
    checkId(id);
    return this.#places.machine(id);
  }

  /**
   * A new id. It belongs to this program as long as that runs, until it is put with a machine or given back with
   * {@link abandon}.
   */
  async newId({ signal }: CancelOptions = {}): Promise<string> {
    const { claims } = this.#store;
    for (;;) {
      const id = randomBytes(4).toString('hex');
      if ((await claims.holder(id)) !== undefined || !(await claims.take(id, id, { signal }))) continue;
      if (!(await this.#medium.exists(this.#places.machine(id), { signal }))) return id;
      await claims.release(id, id);
    }
  }

  /**
   * Takes a name for a machine that is there, or is being made. Does nothing where the machine has it.
   *
   * @throws `ERR_CONTAINER_NAME_TAKEN` where another machine has it, also as its id.
   */
  async claimName(name: string, id: string, { signal }: CancelOptions = {}): Promise<void> {
    checkName(name);
    checkId(id);
    await this.#store.claims.take(name, id, { signal });
  }

  /** Gives back id, names and directory of a machine that was not put in the end; one that was is left alone. */
  async abandon(id: string): Promise<void> {
    checkId(id);
    await this.#store.abandon(id);
  }

  /**
   * Writes the record of a machine, in the place of the one that it has, and takes its id and name.
   *
   * @throws `ERR_CONTAINER_NAME_TAKEN`; `TypeError` for what is no container.
   */
  async put(container: Container, { signal }: CancelOptions = {}): Promise<void> {
    encodeContainer(container);
    await this.#store.put(container, { op: 'state.put', signal });
    await this.#refresh();
  }

  /**
   * Changes a machine, and returns what it is now. Of any number of changes at once, also by other programs, each is
   * given what the one before it made; as long as it takes, the others wait. Where it returns the same object, nothing is
   * written.
   *
   * @throws `ERR_CONTAINER_NOT_FOUND`, `ERR_CONTAINER_STATE_CORRUPT`, `ERR_CONTAINER_NAME_TAKEN`; what `change` throws,
   *   with nothing written.
   */
  async update(
    id: string,
    change: (current: Container) => Container | Promise<Container>,
    { signal }: CancelOptions = {},
  ): Promise<Container> {
    const context = { op: 'state.update', signal };
    if (typeof change !== 'function') throw new TypeError(`change must be a function, not ${describe(change)}`);
    checkText(id);
    if (!isId(id)) throw notFound(id, context.op);
    const { current, next } = await this.#store.inTurn(id, context, async () => {
      const current = await this.#store.records.read(id, { isLocked: true, signal });
      if (current === undefined) throw notFound(id, context.op);
      const next = await change(current);
      if (next !== current) await this.#store.write(checked(next, id), current, context);
      return { current, next };
    });
    if (next !== current) await this.#refresh();
    return next;
  }

  /**
   * The machine of this id.
   *
   * @throws `ERR_CONTAINER_NOT_FOUND`; `ERR_CONTAINER_STATE_CORRUPT` with the `path` where its record is kept.
   */
  async get(id: string, { signal }: CancelOptions = {}): Promise<Container> {
    checkText(id);
    const container = isId(id) ? await this.#store.records.read(id, { signal }) : undefined;
    if (container === undefined) throw notFound(id, 'state.get');
    return container;
  }

  /**
   * The machine of this id, this name or, where it is the only one, this beginning of an id.
   *
   * @throws `ERR_CONTAINER_NOT_FOUND`, `ERR_CONTAINER_AMBIGUOUS`, `ERR_CONTAINER_STATE_CORRUPT`
   */
  async find(idOrPrefixOrName: string, { signal }: CancelOptions = {}): Promise<Container> {
    const wanted = idOrPrefixOrName;
    checkText(wanted);
    if (!isName(wanted)) throw notFound(wanted, 'state.find');
    const id = await this.#store.claims.holder(wanted);
    const named = id === undefined ? undefined : await this.#store.records.read(id, { signal });
    if (named !== undefined) return named;
    const [only, ...others] = await this.#store.startingWith(wanted, signal);
    if (only === undefined) throw notFound(wanted, 'state.find');
    if (others.length > 0) throw ambiguous(wanted, [only, ...others]);
    if (only instanceof ContainerError) throw only;
    return only;
  }

  /** All machines, the oldest first. Those whose records cannot be understood are told to `onProblem`. */
  async list({ signal }: CancelOptions = {}): Promise<Container[]> {
    return this.#store.list(this.#onProblem, signal);
  }

  /**
   * Removes a machine with its directory and its names; also one whose record cannot be understood, and also where the
   * disk is full.
   *
   * @throws `ERR_CONTAINER_NOT_FOUND`; what `check` throws, with the machine as it was.
   */
  async remove(id: string, { check }: RemoveRecordOptions = {}): Promise<void> {
    checkText(id);
    if (!isId(id) || !(await this.#store.remove(id, check))) throw notFound(id, 'state.remove');
    await this.#refresh();
  }

  /**
   * What happens to the machines from the first `next()` on, whoever does it. What happens to one machine before it is
   * read is told in sum. Ends with the state, and when the loop is left.
   */
  watch({ signal }: CancelOptions = {}): AsyncIterable<StateChange> {
    return watchRecords({
      ...{ medium: this.#medium, dir: this.#places.vms, closed: this.#closing.signal, signal },
      read: (id) => this.#store.find(id),
      onProblem: this.#onProblem,
    });
  }

  /** Brings `containers.json` up to date, and returns what it says. */
  async exportState(): Promise<StateSnapshot> {
    return writing(this.#snapshotAttempt(), () => this.#snapshot.refresh());
  }

  /**
   * Puts the machines of a `containers.json` that are not there yet, and returns them. It may be of today's form or of
   * an older one: an object by id, or a list. What it does not say is filled in; an entry that says too little is told
   * to `onProblem`.
   *
   * @param source Its text, or what that text says; that of `containers.json` unless it is given.
   * @throws `ERR_CONTAINER_STATE_CORRUPT` where it is nothing of the kind.
   */
  async importState(source?: unknown, { signal }: CancelOptions = {}): Promise<Container[]> {
    const path = this.#places.snapshot;
    const given = source ?? (await this.#read(path, signal));
    const imported: Container[] = [];
    for (const container of readOldForm(given, path, this.#onProblem)) {
      if (await this.#store.add(container, signal)) imported.push(await this.get(container.id, { signal }));
    }
    await this.#refresh();
    return imported;
  }

  /**
   * Removes what programs left that ended in the middle: directories without a record, names without a machine, ports of
   * machines that do not run.
   */
  async sweep({ signal }: CancelOptions = {}): Promise<void> {
    const attempt = { op: 'state.sweep', what: 'clean the state', path: this.#places.root };
    const sweep = async (): Promise<void> => {
      await this.#store.sweep(signal);
      await sweepPorts(this.#medium, { places: this.#places, records: this.#store.records }, signal);
    };
    await writing(attempt, sweep, signal);
  }

  /** Ends what watches, and waits for the snapshot that is being written. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#snapshot.settled();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** A directory that cannot be prepared may still be read. */
  async #prepare(signal: AbortSignal | undefined): Promise<void> {
    const { root: path } = this.#places;
    try {
      const add = (container: Container): Promise<boolean> => this.#store.add(container, signal);
      await prepareLayout({ medium: this.#medium, places: this.#places, add, onProblem: this.#onProblem, signal });
    } catch (error) {
      signal?.throwIfAborted();
      this.#tell({ op: 'state.open', what: `prepare the directory ${JSON.stringify(path)}`, path }, error);
      return;
    }
    await this.#refresh();
  }

  /** A change that was made stays made, whatever becomes of its picture. */
  async #refresh(): Promise<void> {
    try {
      await this.#snapshot.refresh();
    } catch (error) {
      this.#tell(this.#snapshotAttempt(), error);
    }
  }

  #tell(attempt: Attempt, error: unknown): void {
    const problem = unwritable(attempt, error);
    if (!(problem instanceof ContainerError)) throw problem;
    this.#onProblem(problem);
  }

  async #read(path: string, signal: AbortSignal | undefined): Promise<string> {
    try {
      return await this.#medium.read(path, { signal });
    } catch (error) {
      signal?.throwIfAborted();
      throw unreadable({ op: 'state.importState', what: 'import machines', path }, error);
    }
  }

  #snapshotAttempt(): Attempt {
    const { snapshot: path } = this.#places;
    return { op: 'state.exportState', what: 'write the snapshot of the machines', path };
  }
}

function checked(next: Container, id: string): Container {
  encodeContainer(next);
  if (next.id === id) return next;
  throw new TypeError(`change must leave the machine ${id} its id, not give it ${describe(next.id)}`);
}

function checkText(id: unknown): asserts id is string {
  if (typeof id === 'string') return;
  throw new TypeError(`id must be the id or name of a machine, not ${describe(id)}`);
}

function checkOptions(options: StateOptions): void {
  const { medium, stateDir, onProblem } = options as { readonly [K in keyof StateOptions]: unknown };
  if (typeof medium !== 'object' || medium === null || !('capabilities' in medium)) {
    throw new TypeError(`medium must be a Medium, not ${describe(medium)}`);
  }
  if (typeof stateDir !== 'string') throw new TypeError(`stateDir must be a path, not ${describe(stateDir)}`);
  if (onProblem === undefined || typeof onProblem === 'function') return;
  throw new TypeError(`onProblem must be a function, not ${describe(onProblem)}`);
}
