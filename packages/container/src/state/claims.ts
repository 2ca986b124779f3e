import { type CancelOptions, isCoreError, type Medium } from '@core/io';

import { ContainerError } from '../errors.ts';
import { matching, object } from './codec.ts';
import { locked, lockedIfRoom } from './locked.ts';
import { isOwnerAlive, type Owner, ownerCodec, thisOwner } from './owner.ts';
import type { Places } from './places.ts';
import type { Records } from './records.ts';
import { isMissing, isNoText, isTaken, unreadable, unwritable, writing } from './state-error.ts';
import { stands } from './stands.ts';

/** Who has a name. */
interface Claim {
  readonly id: string;
  /** The program that took it. */
  readonly owner: Owner;
}

const claimCodec = object<Claim>({
  id: ['id', matching('8 hex characters', /^[0-9a-f]{8}$/)],
  owner: ['owner', ownerCodec],
});

const OP = 'state.claimName';

/**
 * What machines are called: a file `names/<name>` for each name and for each id, so that no machine has the name or the
 * id of another one. It is made whole and only where none is, so that of any number of programs one gets it. A claim
 * lasts as long as the machine; without a machine, as long as the program that made it.
 */
export class Claims {
  readonly #medium: Medium;
  readonly #places: Places;
  readonly #records: Records;

  constructor(medium: Medium, places: Places, records: Records) {
    this.#medium = medium;
    this.#places = places;
    this.#records = records;
  }

  /**
   * Takes a name for a machine, and says whether that is new.
   *
   * @throws `ERR_CONTAINER_NAME_TAKEN`, `ERR_CONTAINER_STATE_UNWRITABLE`
   */
  async take(name: string, id: string, { signal }: CancelOptions = {}): Promise<boolean> {
    const path = this.#places.name(name);
    const content = `${JSON.stringify(claimCodec.encode({ id, owner: await thisOwner() }))}\n`;
    const attempt = { op: OP, what: `take the name "${name}" for the machine ${id}`, id, path };
    for (;;) {
      signal?.throwIfAborted();
      try {
        await this.#medium.write(path, content, { exclusive: true, mode: 0o600, signal });
        return true;
      } catch (error) {
        signal?.throwIfAborted();
        if (!isTaken(error)) throw unwritable(attempt, error);
      }
      const claim = await this.#read(name);
      if (claim?.id === id) return false;
      if (claim !== undefined && (await this.#isValid(name, claim))) throw taken(name, id, claim.id);
      await writing(attempt, () => this.#displace(name, signal), signal);
    }
  }

  /** The id of the machine that has a name, or is being made with it. */
  async holder(name: string): Promise<string | undefined> {
    const claim = await this.#read(name);
    return claim !== undefined && (await this.#isValid(name, claim)) ? claim.id : undefined;
  }

  /** Whether the program is gone that took this id to make a machine. */
  async isAbandoned(id: string): Promise<boolean> {
    const claim = await this.#read(id);
    return claim !== undefined && !(await isOwnerAlive(claim.owner));
  }

  /** Gives a name back, if this machine has it. */
  async release(name: string, id: string): Promise<void> {
    if ((await this.#read(name))?.id !== id) return;
    const path = this.#places.name(name);
    await lockedIfRoom(this.#medium, path, async () => {
      if ((await this.#read(name))?.id === id) await this.#medium.delete(path);
    });
  }

  /** Gives back all names of a machine. */
  async releaseAll(id: string): Promise<void> {
    for (const name of await this.#names()) await this.release(name, id);
  }

  /** Removes the claims of programs that are gone and of machines that are not there. */
  async sweep(signal?: AbortSignal): Promise<void> {
    for (const name of await this.#names()) {
      signal?.throwIfAborted();
      if ((await this.holder(name)) === undefined) await this.#displace(name, signal);
    }
  }

  async #names(): Promise<string[]> {
    try {
      const entries = await this.#medium.list(this.#places.names);
      return entries.filter(({ kind }) => kind === 'file').map(({ name }) => name);
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }

  /**
   * Under the lock it is looked again: another program may have it by now. Where no file is, one may come at any moment;
   * where one is that is of no account, it stays until it is taken away here.
   */
  async #displace(name: string, signal: AbortSignal | undefined): Promise<void> {
    const path = this.#places.name(name);
    const step = async (): Promise<void> => {
      if (!(await stands(this.#medium, path))) return;
      if ((await this.holder(name)) === undefined) await this.#medium.deleteAll(path);
    };
    await locked(this.#medium, path, step, { signal });
  }

  /** What nobody can read is nobody's claim. */
  async #read(name: string): Promise<Claim | undefined> {
    const path = this.#places.name(name);
    try {
      return claimCodec.decode(JSON.parse(await this.#medium.read(path)));
    } catch (error) {
      if (!isCoreError(error) || isMissing(error) || isNoText(error)) return undefined;
      throw unreadable({ op: OP, what: `see who has the name "${name}"`, path }, error);
    }
  }

  async #isValid(name: string, { id, owner }: Claim): Promise<boolean> {
    const record = await this.#records.look(id);
    // also a machine whose record cannot be understood keeps its names
    if (record instanceof ContainerError || record?.name === name) return true;
    return (record !== undefined && id === name) || isOwnerAlive(owner);
  }
}

function taken(name: string, id: string, holder: string): ContainerError {
  const message = `Cannot take the name "${name}" for the machine ${id}: the machine ${holder} has it`;
  const hint = `Use another name, or remove that machine: remove("${holder}").`;
  return new ContainerError(message, { code: 'ERR_CONTAINER_NAME_TAKEN', op: OP, id: holder, hint });
}
