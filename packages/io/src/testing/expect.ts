import { AssertionError } from 'node:assert';
import type { Readable, Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { inspect } from 'node:util';

import { isCoreError } from '../errors.ts';
import type { DirEntry, Medium } from '../medium.ts';

/** Fails unless the two are the same value, or plain data that reads the same; prototypes do not matter. */
export function same(actual: unknown, expected: unknown, what = 'the result'): void {
  if (Object.is(actual, expected)) return;
  if (isData(actual) && isData(expected) && JSON.stringify(actual) === JSON.stringify(expected)) return;
  fail(`${what} must be ${show(expected)}, not ${show(actual)}`, actual, expected);
}

/** Fails unless the bytes are the same. */
export function sameBytes(actual: Uint8Array, expected: Uint8Array, what = 'the content'): void {
  if (Buffer.compare(actual, expected) === 0) return;
  const at = expected.findIndex((byte, i) => byte !== actual[i]);
  const where = `${String(actual.length)} bytes that differ from byte ${String(at < 0 ? expected.length : at)}`;
  fail(`${what} must be the expected ${String(expected.length)} bytes, not ${where}`, actual, expected);
}

/** Fails unless the work is refused with a `CoreError` of (one of) the code(s); gives the error. */
export async function refuses(code: string | readonly string[], work: Promise<unknown>): Promise<Error> {
  const error = await outcome(work, String(code));
  if (!isCoreError(error))
    fail(`the refusal must be a CoreError with ${String(code)}, not ${show(error)}`, error, code);
  if (![code].flat().includes(error.code)) {
    fail(`the refusal must have the code ${String(code)}, not ${error.code} (${error.message})`, error.code, code);
  }
  return error;
}

/** Fails unless the work rejects with exactly this reason. */
export async function rejectsWith(reason: unknown, work: Promise<unknown>): Promise<void> {
  const error = await outcome(work, show(reason));
  if (error !== reason) fail(`it must reject with the reason itself, not with ${show(error)}`, error, reason);
}

/** Fails unless the call throws, or rejects with, a `TypeError` or `RangeError`. */
export async function misuse(name: 'RangeError' | 'TypeError', call: () => unknown): Promise<void> {
  const error = await outcome(
    (async () => {
      await call();
    })(),
    `a ${name}`,
  );
  // by name: another realm's TypeError is not an instance of this one's
  const actual = typeof error === 'object' && error !== null && 'name' in error ? error.name : show(error);
  if (actual !== name) fail(`it must be a ${name}, not ${show(error)}`, actual, name);
}

async function outcome(work: Promise<unknown>, wanted: string): Promise<unknown> {
  let result: unknown;
  try {
    result = await work;
  } catch (error) {
    return error;
  }
  return fail(`it must reject with ${wanted}, but it succeeded`, result, wanted);
}

/** The sorted paths of everything on the medium: shows what was left behind, too. */
export async function tree(medium: Medium, path = ''): Promise<string[]> {
  const paths: string[] = [];
  for (const entry of await medium.list(path)) {
    paths.push(entry.path);
    if (entry.kind === 'dir') paths.push(...(await tree(medium, entry.path)));
  }
  return paths;
}

/** The entries of an iterable as their paths. */
export async function paths(entries: AsyncIterable<DirEntry>): Promise<string[]> {
  const found: string[] = [];
  for await (const { path } of entries) found.push(path);
  return found;
}

/** Everything that a stream gives. */
export async function collect(stream: Readable): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

/** Writes the chunks, ends the stream and waits until all is done. */
export async function finish(stream: Writable, ...chunks: (string | Uint8Array)[]): Promise<void> {
  const done = finished(stream);
  for (const chunk of chunks) stream.write(chunk);
  stream.end();
  await done;
}

/** Writes one chunk and waits until the stream wants more; a refusal comes as a rejection, too. */
export async function put(stream: Writable, chunk: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    stream.once('error', reject);
    stream.write(chunk, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

/** Destroys a stream and waits until it has let go of everything. */
export async function destroy(stream: Readable | Writable): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    stream.once('error', reject).once('close', resolve);
    stream.destroy();
  });
}

function isData(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !(value instanceof Uint8Array);
}

function show(value: unknown): string {
  const text = inspect(value, { depth: 3, breakLength: Infinity });
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}

export function fail(message: string, actual: unknown, expected: unknown): never {
  throw new AssertionError({ message, actual, expected, operator: 'conformance', stackStartFn: fail });
}
