import { alignUp, type Binary, lengthOf, type Piece } from '../binary.ts';
import { type PeFile, readPe, type Section } from './pe-file.ts';
import { checksumOf } from './pe-checksum.ts';
import { encodeResources, readResources, type ResourceDirectory, withResource } from './resources.ts';

/** `RT_RCDATA`: bytes that mean something to the program alone. */
const RAW_DATA = 10;

const RESOURCE_NAME = 'NODE_SEA_BLOB';

/**
 * Puts a blob into a Windows executable as a resource. Resources grow where they are; what is loaded after them, which
 * nothing else refers to, moves. The signature is left out, since it would be that of another file. See
 * https://learn.microsoft.com/windows/win32/debug/pe-format
 */
export async function embedInPe(binary: Binary, blob: Uint8Array): Promise<AsyncIterable<Uint8Array>> {
  const pe = await readPe(binary);
  const { resources, moving, unsignedSize } = partsOf(binary, pe);
  const before = await binary.read(resources.offset, resources.offset + resources.fileSize);
  const tree = withResource(parse(binary, before, resources), { type: RAW_DATA, name: RESOURCE_NAME, data: blob });
  if (tree === undefined) throw binary.unfit('there is one in it already');
  const content = encodeResources(tree, resources.address);
  const filled = Buffer.alloc(alignUp(content.length, pe.fileAlignment) - content.length);
  const oldEnd = resources.offset + resources.fileSize;

  const moved = {
    file: content.length + filled.length - resources.fileSize,
    memory: alignUp(content.length, pe.sectionAlignment) - alignUp(resources.size, pe.sectionAlignment),
  };
  resources.resize(content.length, content.length + filled.length);
  for (const section of moving) section.move(moved.file, moved.memory);
  pe.grow(moved);
  pe.setDirectory('resources', { address: resources.address, size: content.length });
  pe.setDirectory('certificates', { address: 0, size: 0 });
  const pieces: Piece[] = [
    ...[pe.head, { start: pe.head.length, end: resources.offset }],
    ...[content, filled, { start: oldEnd, end: unsignedSize }],
  ];
  pe.setChecksum(await checksumOf(binary.chunks(pieces), lengthOf(pieces)));
  return binary.chunks(pieces);
}

interface PeParts {
  readonly resources: Section;
  /** Sections that are behind the resources, in the file and in memory. */
  readonly moving: readonly Section[];
  /** Of the file, without its signature. */
  readonly unsignedSize: number;
}

function partsOf(binary: Binary, pe: PeFile): PeParts {
  const resources = pe.sections.find(({ address }) => address === pe.directory('resources').address);
  if (resources === undefined) throw binary.unfit('its resources are not in a section of their own');
  const moving = pe.sections.filter(({ address }) => address > resources.address);
  const relocations = pe.directory('relocations').address;
  const isOrderly = moving.every(({ address, offset }) => address === relocations && offset > resources.offset);
  if (!isOrderly) throw binary.unfit('there is more than relocations behind its resources');
  const unsignedSize = Math.max(...pe.sections.map(({ offset, fileSize }) => offset + fileSize));
  const { address, size } = pe.directory('certificates'); // an address in the file, of all directories only this one
  const end = size === 0 ? unsignedSize : address + size;
  if ((size > 0 && address !== unsignedSize) || alignUp(end, 8) !== alignUp(binary.size, 8)) {
    throw binary.unfit('there is something unknown behind its sections');
  }
  return { resources, moving, unsignedSize };
}

function parse(binary: Binary, bytes: Buffer, { address }: Section): ResourceDirectory {
  try {
    return readResources(bytes, address);
  } catch (error) {
    if (error instanceof RangeError) throw binary.unfit(`its resources cannot be read: ${error.message}`);
    throw error;
  }
}
