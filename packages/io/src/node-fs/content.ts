import { invalidType, invalidValue } from './errors.ts';
import type { NodeContent } from './types.ts';

/** The bytes of what is to be written; lone surrogates become U+FFFD, as Node has it. */
export function toBytes(data: unknown, encoding: unknown): Buffer {
  if (typeof data === 'string') return Buffer.from(data, checkedEncoding(encoding) ?? 'utf8');
  if (ArrayBuffer.isView(data)) return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  throw invalidType('data', 'of type string or an instance of Buffer, TypedArray, or DataView', data);
}

/** The same of what comes bit by bit, too. */
export async function collectBytes(data: NodeContent, encoding: unknown): Promise<Buffer> {
  if (!isIterable(data)) return toBytes(data, encoding);
  const chunks: Buffer[] = [];
  for await (const chunk of data) chunks.push(toBytes(chunk, encoding));
  return Buffer.concat(chunks);
}

function isIterable(data: unknown): data is AsyncIterable<unknown> | Iterable<unknown> {
  if (typeof data !== 'object' || data === null || ArrayBuffer.isView(data)) return false;
  return Symbol.asyncIterator in data || Symbol.iterator in data;
}

/** Bytes as the caller wants them: text where an encoding is asked for, else a Buffer. */
export function fromBytes(bytes: Uint8Array, encoding: unknown): Buffer | string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const known = checkedEncoding(encoding);
  return known === undefined ? buffer : buffer.toString(known);
}

/** A name or a path as the caller wants it: text, unless `buffer` is asked for. */
export function fromText(text: string, encoding: unknown): Buffer | string {
  if (encoding === 'buffer') return Buffer.from(text);
  const known = checkedEncoding(encoding);
  return known === undefined || known === 'utf8' ? text : Buffer.from(text).toString(known);
}

/** `undefined` for none and for `buffer`. */
export function checkedEncoding(encoding: unknown): BufferEncoding | undefined {
  if (encoding === undefined || encoding === null || encoding === 'buffer') return undefined;
  if (typeof encoding === 'string' && Buffer.isEncoding(encoding)) return encoding;
  throw invalidValue('encoding', 'is invalid encoding', encoding);
}

/** Options that may also be just an encoding, or nothing; all of them may be left out. */
export function withEncoding<T extends object>(options: T | string | null | undefined): T {
  return (typeof options === 'string' ? { encoding: options } : (options ?? {})) as T;
}
