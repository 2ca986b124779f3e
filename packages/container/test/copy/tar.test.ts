import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';

import { afterEach, describe, expect, it } from '@jest/globals';
import { needs } from '@core/tooling/needs';
import fc from 'fast-check';

import type { TarEntry } from '../../src/copy/tar-entry.ts';
import { readTar } from '../../src/copy/tar-reader.ts';
import { writeTar } from '../../src/copy/tar-writer.ts';

type Plain = Omit<TarEntry, 'content' | 'size'> & { readonly bytes: Uint8Array };

const dirs: string[] = [];
afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});

function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'tar-'));
  dirs.push(dir);
  return dir;
}

function entriesOf(plain: readonly Plain[]): AsyncIterable<TarEntry> {
  const entries = plain.map(({ bytes, ...entry }) => ({ ...entry, size: bytes.length, content: pieces(bytes, 700) }));
  return Readable.from(entries) as AsyncIterable<TarEntry>;
}

function pieces(bytes: Uint8Array, size: number): AsyncIterable<Uint8Array> {
  const count = Math.ceil(bytes.length / size);
  return Readable.from(Array.from({ length: count }, (_, at) => bytes.subarray(at * size, (at + 1) * size)));
}

async function pack(plain: readonly Plain[]): Promise<Buffer> {
  const packed: Uint8Array[] = [];
  for await (const piece of writeTar(entriesOf(plain))) packed.push(piece);
  return Buffer.concat(packed);
}

async function unpack(packed: Uint8Array, pieceSize = 1000): Promise<Plain[]> {
  const plain: Plain[] = [];
  for await (const { content, size, ...entry } of readTar(pieces(packed, pieceSize))) {
    const bytes: Uint8Array[] = [];
    for await (const piece of content) bytes.push(piece);
    expect(Buffer.concat(bytes).length).toBe(size);
    plain.push({ ...entry, bytes: new Uint8Array(Buffer.concat(bytes)) });
  }
  return plain;
}

function file(name: string, text = '', mode = 0o644): Plain {
  return { name, kind: 'file', mode, target: '', bytes: new Uint8Array(Buffer.from(text)) };
}

const LONG = `${'langer Name '.repeat(12)}ü`;

describe('Good', () => {
  it('readTar: reads what writeTar writes, whatever the names, sizes and pieces', async () => {
    const part = fc
      .string({ minLength: 1, maxLength: 80, unit: 'grapheme' })
      .filter((text) => !/[/\0]|^\.{1,2}$/.test(text));
    const name = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
    const mode = fc.integer({ min: 0, max: 0o7777 });
    const nothing = fc.constant(new Uint8Array());
    const entry: fc.Arbitrary<Plain> = fc.oneof(
      fc.record({
        name,
        mode,
        kind: fc.constant('file' as const),
        target: fc.constant(''),
        bytes: fc.uint8Array({ maxLength: 2000 }),
      }),
      fc.record({ name, mode, kind: fc.constant('dir' as const), target: fc.constant(''), bytes: nothing }),
      fc.record({ name, mode, kind: fc.constant('symlink' as const), target: name, bytes: nothing }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(entry, { maxLength: 6 }),
        fc.integer({ min: 1, max: 1500 }),
        async (plain, pieceSize) => {
          expect(await unpack(await pack(plain), pieceSize)).toEqual(
            plain.map((each) => ({ ...each, bytes: new Uint8Array(each.bytes) })),
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  needs('tar')('writeTar: writes what tar reads', async () => {
    const dir = tempDir();
    const plain: Plain[] = [
      { name: 'bin', kind: 'dir', mode: 0o750, target: '', bytes: new Uint8Array() },
      file('bin/tool', '#!/bin/sh\n', 0o755),
      file(LONG, 'long'),
      { name: 'link', kind: 'symlink', mode: 0o777, target: `bin/${LONG}`, bytes: new Uint8Array() },
    ];
    const { status, stderr } = spawnSync('tar', ['-xf', '-', '-C', dir], { input: await pack(plain) });
    expect([status, stderr.toString()]).toEqual([0, '']);
    expect(statSync(join(dir, 'bin/tool')).mode & 0o777).toBe(0o755);
    expect(readFileSync(join(dir, LONG), 'utf8')).toBe('long');
    expect(readlinkSync(join(dir, 'link'))).toBe(`bin/${LONG}`);
  });

  for (const format of ['gnu', 'posix', 'ustar']) {
    needs('tar')(`readTar: reads what tar writes in the form ${format}`, async () => {
      const dir = tempDir();
      mkdirSync(join(dir, 'a'.repeat(60), 'b'.repeat(60)), { recursive: true });
      const deep = `${'a'.repeat(60)}/${'b'.repeat(60)}/c`;
      writeFileSync(join(dir, deep), 'deep');
      symlinkSync('somewhere', join(dir, 'link'));
      const { stdout } = spawnSync('tar', [`--format=${format}`, '-cf', '-', '-C', dir, '.'], { encoding: 'buffer' });
      const found = new Map((await unpack(stdout)).map((entry) => [entry.name, entry]));
      expect(Buffer.from(found.get(deep)?.bytes ?? []).toString()).toBe('deep');
      expect(found.get('link')).toMatchObject({ kind: 'symlink', target: 'somewhere' });
      expect([...found.keys()].toSorted()).toEqual([
        'a'.repeat(60),
        `${'a'.repeat(60)}/${'b'.repeat(60)}`,
        deep,
        'link',
      ]);
    });
  }

  it('readTar: skips a content that nobody reads', async () => {
    const names: string[] = [];
    for await (const { name } of readTar(pieces(await pack([file('a', 'x'.repeat(5000)), file('b')]), 512)))
      names.push(name);
    expect(names).toEqual(['a', 'b']);
  });

  it('readTar: reads the source to its end, behind the end of the archive', async () => {
    const packed = await pack([file('a')]);
    let isAtEnd = false;
    async function* padded(): AsyncGenerator<Uint8Array, undefined> {
      yield packed;
      yield* pieces(Buffer.alloc(10_240), 512);
      isAtEnd = true;
      return undefined;
    }
    expect(await Readable.from(readTar(padded())).toArray()).toHaveLength(1);
    expect(isAtEnd).toBe(true);
  });
});

describe('Bad', () => {
  it('readTar: fails where the source does so at its end', async () => {
    const packed = await pack([file('a')]);
    async function* failing(): AsyncGenerator<Uint8Array, undefined> {
      yield packed;
      await Promise.reject(new Error('not all could be read'));
      return undefined;
    }
    const names: string[] = [];
    const reading = async (): Promise<void> => {
      for await (const { name } of readTar(failing())) names.push(name);
    };
    await expect(reading()).rejects.toThrow('not all could be read');
    expect(names).toEqual(['a']);
  });

  it('writeTar: refuses a content of another size than was told', async () => {
    for (const size of [3, 5]) {
      const content = pieces(Buffer.from('four'), 10);
      const entries = Readable.from([{ name: 'a', kind: 'file', mode: 0o644, target: '', size, content }]);
      const packed = Readable.from(writeTar(entries as AsyncIterable<TarEntry>)).toArray();
      await expect(packed).rejects.toThrow('"a" was changed while it was read');
    }
  });

  it('readTar: refuses a name that leads out of the directory', async () => {
    await expect(unpack(await pack([file('a/../../etc/passwd')]))).rejects.toThrow(/leads out of it/);
  });

  it('readTar: takes an absolute name for one in the directory', async () => {
    expect((await unpack(await pack([file('/etc/passwd')])))[0]?.name).toBe('etc/passwd');
  });
});

describe('Ugly', () => {
  it('readTar: gives up a stream that never ends, and lets go of it', async () => {
    const packed = await pack([file('a')]);
    let isLetGo = false;
    async function* endless(): AsyncGenerator<Uint8Array, undefined> {
      try {
        yield packed;
        for (;;) yield await Promise.resolve(Buffer.alloc(65_536));
      } finally {
        isLetGo = true;
      }
    }
    await expect(Readable.from(readTar(endless())).toArray()).rejects.toThrow('goes on behind its end');
    expect(isLetGo).toBe(true);
  });

  it('readTar: refuses a stream that is cut anywhere, and one that is none', async () => {
    const packed = await pack([file('a', 'x'.repeat(700)), file(LONG, 'y')]);
    for (let length = 0; length < packed.length - 1024; length += 256) {
      await expect(unpack(packed.subarray(0, length))).rejects.toThrow(/cut|no tar stream/);
    }
    await expect(unpack(Buffer.alloc(1024, 'garbage'))).rejects.toThrow('it is no tar stream');
  });

  it('readTar: survives any bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), async (bytes) => {
        await unpack(bytes).catch((error: unknown) => {
          expect((error as Error).message).toMatch(/cut|no tar stream/);
        });
      }),
      { numRuns: 100 },
    );
  });
});
