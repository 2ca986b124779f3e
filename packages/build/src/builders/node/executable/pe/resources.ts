import { alignUp } from '../binary.ts';

/** A number, or a text of UTF-16. */
type ResourceName = number | string;

/** Bytes, and in which code page they are. */
interface Resource {
  readonly data: Uint8Array;
  readonly codePage: number;
}

/** One level of resources: by type, by name, by language. */
export interface ResourceDirectory {
  /** The 16 bytes of its header; the counts in it mean nothing. */
  readonly head: Buffer;
  readonly entries: ReadonlyMap<ResourceName, Resource | ResourceDirectory>;
}

const HEAD_BYTES = 16;
const ENTRY_BYTES = 8;
const LEAF_BYTES = 16;
/** In an entry: its name is a text, its content a directory. */
const MARK = 0x80000000;
const LEVELS = 3;

/** @throws RangeError where something is outside of the section, or deeper than resources are. */
export function readResources(section: Buffer, address: number, at = 0, level = 1): ResourceDirectory {
  if (level > LEVELS) throw new RangeError(`There are more than ${String(LEVELS)} levels`);
  const head = section.subarray(at, at + HEAD_BYTES);
  const count = head.readUInt16LE(12) + head.readUInt16LE(14);
  const entries = new Map<ResourceName, Resource | ResourceDirectory>();
  for (let index = 0; index < count; index += 1) {
    const entry = at + HEAD_BYTES + index * ENTRY_BYTES;
    const [name, content] = [section.readUInt32LE(entry), section.readUInt32LE(entry + 4)];
    const isDirectory = content >= MARK;
    entries.set(
      name >= MARK ? textAt(section, name - MARK) : name,
      isDirectory ? readResources(section, address, content - MARK, level + 1) : leafAt(section, address, content),
    );
  }
  return { head, entries };
}

function textAt(section: Buffer, at: number): string {
  const start = at + 2;
  return section.toString('utf16le', start, start + section.readUInt16LE(at) * 2);
}

function leafAt(section: Buffer, address: number, at: number): Resource {
  const start = section.readUInt32LE(at) - address;
  const size = section.readUInt32LE(at + 4);
  if (start < 0 || start + size > section.length) throw new RangeError('The data of one is outside of them');
  return { data: section.subarray(start, start + size), codePage: section.readUInt32LE(at + 8) };
}

/** A resource that is new. */
export interface NewResource {
  readonly type: number;
  readonly name: string;
  readonly data: Uint8Array;
}

/** The same resources and one more, for every language; `undefined` where it is there already. */
export function withResource(
  root: ResourceDirectory,
  { type, name, data }: NewResource,
): ResourceDirectory | undefined {
  const ofType = root.entries.get(type) ?? emptyDirectory();
  if (!('entries' in ofType) || ofType.entries.has(name)) return undefined;
  const ofName = { ...emptyDirectory(), entries: new Map([[0, { data, codePage: 0 }]]) };
  const grown = { ...ofType, entries: new Map([...ofType.entries, [name, ofName]]) };
  return { ...root, entries: new Map([...root.entries, [type, grown]]) };
}

function emptyDirectory(): ResourceDirectory {
  return { head: Buffer.alloc(HEAD_BYTES), entries: new Map() };
}

/** The section of these resources: directories level by level, then the places of the data, names, and the data. */
export function encodeResources(root: ResourceDirectory, address: number): Buffer {
  const directories = breadthFirst(root);
  const places = layOut(directories);
  const section = Buffer.alloc(places.end);
  for (const directory of directories) writeDirectory(section, directory, places);
  for (const [leaf, at] of places.leaves) {
    const data = places.data.get(leaf) ?? 0;
    section.writeUInt32LE(address + data, at);
    section.writeUInt32LE(leaf.data.length, at + 4);
    section.writeUInt32LE(leaf.codePage, at + 8);
    section.set(leaf.data, data);
  }
  for (const [text, at] of places.names) {
    section.writeUInt16LE(text.length, at);
    section.write(text, at + 2, 'utf16le');
  }
  return section;
}

/** Texts come first, by their code units, then numbers: Windows searches them by halves. */
function sorted({ entries }: ResourceDirectory): (readonly [ResourceName, Resource | ResourceDirectory])[] {
  const rank = (name: ResourceName): number => (typeof name === 'string' ? 0 : 1);
  return [...entries].sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

function breadthFirst(root: ResourceDirectory): ResourceDirectory[] {
  const found = [root];
  for (const directory of found) {
    for (const [, content] of sorted(directory)) if ('entries' in content) found.push(content);
  }
  return found;
}

/** Where everything is in the section. */
interface Places {
  readonly directories: ReadonlyMap<ResourceDirectory, number>;
  readonly leaves: ReadonlyMap<Resource, number>;
  readonly names: ReadonlyMap<string, number>;
  readonly data: ReadonlyMap<Resource, number>;
  readonly end: number;
}

function layOut(all: readonly ResourceDirectory[]): Places {
  let end = 0;
  const take = (bytes: number, unit: number): number => {
    const at = alignUp(end, unit);
    end = at + bytes;
    return at;
  };
  const entries = all.flatMap((directory) => sorted(directory));
  const resources = entries.flatMap(([, content]) => ('entries' in content ? [] : [content]));
  const texts = new Set(entries.flatMap(([name]) => (typeof name === 'string' ? [name] : [])));
  const directories = new Map(
    all.map((directory) => [directory, take(HEAD_BYTES + directory.entries.size * ENTRY_BYTES, 4)]),
  );
  const leaves = new Map(resources.map((leaf) => [leaf, take(LEAF_BYTES, 4)]));
  const names = new Map([...texts].map((text) => [text, take(2 + text.length * 2, 2)]));
  const data = new Map(resources.map((leaf) => [leaf, take(leaf.data.length, 8)]));
  return { directories, leaves, names, data, end };
}

function writeDirectory(section: Buffer, directory: ResourceDirectory, places: Places): void {
  let at = places.directories.get(directory) ?? 0;
  const entries = sorted(directory);
  const texts = entries.filter(([name]) => typeof name === 'string').length;
  directory.head.copy(section, at);
  section.writeUInt16LE(texts, at + 12);
  section.writeUInt16LE(entries.length - texts, at + 14);
  at += HEAD_BYTES;
  for (const [name, content] of entries) {
    const title = typeof name === 'string' ? MARK + (places.names.get(name) ?? 0) : name;
    const place = 'entries' in content ? MARK + (places.directories.get(content) ?? 0) : places.leaves.get(content);
    section.writeUInt32LE(title, at);
    section.writeUInt32LE(place ?? 0, at + 4);
    at += ENTRY_BYTES;
  }
}
