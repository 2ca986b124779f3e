import { createHash } from 'node:crypto';

import { crc32 } from '../crc32.ts';
import { Crc64 } from '../crc64.ts';
import { CHECK } from './xz-format.ts';

/** What is computed of the content of a block, to be held against what the block ends in. */
interface XzCheck {
  update(bytes: Uint8Array): unknown;
  /** As the file has it. */
  digest(): Buffer;
}

interface CheckKind {
  readonly bytes: number;
  start(): XzCheck;
}

/** The checks that anybody uses, by their numbers. */
export const CHECKS: ReadonlyMap<number, CheckKind> = new Map([
  [CHECK.none, { bytes: 0, start: (): XzCheck => ({ update: () => undefined, digest: () => Buffer.alloc(0) }) }],
  [CHECK.crc32, { bytes: 4, start: (): XzCheck => new Crc32() }],
  [CHECK.crc64, { bytes: 8, start: (): XzCheck => new Crc64() }],
  [CHECK.sha256, { bytes: 32, start: (): XzCheck => createHash('sha256') }],
]);

class Crc32 implements XzCheck {
  #crc = 0;

  update(bytes: Uint8Array): void {
    this.#crc = crc32(bytes, this.#crc);
  }

  digest(): Buffer {
    const digest = Buffer.alloc(4);
    digest.writeUInt32LE(this.#crc);
    return digest;
  }
}
