import { createHash } from 'node:crypto';

import { crc32 } from '../../archive/crc32.ts';
import { EXECUTABLE_MODE, FILE_MODE } from '../../archive/reproducible.ts';
import { BuildError } from '../../errors.ts';
import type { PackedFile } from '../kit/packed-tree.ts';

/** What decides the bytes of a PHAR beside its files. */
export interface PharOptions {
  /** PHP code that is run; it ends with `__HALT_COMPILER();`. */
  readonly stub: string;
  /** Seconds since the epoch: the time of every file. */
  readonly mtime: number;
}

/** 1.1.1, in nibbles: every PHP from 5.3 on reads it. */
const API_VERSION = Buffer.from([0x11, 0x10]);

/** There is a signature at the end. */
const SIGNED = 0x0001_0000;

const SHA256 = 3;
const MAGIC = Buffer.from('GBMB');

/** PHP refuses a longer list of files. */
const MOST_MANIFEST_BYTES = 100 * 2 ** 20;

const MOST_FILE_BYTES = 2 ** 32 - 1;

/** PHP finds no file whose name has one of these. */
const UNREACHABLE = /[\u0001-\u0019*?\\]/;

/** Whether PHP can open a file of this name in a PHAR. */
export function isReachable(name: string): boolean {
  return !UNREACHABLE.test(name);
}

/**
 * The bytes of a PHAR (https://www.php.net/manual/en/phar.fileformat.php) of these files, in this order. Nothing is
 * compressed: PHP would need zlib to run it. Each file is read twice, since its digest comes first.
 *
 * PHP's own writer gives every file the time at which it is written, so that no two of its archives are the same.
 */
export async function* phar(files: readonly PackedFile[], { stub, mtime }: PharOptions): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  const signed = (bytes: Uint8Array): Uint8Array => {
    hash.update(bytes);
    return bytes;
  };
  yield signed(Buffer.from(`${stub.trimEnd()} ?>\r\n`));
  yield signed(await manifestOf(files, mtime));
  for (const file of files) for await (const bytes of file.content()) yield signed(bytes);
  yield Buffer.concat([hash.digest(), word(SHA256), MAGIC]);
}

async function manifestOf(files: readonly PackedFile[], mtime: number): Promise<Buffer> {
  const entries: Buffer[] = [];
  for (const file of files) {
    if (file.size > MOST_FILE_BYTES) throw tooLarge(`${JSON.stringify(file.name)} is larger than 4 GiB`);
    const name = Buffer.from(file.name);
    const mode = file.executable ? EXECUTABLE_MODE : FILE_MODE;
    const packed = [file.size, mtime, file.size, await digestOf(file), mode, 0];
    entries.push(word(name.length), name, ...packed.map(word));
  }
  const manifest = Buffer.concat([word(files.length), API_VERSION, word(SIGNED), word(0), word(0), ...entries]);
  if (manifest.length > MOST_MANIFEST_BYTES) throw tooLarge('the names of its files alone are more than 100 MiB');
  return Buffer.concat([word(manifest.length), manifest]);
}

async function digestOf(file: PackedFile): Promise<number> {
  let crc = 0;
  for await (const bytes of file.content()) crc = crc32(bytes, crc);
  return crc;
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function tooLarge(why: string): BuildError {
  return new BuildError(`Cannot write a PHAR: ${why}`, {
    code: 'ERR_BUILD_FORMAT_UNSUPPORTED',
    op: 'build.php',
    hint: 'Leave files out with archive.exclude in composer.json, or leave bin out: the project is then packed as a tar.',
  });
}
