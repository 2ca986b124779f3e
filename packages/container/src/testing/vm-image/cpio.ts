const NONE = Buffer.alloc(0);
const TYPE = { directory: 0o040000, file: 0o100000, link: 0o120000, device: 0o020000 } as const;

/** One name in an archive. */
interface Entry {
  readonly name: string;
  readonly mode: number;
  readonly data?: Buffer;
  readonly major?: number;
  readonly minor?: number;
}

/**
 * Writes the archive that Linux unpacks as its first root file system: "newc" of cpio, as
 * https://www.kernel.org/doc/html/latest/driver-api/early-userspace/buffer-format.html tells it. All belongs to root.
 */
export class CpioArchive {
  readonly #parts: Buffer[] = [];
  #size = 0;
  #inode = 1;

  directory(name: string, permissions = 0o755): this {
    return this.#add({ name, mode: TYPE.directory | permissions });
  }

  file(name: string, content: string | Buffer, permissions = 0o644): this {
    return this.#add({ name, mode: TYPE.file | permissions, data: Buffer.from(content) });
  }

  link(name: string, target: string): this {
    return this.#add({ name, mode: TYPE.link | 0o777, data: Buffer.from(target) });
  }

  /** A character device. */
  device(name: string, permissions: number, numbers: readonly [major: number, minor: number]): this {
    return this.#add({ name, mode: TYPE.device | permissions, major: numbers[0], minor: numbers[1] });
  }

  /** All of it, with its end. Nothing can be added after that. */
  end(): Buffer {
    this.#add({ name: 'TRAILER!!!', mode: 0 });
    this.#pad(512);
    return Buffer.concat(this.#parts);
  }

  #add({ name, mode, data = NONE, major = 0, minor = 0 }: Entry): this {
    const nameSize = Buffer.byteLength(name) + 1;
    const numbers = [this.#inode++, mode, 0, 0, 1, 0, data.length, 0, 0, major, minor, nameSize, 0];
    const fields = numbers.map((number) => number.toString(16).padStart(8, '0')).join('');
    this.#push(Buffer.from(`070701${fields}${name}\0`));
    this.#pad(4);
    this.#push(data);
    this.#pad(4);
    return this;
  }

  #push(bytes: Buffer): void {
    this.#parts.push(bytes);
    this.#size += bytes.length;
  }

  #pad(multiple: number): void {
    this.#push(Buffer.alloc((multiple - (this.#size % multiple)) % multiple));
  }
}
