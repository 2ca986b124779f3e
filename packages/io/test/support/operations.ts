import { buffer } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';

import type { Medium, ReadHandle } from '@core/io';
import fc from 'fast-check';

/** A medium under test, with what its operations leave behind. */
export interface World {
  readonly medium: Medium;
  /** How an absolute target of a link is spelled in this world, and back. */
  readonly absolute: (target: string) => string;
  readonly relative: (target: string) => string;
  readonly held: Map<number, ReadHandle>;
}

/** One step of a model test: a name for the message and what to do, which gives something to compare. */
export interface Operation {
  readonly title: string;
  readonly run: (world: World) => Promise<unknown>;
  /** How fast-check shows it. */
  readonly [fc.toStringMethod]: () => string;
}

const NAMES = ['a', 'b', 'c', 'd'];
const ODD_NAMES = [
  '..hidden',
  '...',
  ' ',
  '-rf',
  'ü',
  'u\u0308',
  '日本',
  '\u{1f600}',
  '\uffee',
  'a\\b',
  'a\nb',
  'CON',
  '~',
  '%2e',
  'n'.repeat(255),
];
const MODES = [0o700, 0o711, 0o750, 0o755, 0o770, 0o777];

const name = fc.oneof(
  { weight: 19, arbitrary: fc.constantFrom(...NAMES) },
  { weight: 1, arbitrary: fc.constantFrom(...ODD_NAMES) },
);
const plainPath = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));
const oddPath = fc
  .tuple(
    fc.constantFrom('', '/', './', '../', '../../', '//'),
    fc.array(fc.oneof(name, fc.constantFrom('.', '..', '')), { maxLength: 5 }),
    fc.constantFrom('', '/', '/.', '/..'),
  )
  .map(([head, names, tail]) => head + names.join('/') + tail);
const refusedPath = fc.constantFrom('a\0b', 'a/\ud800', `a/${'n'.repeat(256)}`, `${'€'.repeat(86)}/a`);
const path = fc.oneof(
  { weight: 20, arbitrary: plainPath },
  { weight: 3, arbitrary: oddPath },
  { weight: 1, arbitrary: refusedPath },
);
const target = fc.oneof(
  { weight: 4, arbitrary: plainPath },
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.constantFrom('.', '..', '../..', '../../..', './.', 'a/..'), plainPath)
      .map((names) => names.join('/')),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom('.', '..', './', '../', '../..', '../../..', 'a/', 'b/.', 'c/..', 'a//b', '..hidden'),
  },
  { weight: 3, arbitrary: plainPath.map((inside) => `/${inside}`) },
  { weight: 1, arbitrary: fc.constantFrom('/', '/a/', '//a', '/a/..', '/../a', '/a/../../b', 'n'.repeat(256), 'a\0b') },
);
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 12 }),
  fc.constantFrom(new Uint8Array(), Buffer.from('text'), Buffer.from('é€')),
);
const content = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 8 }), bytes);
const mode = fc.option(fc.constantFrom(...MODES), { nil: undefined });
const slot = fc.nat({ max: 2 });
const offset = fc.nat({ max: 14 });

type Run = Operation['run'];

/** An operation from arguments: its title says how it is called. */
function operation<A extends unknown[]>(
  method: string,
  arbitraries: { [K in keyof A]: fc.Arbitrary<A[K]> },
  run: (world: World, ...args: A) => Promise<unknown>,
): fc.Arbitrary<Operation> {
  return fc.tuple<A>(...arbitraries).map((args): Operation => ({
    title: `${method}(${args.map((arg) => fc.stringify(arg)).join(', ')})`,
    run: ((world) => run(world, ...args)) satisfies Run,
    [fc.toStringMethod]() {
      return this.title;
    },
  }));
}

const codePointsOf = (all: Uint8Array): string => Buffer.from(all).toString('latin1');

async function statOf(medium: Medium, at: string, follow: boolean): Promise<unknown> {
  const { name: last, path: place, kind, size, mode: bits } = await medium.stat(at, { follow });
  return { last, place, kind, bits, size: kind === 'file' ? size : undefined };
}

async function walkOf(medium: Medium, at: string, follow: boolean): Promise<unknown> {
  const found: unknown[] = [];
  for await (const entry of medium.walk(at, { follow, maxDepth: 6 })) {
    found.push(entry);
    if (found.length === 300) break; // links make small trees large
  }
  return found;
}

const looking = fc.oneof(
  operation('read', [path], ({ medium }, at) => medium.read(at)),
  operation('readBytes', [path], async ({ medium }, at) => codePointsOf(await medium.readBytes(at))),
  operation('exists', [path], ({ medium }, at) => medium.exists(at)),
  operation('isFile', [path], ({ medium }, at) => medium.isFile(at)),
  operation('isDir', [path], ({ medium }, at) => medium.isDir(at)),
  operation('stat', [path, fc.boolean()], ({ medium }, at, follow) => statOf(medium, at, follow)),
  operation('list', [path], ({ medium }, at) => medium.list(at)),
  operation('walk', [path, fc.boolean()], ({ medium }, at, follow) => walkOf(medium, at, follow)),
  operation('readLink', [path], async ({ medium, relative }, at) => relative(await medium.readLink(at))),
  operation('readStream', [path, offset, offset], async ({ medium }, at, start, length) =>
    codePointsOf(await buffer(medium.readStream(at, { start, end: start + length, highWaterMark: 3 }))),
  ),
);

const changing = fc.oneof(
  operation('write', [path, content, mode, fc.boolean()], ({ medium }, at, what, bits, exclusive) =>
    medium.write(at, what, { mode: bits, exclusive }),
  ),
  operation('write', [path, content], ({ medium }, at, what) => medium.write(at, what)),
  operation('append', [path, content], ({ medium }, at, what) => medium.append(at, what)),
  operation('ensureDir', [path], ({ medium }, at) => medium.ensureDir(at)),
  operation('delete', [path], ({ medium }, at) => medium.delete(at)),
  operation('deleteAll', [path], ({ medium }, at) => medium.deleteAll(at)),
  operation('rename', [path, path], ({ medium }, from, to) => medium.rename(from, to)),
  operation('rename', [plainPath, plainPath], ({ medium }, from, to) => medium.rename(from, to)),
  operation('symlink', [target, path], ({ medium, absolute }, says, at) => medium.symlink(absolute(says), at)),
  operation('symlink', [target, plainPath], ({ medium, absolute }, says, at) => medium.symlink(absolute(says), at)),
  operation('chmod', [path, fc.constantFrom(...MODES)], ({ medium }, at, bits) => medium.chmod(at, bits)),
  operation('utimes', [path, fc.nat({ max: 2_000_000_000 })], async ({ medium }, at, seconds) => {
    await medium.utimes(at, new Date(0), new Date(seconds * 1000));
    return (await medium.stat(at)).mtime;
  }),
);

const streaming = fc.oneof(
  operation(
    'writeStream',
    [path, fc.array(bytes, { maxLength: 3 }), mode, fc.boolean()],
    (world, at, chunks, bits, exclusive) => {
      const stream = world.medium.writeStream(at, { mode: bits, exclusive });
      for (const chunk of chunks) stream.write(chunk);
      stream.end();
      return finished(stream);
    },
  ),
  operation('writeStream+destroy', [path, bytes], async ({ medium }, at, chunk) => {
    const stream = medium.writeStream(at);
    stream.write(chunk);
    stream.destroy(new Error('left'));
    await finished(stream);
  }),
  operation('appendStream', [path, fc.array(bytes, { maxLength: 3 })], ({ medium }, at, chunks) => {
    const stream = medium.appendStream(at);
    for (const chunk of chunks) stream.write(chunk);
    stream.end();
    return finished(stream);
  }),
  operation('open', [path, slot], async ({ medium, held }, at, into) => {
    const handle = await medium.open(at);
    await held.get(into)?.close();
    held.set(into, handle);
  }),
  operation('handle.read', [slot, offset, offset], async ({ held }, from, position, length) => {
    const into = new Uint8Array(length);
    const read = await held.get(from)?.read(into, 0, length, position);
    return [read, codePointsOf(into), (await held.get(from)?.stat())?.size];
  }),
);

/** Any operation on a small space of names, in which most of them meet. */
export const anyOperation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 5, arbitrary: changing },
  { weight: 4, arbitrary: looking },
  { weight: 2, arbitrary: streaming },
);

/** What there is to begin with, so that operations meet something: each kind, links into, over and out of each other. */
export async function settle({ medium, absolute }: World): Promise<void> {
  await medium.ensureDir('a/b');
  await medium.write('a/a', 'text', { mode: 0o750 });
  await medium.write('b', Uint8Array.of(0xff, 0, 0x61));
  await medium.symlink('a', 'c');
  await medium.symlink('../b', 'a/c');
  await medium.symlink(absolute('/a/b'), 'd');
  await medium.symlink('d', 'a/d');
}

/** What an operation gives or how it is refused, without what may differ: sentences and causes. */
export async function outcomeOf(operation: Operation, world: World): Promise<unknown> {
  try {
    return { value: await operation.run(world) };
  } catch (error) {
    const { code, name } = error as { code?: string; name: string };
    return { refusal: code ?? name };
  }
}
