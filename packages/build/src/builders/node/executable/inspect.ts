import { createHash } from 'node:crypto';

import type { Binary } from './binary.ts';
import type { BlobLayout } from './blob.ts';

/** What reading a binary once has found. */
export interface BinaryScan {
  /** SHA-256, lower-case hex. */
  readonly checksum: string;
  readonly fuses: readonly number[];
  readonly reads: readonly string[];
}

/** What a Node binary says of itself. */
export interface BinaryFacts {
  /** Where the byte is that says whether there is a program in it. */
  readonly fuseAt: number;
  readonly layout: BlobLayout;
}

/** What Node looks for in itself; `0` after it becomes `1` where there is a program. */
const FUSE = Buffer.from('NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2:');

/** Every Node has a sentence for each field of the blob that it reads, for `NODE_DEBUG_NATIVE=sea`. */
const READS = Buffer.from('Read SEA ');

/** The fields that this package knows to write, or knows to be read only where a flag asks for them. */
const KNOWN: ReadonlySet<string> = new Set([
  'magic %x',
  'flags %x',
  'resource exec argv extension %u',
  'main code format %u',
  'code path %p, size=%zu',
  'resource %s %p, size=%zu',
  'resource code cache %p, size=%zu',
  'resource assets size %zu',
  'resource asset %s at %p, size=%zu',
  'resource exec args size %zu',
  'resource exec arg %s at %p, size=%zu',
]);

/** Longer than a fuse or a sentence. */
const OVERLAP_BYTES = 128;

/** Reads a binary once, for its digest and for what {@link factsOf} goes by. */
export async function scanBinary(binary: Binary): Promise<BinaryScan> {
  const hash = createHash('sha256');
  const fuses = new Set<number>();
  const reads = new Set<string>();
  let carry = Buffer.alloc(0);
  let position = 0;
  for await (const chunk of binary.chunks([{ start: 0, end: binary.size }])) {
    hash.update(chunk);
    const text = Buffer.concat([carry, chunk]);
    for (const at of places(text, FUSE)) fuses.add(position - carry.length + at + FUSE.length);
    for (const at of places(text, READS)) reads.add(sentenceAt(text, at + READS.length));
    position += chunk.length;
    carry = text.subarray(-OVERLAP_BYTES);
  }
  return { checksum: hash.digest('hex'), fuses: [...fuses], reads: [...reads].filter((read) => read !== '') };
}

/**
 * The fuse of a Node binary, and the layout of the blob that it reads. The layout has changed within major versions; what
 * the binary itself says is right for each of them.
 *
 * @throws `ERR_BUILD_RUNTIME_UNAVAILABLE` where it has no fuse, or reads a field that is not known.
 */
export async function factsOf(binary: Binary, { fuses, reads }: BinaryScan): Promise<BinaryFacts> {
  return { fuseAt: await fuseOf(binary, fuses), layout: layoutOf(binary, reads) };
}

function* places(text: Buffer, wanted: Buffer): Generator<number> {
  for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + 1)) yield at;
}

/** The rest of a sentence; `''` where it goes on behind the end, and is found again in the next piece. */
function sentenceAt(text: Buffer, start: number): string {
  const end = text.subarray(start, start + OVERLAP_BYTES).indexOf(0);
  return end === -1 ? '' : text.toString('latin1', start, start + end).trimEnd();
}

async function fuseOf(binary: Binary, [at, ...others]: readonly number[]): Promise<number> {
  if (at === undefined) throw binary.unfit('it is no Node that can hold one');
  if (others.length > 0) throw binary.unfit('it has more than one fuse');
  const [state] = await binary.read(at, at + 1);
  if (state !== '0'.charCodeAt(0)) throw binary.unfit('there is one in it already');
  return at;
}

function layoutOf(binary: Binary, reads: readonly string[]): BlobLayout {
  const unknown = reads.find((read) => !KNOWN.has(read));
  if (unknown !== undefined) throw binary.unfit(`it asks of it what is not known here (${unknown})`);
  if (!reads.includes('code path %p, size=%zu')) throw binary.unfit('its Node is too old');
  return {
    execArgvExtension: reads.includes('resource exec argv extension %u'),
    mainFormat: reads.includes('main code format %u'),
  };
}
