import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { createProvenance, createSbom, type ReleaseFacts } from '../../src/index.ts';
import { spdxErrors } from './support/spdx-rules.ts';

const SHA256 = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

const FACTS: ReleaseFacts = {
  project: { name: '@me/hello', version: '1.2.3' },
  type: 'node',
  files: [
    { path: 'dist/hello_linux_amd64.tar.gz', checksum: SHA256 },
    { path: 'dist/hello_windows_amd64.zip', checksum: SHA256 },
  ],
  components: [
    {
      ...{
        name: '@s/a',
        version: '1.0.0',
        kind: 'library',
        purl: 'pkg:npm/%40s/a@1.0.0',
        license: 'MIT OR Apache-2.0',
      },
      digest: { algorithm: 'SHA512', value: 'ab'.repeat(64) },
    },
    { name: 'b', kind: 'library', purl: 'pkg:npm/b', license: 'see the file LICENSE, please' },
    { name: 'base', version: '1', kind: 'image', purl: 'pkg:docker/base@1' },
  ],
  targets: [{ os: 'linux', arch: 'amd64' }],
  tools: { '@core/build': '0.0.0', go: '1.19' },
  source: { commit: 'c'.repeat(40), url: 'https://example.org/me/hello.git' },
};

const cycloneDx = (facts: ReleaseFacts) => createSbom(facts, 'cyclonedx');

/** One for all: it compiles the schema with the first document. */
const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);

/** What the official schema says against a document. */
async function schemaErrors(text: string): Promise<unknown> {
  return await validator.validate(text);
}

interface Spdx {
  readonly packages: readonly (Record<string, unknown> & { readonly SPDXID: string })[];
  readonly relationships: readonly Readonly<Record<string, string>>[];
  readonly [key: string]: unknown;
}

describe('createSbom', () => {
  describe('Good', () => {
    it('createSbom makes a document that the official schema of CycloneDX accepts', async () => {
      expect(await schemaErrors(cycloneDx(FACTS))).toBeNull();
      expect(await schemaErrors(cycloneDx({ ...FACTS, components: [], files: [], tools: {} }))).toBeNull();
      expect(await schemaErrors(cycloneDx({ ...FACTS, createdAt: '2024-01-31T12:00:00Z' }))).toBeNull();
    });

    it('createSbom names every archive with its digest, and every component', () => {
      const { components, metadata } = JSON.parse(cycloneDx(FACTS)) as {
        components: { purl: string }[];
        metadata: { component: { components: { name: string; hashes: unknown }[] } };
      };
      expect(components.map(({ purl }) => purl)).toEqual(FACTS.components.map(({ purl }) => purl));
      expect(metadata.component.components[1]).toMatchObject({
        name: 'hello_windows_amd64.zip',
        hashes: [{ alg: 'SHA-256', content: SHA256 }],
      });
    });

    it('createSbom makes SPDX with one package for each, all of them related', () => {
      const spdx = JSON.parse(createSbom(FACTS, 'spdx')) as Spdx;
      expect(spdx).toMatchObject({
        spdxVersion: 'SPDX-2.3',
        dataLicense: 'CC0-1.0',
        SPDXID: 'SPDXRef-DOCUMENT',
        name: '@me/hello-1.2.3',
        creationInfo: { created: '1980-01-01T00:00:00Z', creators: ['Tool: @core/build-0.0.0', 'Tool: go-1.19'] },
      });
      const ids = spdx.packages.map(({ SPDXID }) => SPDXID);
      expect(new Set(ids).size).toBe(6);
      for (const id of ids) expect(id).toMatch(/^SPDXRef-[A-Za-z0-9.-]+$/);
      const related = spdx.relationships.map(({ relatedSpdxElement }) => relatedSpdxElement);
      expect([...related].sort()).toEqual([...ids].sort());
      for (const one of spdx.packages)
        expect(one).toMatchObject({ name: expect.any(String), downloadLocation: 'NOASSERTION' });
    });

    it('createSbom makes a document that keeps the rules of SPDX', () => {
      expect(spdxErrors(createSbom(FACTS, 'spdx'))).toBeNull();
      expect(spdxErrors(createSbom({ ...FACTS, components: [], files: [], tools: {} }, 'spdx'))).toBeNull();
      expect(spdxErrors(createSbom({ ...FACTS, createdAt: '2024-01-31T12:00:00Z' }, 'spdx'))).toBeNull();
    });
  });

  describe('Bad', () => {
    it('createSbom says of each license that is on no list of SPDX that its text is not known, once', () => {
      const licenses = ['LicenseRef-B OR MIT', '(LicenseRef-A AND LicenseRef-B)', 'MIT'];
      const components = licenses.map((license, index) => ({
        ...{ name: `x${String(index)}`, kind: 'library' as const, purl: `pkg:npm/x${String(index)}`, license },
      }));
      const text = createSbom({ ...FACTS, components }, 'spdx');
      expect(spdxErrors(text)).toBeNull();
      const [A, B] = ['LicenseRef-A', 'LicenseRef-B'].map((licenseId) => ({ licenseId, extractedText: 'NOASSERTION' }));
      expect((JSON.parse(text) as Spdx)['hasExtractedLicensingInfos']).toEqual([A, B]);
      expect(JSON.parse(createSbom(FACTS, 'spdx'))).not.toHaveProperty('hasExtractedLicensingInfos');
    });

    it.each([
      ['MIT', true],
      ['GPL-2.0+', true],
      ['(MIT OR Apache-2.0)', true],
      ['((MIT) AND (LGPL-2.1-only OR (BSD-3-Clause AND ISC)))', true],
      ['GPL-2.0-or-later WITH Classpath-exception-2.0', true],
      ['LicenseRef-Mine.1', true],
      ['LicenseRef-Mine+', false],
      ['MIT++', false],
      ['a:b', false],
      ['+', false],
      ['SEE LICENSE IN LICENSE', false],
      ['Apache 2.0', false],
      ['MIT or ISC', false],
      ['MIT/ISC', false],
      ['UNLICENSED', false],
      ['proprietary', false],
      ['MIT OR NOASSERTION', false],
      ['DocumentRef-x', false],
      ['(MIT', false],
      ['MIT)', false],
      [')MIT(', false],
      ['MIT OR', false],
      ['OR', false],
      ['MIT WITH (x)', false],
      ['constructor', true],
      ['', false],
    ])('createSbom takes the license %j for an expression: %s', (license, isOne) => {
      const components = [{ name: 'a', kind: 'library' as const, purl: 'pkg:npm/a', license }];
      const facts = { ...FACTS, components };
      const { packages } = JSON.parse(createSbom(facts, 'spdx')) as Spdx;
      expect(packages.at(-1)?.['licenseDeclared']).toBe(isOne ? license : 'NOASSERTION');
      const bom = JSON.parse(cycloneDx(facts)) as { components: { licenses: unknown }[] };
      expect(bom.components[0]?.licenses).toEqual([isOne ? { expression: license } : { license: { name: license } }]);
    });

    it('createSbom takes a license of another document for an expression, which SPDX alone cannot name', () => {
      const license = 'MIT OR DocumentRef-x:LicenseRef-y';
      const facts = { ...FACTS, components: [{ name: 'a', kind: 'library' as const, purl: 'pkg:npm/a', license }] };
      const { packages } = JSON.parse(createSbom(facts, 'spdx')) as Spdx;
      expect(packages.at(-1)?.['licenseDeclared']).toBe('NOASSERTION');
      expect(JSON.parse(cycloneDx(facts))).toMatchObject({ components: [{ licenses: [{ expression: license }] }] });
    });
  });

  describe('Ugly', () => {
    it('createSbom gives the same text for the same facts, and another number for others', () => {
      const numberOf = (facts: ReleaseFacts) => (JSON.parse(cycloneDx(facts)) as { serialNumber: string }).serialNumber;
      expect(cycloneDx(FACTS)).toBe(cycloneDx(structuredClone(FACTS)));
      expect(numberOf({ ...FACTS, components: [] })).not.toBe(numberOf(FACTS));
      expect(numberOf(FACTS)).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    });

    it('createSbom bears with names that are no text', async () => {
      const facts = { ...FACTS, project: { name: 'half of a \ud83d', version: '\udc00' } };
      expect(spdxErrors(createSbom(facts, 'spdx'))).toBeNull();
      expect(await schemaErrors(cycloneDx(facts))).toBeNull();
    });

    it('createSbom stays within the schema whatever a lock file calls a package', async () => {
      const text = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' });
      const component = fc.record({ name: text, version: text, license: text });
      await fc.assert(
        fc.asyncProperty(fc.uniqueArray(component, { selector: ({ name }) => name, maxLength: 4 }), async (list) => {
          const components = list.map((one, index) => ({
            ...{ ...one, kind: 'library' as const, purl: `pkg:npm/x${String(index)}` },
          }));
          expect(await schemaErrors(cycloneDx({ ...FACTS, components }))).toBeNull();
          expect(spdxErrors(createSbom({ ...FACTS, components }, 'spdx'))).toBeNull();
        }),
        { numRuns: 30 },
      );
    }, 60_000);
  });
});

describe('createProvenance', () => {
  it('createProvenance is a statement of in-toto with every archive as a subject', () => {
    const statement = JSON.parse(createProvenance(FACTS)) as Record<string, unknown>;
    expect(statement).toMatchObject({
      _type: 'https://in-toto.io/Statement/v1',
      predicateType: 'https://slsa.dev/provenance/v1',
      subject: [
        { name: 'hello_linux_amd64.tar.gz', digest: { sha256: SHA256 } },
        { name: 'hello_windows_amd64.zip', digest: { sha256: SHA256 } },
      ],
      predicate: {
        buildDefinition: {
          externalParameters: { type: 'node', targets: ['linux/amd64'] },
          internalParameters: { tools: FACTS.tools },
          resolvedDependencies: [
            { uri: 'git+https://example.org/me/hello.git', digest: { gitCommit: 'c'.repeat(40) } },
            { uri: 'pkg:npm/%40s/a@1.0.0', digest: { sha512: 'ab'.repeat(64) } },
            { uri: 'pkg:npm/b' },
            { uri: 'pkg:docker/base@1' },
          ],
        },
        runDetails: { builder: { id: 'pkg:npm/%40core/build@0.0.0' } },
      },
    });
  });
});
