import { createHash } from 'node:crypto';

import { alignUp } from '../binary.ts';

/** Where a signature begins is a multiple of this. */
export const SIGNATURE_ALIGNMENT = 16;

const SUPER_BLOB = 0xfade0cc0;
const CODE_DIRECTORY = 0xfade0c02;
const SUPER_BLOB_BYTES = 20;
const CODE_DIRECTORY_BYTES = 88;

/** With the bounds of the code that is executed. */
const VERSION = 0x20400;
/** Ad hoc, and made by a linker: `codesign` may replace it without being forced. */
const FLAGS = 0x20002;
const SHA256 = 2;
const HASH_BYTES = 32;
const PAGE_BITS = 12;
const PAGE_BYTES = 1 << PAGE_BITS;
const MAIN_BINARY = 1n;

/** What is signed. */
export interface SignedCode {
  /** The identifier of the program. */
  readonly name: string;
  /** How many bytes are signed: all before the signature. */
  readonly codeEnd: number;
  /** How many bytes of the file, from its beginning, are the segment that is executed. */
  readonly textSize: number;
}

/** How many bytes the signature of so many bytes takes. */
export function signatureSize(codeEnd: number, name: string): number {
  const size = SUPER_BLOB_BYTES + hashesAt(name) + Math.ceil(codeEnd / PAGE_BYTES) * HASH_BYTES;
  return alignUp(size, SIGNATURE_ALIGNMENT);
}

function hashesAt(name: string): number {
  return CODE_DIRECTORY_BYTES + Buffer.byteLength(name) + 1;
}

/**
 * The bytes of an executable, and after them its ad-hoc signature, as linkers make it: one code directory with the digest
 * of every page, no certificate, no requirements. See `kern/cs_blobs.h` of
 * https://github.com/apple-oss-distributions/xnu
 */
export async function* signedChunks(chunks: AsyncIterable<Uint8Array>, code: SignedCode): AsyncGenerator<Uint8Array> {
  const digests: Buffer[] = [];
  let rest: Uint8Array = Buffer.alloc(0);
  for await (const chunk of chunks) {
    yield chunk;
    const bytes = Buffer.concat([rest, chunk]);
    const end = bytes.length - (bytes.length % PAGE_BYTES);
    for (let at = 0; at < end; at += PAGE_BYTES) digests.push(digestOf(bytes.subarray(at, at + PAGE_BYTES)));
    rest = bytes.subarray(end);
  }
  if (rest.length > 0) digests.push(digestOf(rest));
  yield encodeSignature(digests, code);
}

function digestOf(page: Uint8Array): Buffer {
  return createHash('sha256').update(page).digest();
}

function encodeSignature(digests: readonly Buffer[], { name, codeEnd, textSize }: SignedCode): Buffer {
  const bytes = Buffer.alloc(signatureSize(codeEnd, name));
  const hashes = hashesAt(name);
  const length = hashes + digests.length * HASH_BYTES;
  writeWords(bytes, [SUPER_BLOB, SUPER_BLOB_BYTES + length, 1, 0, SUPER_BLOB_BYTES]);
  const directory = bytes.subarray(SUPER_BLOB_BYTES);
  writeWords(directory, [
    ...[CODE_DIRECTORY, length, VERSION, FLAGS, hashes, CODE_DIRECTORY_BYTES],
    ...[0, digests.length, codeEnd],
  ]);
  directory.set([HASH_BYTES, SHA256, 0, PAGE_BITS], 36);
  directory.writeBigUInt64BE(BigInt(textSize), 72);
  directory.writeBigUInt64BE(MAIN_BINARY, 80);
  directory.write(name, CODE_DIRECTORY_BYTES);
  directory.set(Buffer.concat(digests), hashes);
  return bytes;
}

function writeWords(bytes: Buffer, words: readonly number[]): void {
  words.forEach((word, index) => bytes.writeUInt32BE(word, index * 4));
}
