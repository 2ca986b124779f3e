import { execFileSync } from 'node:child_process';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { describe, expect, it } from '@jest/globals';
import { needs } from '@core/tooling/needs';
import fc from 'fast-check';

import type { EncodedEntry } from '../../src/archive/encoder.ts';
import { tar } from '../../src/archive/tar.ts';
import { padding, TAR_END, tarHeader } from '../../src/archive/tar-records.ts';
import { file } from '../../src/testing/archive-cases/encoding.ts';
import { list } from './support/reading.ts';
import { onDisk, run } from './support/tools.ts';

const GIB = 2 ** 30;
const sized = (size: number): EncodedEntry => ({ ...file('f'), size });

/** What Python, which others wrote, finds in a header: every field, also those that a PAX header holds. */
function fields(header: Buffer): unknown {
  const script = `import tarfile, io, sys, json
m = tarfile.open(fileobj=io.BytesIO(sys.stdin.buffer.read())).next()
print(json.dumps([m.name, m.size, oct(m.mode), m.mtime, m.type.decode(), m.linkname, m.uid, m.gid, m.uname, m.offset_data]))`;
  return JSON.parse(execFileSync('python3', ['-c', script], { input: header, encoding: 'utf8' }));
}

describe('tar records', () => {
  describe('Good', () => {
    needs('python3')('tarHeader is read by Python as it was meant', () => {
      const long = `${'a'.repeat(120)}/${'b'.repeat(90)}`;
      const odd = 'grün/日本'.repeat(30);
      const headers: [EncodedEntry, unknown[]][] = [
        [{ ...file('run'), executable: true }, ['run', 0, '0o755', 7, '0', '', 0, 0, '', 512]],
        [sized(8 * GIB - 1), ['f', 8 * GIB - 1, '0o644', 7, '0', '', 0, 0, '', 512]],
        [sized(8 * GIB), ['f', 8 * GIB, '0o644', 7, '0', '', 0, 0, '', 1536]],
        [sized(2 ** 50), ['f', 2 ** 50, '0o644', 7, '0', '', 0, 0, '', 1536]],
        [{ kind: 'dir', name: 'd' }, ['d', 0, '0o755', 7, '5', '', 0, 0, '', 512]],
        [{ kind: 'symlink', name: 'l', target: odd }, ['l', 0, '0o777', 7, '2', odd, 0, 0, '', 1536]],
        [file(long), [long, 0, '0o644', 7, '0', '', 0, 0, '', 512]],
        [file(odd), [odd, 0, '0o644', 7, '0', '', 0, 0, '', 1536]],
      ];
      for (const [entry, wanted] of headers) expect(fields(tarHeader(entry, 7))).toEqual(wanted);
    });

    needs(
      'tar',
      'bsdtar',
      'python3',
    )('tarHeader of 9 GiB is read by others, and what comes after such a file', async () => {
      await onDisk(async (_, path) => {
        const [before, after] = [tarHeader(sized(9 * GIB), 315_532_800), tarHeader(file('next'), 315_532_800)];
        const large = await open(join(path, 'large.tar'), 'w');
        await large.write(before);
        await large.write(Buffer.concat([after, TAR_END]), 0, undefined, before.length + 9 * GIB); // a hole between
        await large.close();
        for (const tool of ['tar', 'bsdtar']) {
          const lines = (await run(path, tool, '-tvf', 'large.tar')).trimEnd().split('\n');
          expect(lines.map((line) => line.slice(line.lastIndexOf(' ') + 1))).toEqual(['f', 'next']);
          expect(lines[0]).toContain(` ${String(9 * GIB)} `);
        }
        const script = "import tarfile; print([(m.name, m.size) for m in tarfile.open('large.tar')])";
        expect(await run(path, 'python3', '-c', script)).toBe(`[('f', ${String(9 * GIB)}), ('next', 0)]\n`);
      });
    });

    it.each([
      [100, 512],
      [101, 512 * 3],
    ])('tarHeader has room for a name of %d bytes without a slash in %d bytes', (length, bytes) => {
      expect(tarHeader(file('n'.repeat(length)), 0)).toHaveLength(bytes);
    });

    it.each([
      [155, 100, 512],
      [156, 100, 512 * 3],
      [155, 101, 512 * 3],
    ])('tarHeader cuts a name of %d and %d bytes at its slash, or takes a PAX header', (prefix, name, bytes) => {
      expect(tarHeader(file(`${'p'.repeat(prefix)}/${'n'.repeat(name)}`), 0)).toHaveLength(bytes);
    });

    it('tarHeader leaves as much of a long name as fits, whole characters, to those who know no PAX', () => {
      const header = tarHeader(file('ü'.repeat(70)), 0).subarray(-512);
      expect(header.toString('utf8', 0, 100)).toBe('ü'.repeat(50));
      expect(
        tarHeader(file(`a${'ü'.repeat(70)}`), 0)
          .subarray(-512)
          .toString('utf8', 0, 100),
      ).toBe(`a${'ü'.repeat(49)}\0`);
    });

    it('tar of any names and sizes reads back', async () => {
      const part = fc.stringMatching(/^[a-zäß日]{1,140}$/);
      const name = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
      await fc.assert(
        fc.asyncProperty(name, fc.nat(2000), fc.boolean(), async (path, size, executable) => {
          const parts: Uint8Array[] = [];
          const entry = { ...file(path, Buffer.alloc(size, 'x')), executable };
          for await (const bytes of tar([entry], { mtime: 1 })) parts.push(bytes);
          const [found] = await list(gzipSync(Buffer.concat(parts)));
          expect(found).toMatchObject({ name: path, mode: executable ? 0o755 : 0o644, text: 'x'.repeat(size) });
        }),
      );
    });

    it('padding fills the last block', () => {
      expect([0, 1, 511, 512, 513].map(padding)).toEqual([0, 511, 1, 0, 511]);
      expect(TAR_END).toHaveLength(1024);
    });
  });

  describe('Bad', () => {
    it.each([
      [5, 'must be 5 bytes long, not 3'],
      [2, 'must be 2 bytes long, not more'],
    ])('tar refuses a content that is not of its %d bytes', async (size, message) => {
      const writing = (async () => {
        for await (const bytes of tar([{ ...file('f', 'abc'), size }], { mtime: 0 })) expect(bytes).toBeDefined();
      })();
      await expect(writing).rejects.toThrow(RangeError);
      await expect(writing).rejects.toThrow(message);
    });
  });
});
