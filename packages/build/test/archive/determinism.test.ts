import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { beforeEach, describe, expect, it } from '@jest/globals';
import { MemoryMedium } from '@core/io';
import { needs } from '@core/tooling/needs';
import fc from 'fast-check';

import { foldName } from '../../src/archive/entry-name.ts';
import { archiveWithFormat } from '../../src/archive/archive.ts';
import { archiveFormats } from '../../src/archive/format.ts';
import { noise } from '../../src/testing/archive-cases/encoding.ts';
import { unpackWithReader } from '../../src/testing/unpack-with-reader.ts';
import { onDisk } from './support/tools.ts';

const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
const artifact = { path: 'app', os: 'linux', arch: 'amd64' };

/**
 * The digests of one small release. A change means that everybody's archives change with the next version: it belongs
 * into the changelog.
 */
const GOLDEN = {
  gz: '25cf702c7b0b8aa1bfe10a2c13fc4166f303649fdc39bde4015a0bddbe5253f8',
  xz: '7d45395f93e846498fb72f73578e242c66ee9e775b5c47ce81ec9add7f9e538b',
  zst: 'b23a49f4212ef015bab067e4317d83fb81ed74fc6d943380c5706d79fc5e9be6',
  zip: '8f37f39d0ddd1edffddd07f5b1d074ea87d0cbacf621bc377143aea37b59af3f',
};

describe('archives', () => {
  beforeEach(() => {
    delete process.env['SOURCE_DATE_EPOCH'];
  });

  describe('Good', () => {
    it.each(['gz', 'xz', 'zst', 'zip'] as const)(
      'archive of a fixed release has the digest that it always had: %s',
      async (format) => {
        const medium = new MemoryMedium({ 'README.md': '# app\n', docs: { 'ünï.md': 'x' } });
        await medium.write('app', noise(2_500_000), { mode: 0o755 });
        const files = ['README.md', { path: 'docs/ünï.md', name: 'docs/ünï.md' }];
        const { checksum } = await archiveWithFormat(medium, artifact, format, { files, wrap: true });
        expect(checksum).toBe(GOLDEN[format]);
      },
    );
  });

  describe('Ugly', () => {
    it('archive makes the same bytes with another umask, time zone, locale, time, mode and number of workers', async () => {
      await onDisk(async (medium, path) => {
        await medium.write('app', LARGE);
        await medium.write('ünï b', 'text');
        const outputs: string[] = [];
        for (const [umask, TZ, LC_ALL, workers] of SURROUNDINGS) {
          const mode = 0o777 & ~Number.parseInt(umask, 8);
          await medium.chmod('app', mode);
          await medium.utimes('app', new Date(), new Date(Date.now() - mode * 1e6));
          const command = `umask ${umask}; exec "$0" "$@"`;
          const args = ['-c', command, process.execPath, fixture('pack.mjs'), path, workers];
          const { stdout } = await promisify(execFile)('sh', args, { env: { PATH: process.env['PATH'], TZ, LC_ALL } });
          outputs.push(stdout);
        }
        expect(new Set(outputs).size).toBe(1);
        expect(outputs[0]?.trim().split('\n')).toHaveLength(archiveFormats().length);
      });
    }, 180_000);

    needs('node22', 'node24')(
      'archive makes the same bytes on Node 20, 22 and 24',
      async () => {
        await onDisk(async (medium, path) => {
          await medium.write('app', LARGE);
          await medium.write('ünï b', 'text');
          const nodes = [process.execPath, process.env['CORE_NODE_22'] ?? '', process.env['CORE_NODE_24'] ?? ''];
          const packing = nodes.map((node) => promisify(execFile)(node, [fixture('pack.mjs'), path, '2']));
          const outputs = (await Promise.all(packing)).map(({ stdout }) => stdout);
          expect(new Set(outputs).size).toBe(1);
        });
      },
      180_000,
    );

    needs('linux')(
      'archive that is killed in the middle leaves nothing under its name',
      async () => {
        await onDisk(async (medium, path) => {
          await medium.write('app', noise(12_000_000));
          for (const format of archiveFormats()) {
            const child = spawn(process.execPath, [fixture('pack-slowly.mjs'), path, format], {
              stdio: ['ignore', 'pipe', 'inherit'],
            });
            await once(child.stdout, 'data');
            child.kill('SIGKILL');
            await once(child, 'close');
            const left = (await medium.list('')).map(({ name }) => name);
            expect(left.filter((name) => name.startsWith('app_'))).toEqual([]);
          }
          for (const format of archiveFormats()) await archiveWithFormat(medium, artifact, format, { level: 1 });
          expect((await medium.list('')).map(({ name }) => name)).toEqual([
            'app',
            'app_linux_amd64.tar.gz',
            'app_linux_amd64.tar.xz',
            'app_linux_amd64.tar.zst',
            'app_linux_amd64.zip',
          ]);
        });
      },
      180_000,
    );

    it('archive and readArchive that are left in the middle keep no process alive', async () => {
      const { stdout } = await promisify(execFile)(process.execPath, [fixture('leave.mjs')]);
      expect(stdout).toBe('4\n');
    }, 180_000);

    it('archive loads encoders when they are needed, and not before', async () => {
      const { stdout } = await promisify(execFile)(process.execPath, [fixture('load.mjs')]);
      const { before, after } = JSON.parse(stdout) as Readonly<Record<'after' | 'before', string[]>>;
      expect(before).toEqual([]);
      expect(after.filter((path) => !path.includes('node-liblzma'))).toEqual([]);
    }, 180_000);

    it('archive of any release reads back as it was', async () => {
      const name = fc.stringMatching(/^[A-Za-zäöü0-9 _.-]{1,12}$/).filter((text) => !['.', '..'].includes(text));
      const tree = fc.uniqueArray(
        fc.record({ name, content: fc.uint8Array({ maxLength: 3000 }), executable: fc.boolean() }),
        {
          selector: (file) => foldName(file.name),
          minLength: 1,
          maxLength: 8,
        },
      );
      await fc.assert(
        fc.asyncProperty(
          tree,
          fc.constantFrom(...archiveFormats(), ...QUICK, ...QUICK),
          fc.boolean(),
          async (list, format, wrap) => {
            const medium = new MemoryMedium();
            for (const { name: path, content, executable } of list)
              await medium.write(path, content, { mode: executable ? 0o755 : 0o600 });
            const [first = '', ...files] = list.map((file) => file.name);
            const packed = await archiveWithFormat(medium, { ...artifact, path: first }, format, {
              files,
              wrap,
              name: '^out',
            });
            const entries = await unpackWithReader(await medium.readBytes(packed.path));
            const found = entries.map(({ name: path, content, executable }) => ({
              name: path,
              content: Uint8Array.from(content),
              executable,
            }));
            const wanted = list.map((file) => ({ ...file, name: wrap ? `^out/${file.name}` : file.name }));
            expect(found.sort(byName)).toEqual(wanted.sort(byName));
          },
        ),
        { numRuns: 150 },
      );
    }, 120_000);
  });
});

/** Of several blocks, and quickly packed in every format. */
const LARGE = Buffer.alloc(3_000_000, noise(200_000));

/** Those that need no thread. */
const QUICK = ['gz', 'zip'] as const;

const SURROUNDINGS = [
  ['022', 'UTC', 'C', '1'],
  ['077', 'Pacific/Kiritimati', 'de_DE.UTF-8', '2'],
  ['000', 'America/St_Johns', 'tr_TR.UTF-8', '5'],
] as const;

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}
