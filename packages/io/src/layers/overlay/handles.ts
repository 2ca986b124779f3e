import type { DriverHandle, DriverStat } from '../../driver.ts';

/**
 * A handle on a file of the base that goes on with the top's copy once there is one: an addition to the file is seen by
 * who has it open, as everywhere.
 */
class RaisableHandle implements DriverHandle {
  readonly initialSize: number | undefined;
  readonly #opened: DriverHandle[];
  readonly #onClose: () => void;
  #current: DriverHandle;

  constructor(handle: DriverHandle, onClose: () => void) {
    this.initialSize = handle.initialSize;
    this.#opened = [handle];
    this.#current = handle;
    this.#onClose = onClose;
  }

  /** The one before stays open until the end: it may be read at this moment. */
  raise(copy: DriverHandle): void {
    this.#opened.push(copy);
    this.#current = copy;
  }

  async read(buffer: Uint8Array, offset: number, length: number, position: number): Promise<number> {
    return this.#current.read(buffer, offset, length, position);
  }

  async stat(): Promise<DriverStat> {
    return this.#current.stat();
  }

  async close(): Promise<void> {
    this.#onClose();
    for (const handle of this.#opened) await handle.close();
  }
}

/** The handles on files of the base, by path. */
export class Handles {
  readonly #byPath = new Map<string, Set<RaisableHandle>>();

  /** Watches over a handle on a file of the base. */
  keep(path: string, handle: DriverHandle): DriverHandle {
    const handles = this.#byPath.get(path) ?? new Set();
    this.#byPath.set(path, handles);
    const kept = new RaisableHandle(handle, () => {
      handles.delete(kept);
      if (handles.size === 0 && this.#byPath.get(path) === handles) this.#byPath.delete(path);
    });
    handles.add(kept);
    return kept;
  }

  /** The top has a copy now, which `open` opens. A path is raised once: from then on the base's file is not seen. */
  async raised(path: string, open: () => DriverHandle | Promise<DriverHandle>): Promise<void> {
    const handles = this.#byPath.get(path) ?? [];
    this.#byPath.delete(path);
    for (const handle of handles) handle.raise(await open());
  }

  /** The base is another one: what is open stays what it is. */
  forget(): void {
    this.#byPath.clear();
  }
}
