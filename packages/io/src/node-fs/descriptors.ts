import { ErrnoSignal } from '../errno.ts';
import { called } from './errors.ts';
import { NodeFileHandle } from './file-handle.ts';
import { parseFlags, parseMode } from './flags.ts';
import { OpenFile } from './open-file.ts';
import { toPlace } from './place.ts';
import type { NodeFlags, NodeMode, NodePath } from './types.ts';
import type { Volume } from './volume.ts';

/** After those of standard input, output and error, which belong to the process. */
const FIRST = 3;

/** The open files by their numbers. */
export class Descriptors {
  readonly #volume: Volume;
  readonly #handles = new Map<number, NodeFileHandle>();

  constructor(volume: Volume) {
    this.#volume = volume;
  }

  async open(path: NodePath, flags: NodeFlags | null, mode: NodeMode | null): Promise<NodeFileHandle> {
    const how = parseFlags(flags, 'r');
    const bits = parseMode(mode);
    const place = toPlace(path);
    const file = await called({ syscall: 'open', path: place.given }, () =>
      OpenFile.open(this.#volume, place, how, bits),
    );
    const fd = this.#free();
    const handle = new NodeFileHandle(file, fd, () => this.#handles.delete(fd));
    this.#handles.set(fd, handle);
    return handle;
  }

  /** The file behind a number; refuses with `EBADF` where none is open. */
  async get(fd: number, syscall: string): Promise<NodeFileHandle> {
    return called({ syscall }, () => {
      const handle = this.#handles.get(fd);
      if (handle === undefined) throw ErrnoSignal.of('EBADF');
      return handle;
    });
  }

  /** The lowest number that is free, as POSIX has it. */
  #free(): number {
    let fd = FIRST;
    while (this.#handles.has(fd)) fd += 1;
    return fd;
  }
}
