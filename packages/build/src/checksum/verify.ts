import { type CancelOptions, isCoreError, type Medium } from '@core/io';

import { cleanName, nameProblem } from '../archive/entry-name.ts';
import { MANIFEST_FILE } from '../manifest.ts';
import { folderOf, nameOf, pathBelow } from '../paths.ts';
import { sideBySide } from '../side-by-side.ts';
import { type ChecksumLine, parseChecksumLine } from './checksum-line.ts';
import { digestFile, type DigestOptions, sharedBy } from './digest.ts';
import { LANES } from './read-buffers.ts';

/** A line of a checksum file that says nothing. */
export interface MalformedLine {
  /** Counted from 1. */
  readonly line: number;
  readonly text: string;
}

/** What a checksum file says of the files beside it. All names are in the order of the file. */
export interface ChecksumReport {
  /** Whether every line is understood and every file is what it says; files that no line names do not matter. */
  readonly ok: boolean;
  readonly matched: readonly string[];
  readonly differing: readonly string[];
  readonly missing: readonly string[];
  readonly malformed: readonly MalformedLine[];
  /** Files in the same folder that no line names, as far as they count: see {@link VerifyOptions}. By name. */
  readonly extra: readonly string[];
}

/** How a checksum file is verified. */
export interface VerifyOptions extends CancelOptions {
  /**
   * Whether a file beside the checksum file that no line names counts as extra. Never asked for the checksum file, nor
   * for signatures (`.asc`, `.sig`, `.minisig`) of it and of what it names. By default all count but `manifest.json`,
   * which names the checksum file, not the other way round.
   */
  readonly countsAsExtra?: ((name: string) => boolean) | undefined;
}

/**
 * Holds the files of a folder against a checksum file in it, as `sha256sum -c` does. A file that is different, missing
 * or unreadable as a file is a result, not an error. Empty lines and lines that begin with `#` say nothing.
 *
 * @throws `ENOENT` where the checksum file itself is missing.
 *
 * @example
 * ```ts
 * import { verifyChecksumFile, writeChecksumFile } from '@core/build';
 * import { MemoryMedium } from '@core/io';
 *
 * const medium = new MemoryMedium({ 'a.zip': 'one', 'b.zip': 'two' });
 * const artifacts = ['a.zip', 'b.zip'].map((path) => ({ path, os: 'linux', arch: 'amd64' }));
 * await writeChecksumFile(medium, artifacts, 'CHECKSUMS.txt');
 * await medium.write('b.zip', 'changed');
 * await medium.write('left-over.zip', 'of another release');
 * const report = await verifyChecksumFile(medium, 'CHECKSUMS.txt');
 * assert.deepEqual(report.matched, ['a.zip']);
 * assert.deepEqual(report.differing, ['b.zip']);
 * assert.deepEqual(report.extra, ['left-over.zip']);
 * assert.equal(report.ok, false);
 * ```
 */
export async function verifyChecksumFile(
  medium: Medium,
  path: string,
  { signal, countsAsExtra = isNoManifest }: VerifyOptions = {},
): Promise<ChecksumReport> {
  const { lines, malformed } = parse(await medium.read(path, { signal }));
  const folder = folderOf(path);
  const shared = { signal, ...sharedBy(lines.length) };
  const { results, failure } = await sideBySide(lines, LANES, async ({ name, checksum }) => ({
    name,
    state: await stateOf(medium, pathBelow(folder, name), { ...shared, checksum }),
  }));
  if (failure !== undefined) throw failure.error;
  const named = (wanted: State): string[] =>
    results.filter((result) => result?.state === wanted).map((result) => result?.name ?? '');
  const matched = named('matched');
  return {
    ok: malformed.length === 0 && matched.length === lines.length,
    matched,
    differing: named('differing'),
    missing: named('missing'),
    malformed,
    extra: (await unnamedFiles(medium, path, { signal, named: lines.map(({ name }) => name) })).filter(countsAsExtra),
  };
}

function isNoManifest(name: string): boolean {
  return name !== MANIFEST_FILE;
}

type State = 'differing' | 'matched' | 'missing';

interface Parsed {
  readonly lines: readonly ChecksumLine[];
  readonly malformed: readonly MalformedLine[];
}

/** A second line of one name is malformed: it would be open which of them counts. */
function parse(content: string): Parsed {
  const lines = new Map<string, ChecksumLine>();
  const malformed: MalformedLine[] = [];
  for (const [index, raw] of content.split('\n').entries()) {
    const text = raw.replace(/\r$/, '');
    if (text === '' || text.startsWith('#')) continue;
    const line = parseChecksumLine(text);
    if (line === undefined || lines.has(line.name) || !isBelow(line.name)) malformed.push({ line: index + 1, text });
    else lines.set(line.name, line);
  }
  return { lines: [...lines.values()], malformed };
}

/** Whether a name stays in the folder: a list of strangers must not choose what is read elsewhere. */
function isBelow(name: string): boolean {
  const code = nameProblem(name)?.code;
  return (
    code !== 'ERR_BUILD_ARCHIVE_PATH_ABSOLUTE' && code !== 'ERR_BUILD_ARCHIVE_PATH_ESCAPES' && !name.includes('\0')
  );
}

async function stateOf(
  medium: Medium,
  path: string,
  { checksum, ...options }: DigestOptions & { readonly checksum: string },
): Promise<State> {
  try {
    const { kind } = await medium.stat(path, options);
    if (kind !== 'file') return 'differing';
    return (await digestFile(medium, path, options)).checksum === checksum ? 'matched' : 'differing';
  } catch (error) {
    if (isCoreError(error) && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return 'missing';
    throw error;
  }
}

const SIGNATURE = /\.(?:asc|sig|minisig)$/;

/** The files of the folder that are neither named, nor the checksum file itself, nor a signature of any of these. */
async function unnamedFiles(
  medium: Medium,
  path: string,
  { signal, named }: CancelOptions & { readonly named: readonly string[] },
): Promise<string[]> {
  const known = new Set([...named.map(cleanName), nameOf(path)]);
  const entries = await medium.list(folderOf(path), { signal });
  return entries
    .filter(({ name, kind }) => kind !== 'dir' && !known.has(name) && !known.has(name.replace(SIGNATURE, '')))
    .map(({ name }) => name);
}
