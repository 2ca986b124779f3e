import { afterEach, describe, expect, it } from '@jest/globals';
import { MemoryMedium } from '@core/io';

import { readManifest, registerBuilder, verifyRelease } from '../../src/index.ts';
import { build } from '../support/read-release.ts';

const undo: (() => void)[] = [];
afterEach(() => {
  for (const one of undo.splice(0)) one();
});

/** A project with one crate of others, whose builder writes one file. */
function project(config: string): MemoryMedium {
  undo.push(
    registerBuilder('rust', {
      name: 'fake',
      detect: () => Promise.resolve(true),
      build: ({ medium, outputDir, project: { binary } }, targets) =>
        Promise.all(
          targets.map(async ({ os, arch }) => {
            const path = `${outputDir}/${os}_${arch}/${binary}`;
            await medium.write(path, 'program', { mode: 0o755 });
            return { path, os, arch };
          }),
        ),
    }),
  );
  const lock = '[[package]]\nname = "a"\nversion = "1.0.0"\nsource = "registry"\n';
  return new MemoryMedium({ 'Cargo.toml': '', 'Cargo.lock': lock, '.core/build.yaml': config });
}

describe('buildProject with statements', () => {
  describe('Good', () => {
    it.each([
      ['cyclonedx', 'sbom.cdx.json'],
      ['spdx', 'sbom.spdx.json'],
    ])('attest.sbom %s makes %s, which checksums and manifest name', async (format, name) => {
      const medium = project(`attest: { sbom: ${format} }`);
      const { sbomFile, manifest, provenanceFile } = await build(medium);
      expect([sbomFile, provenanceFile]).toEqual([`dist/${name}`, undefined]);
      expect(await medium.read(`dist/${name}`)).toContain('pkg:cargo/a@1.0.0');
      expect(manifest.attestations.map(({ path }) => path)).toEqual([name]);
      expect(await medium.read('dist/CHECKSUMS.txt')).toContain(`  ${name}\n`);
      expect(await verifyRelease(medium, 'dist')).toMatchObject({ ok: true });
      await medium.append(`dist/${name}`, ' ');
      expect((await verifyRelease(medium, 'dist')).ok).toBe(false);
    });

    it('attest.provenance names the digest of every archive', async () => {
      const medium = project(
        'attest: { provenance: true }\ntargets: [{os: linux, arch: arm}, {os: windows, arch: amd64}]',
      );
      const { archives, provenanceFile } = await build(medium, { targets: undefined });
      const { subject } = JSON.parse(await medium.read(provenanceFile ?? '')) as { subject: unknown[] };
      expect(subject).toEqual(
        archives.map(({ path, checksum }) => ({ name: path.slice('dist/'.length), digest: { sha256: checksum } })),
      );
    });

    it('buildProject takes its options in the place of attest, and removes what is not made any more', async () => {
      const medium = project('attest: { sbom: spdx, provenance: true }');
      await build(medium);
      const { sbomFile } = await build(medium, { sbom: 'cyclonedx', provenance: false });
      expect(sbomFile).toBe('dist/sbom.cdx.json');
      expect((await medium.list('dist')).map(({ name }) => name)).toEqual([
        ...['CHECKSUMS.txt', 'app_linux_amd64.tar.gz', 'linux_amd64', 'manifest.json', 'sbom.cdx.json'],
      ]);
      await build(medium, { sbom: false, provenance: false });
      expect((await readManifest(medium, 'dist'))?.attestations).toEqual([]);
    });

    it('statements name what was built where there are no archives', async () => {
      const medium = project('attest: { provenance: true }');
      const { artifacts, provenanceFile } = await build(medium, { archive: false, checksum: false });
      const { subject } = JSON.parse(await medium.read(provenanceFile ?? '')) as { subject: unknown[] };
      expect(subject).toEqual([{ name: 'app', digest: { sha256: artifacts[0]?.checksum } }]);
    });
  });

  describe('Bad', () => {
    it('buildProject refuses a lock file that is none, and leaves nothing', async () => {
      const medium = project('attest: { sbom: cyclonedx }');
      await medium.write('Cargo.lock', '[[');
      await expect(build(medium)).rejects.toMatchObject({ code: 'ERR_BUILD_PACKAGE_INVALID', path: 'Cargo.lock' });
      expect(await medium.exists('dist')).toBe(false);
    });
  });
});
