import { cycloneDx } from './cyclonedx.ts';
import type { ReleaseFacts } from './release-facts.ts';
import { spdx } from './spdx.ts';

/** Formats of bills of materials. */
export type SbomFormat = 'cyclonedx' | 'spdx';

/** What the file of a bill of materials is called in each format. */
export const SBOM_FILES: Readonly<Record<SbomFormat, string>> = {
  cyclonedx: 'sbom.cdx.json',
  spdx: 'sbom.spdx.json',
};

/**
 * The bill of materials of a release as JSON: its files with their digests, and what they are made of. The same facts
 * give the same text: CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/) or SPDX 2.3
 * (https://spdx.github.io/spdx-spec/v2.3/).
 *
 * @example
 * ```ts
 * import { createSbom } from '@core/build';
 *
 * const facts = {
 *   project: { name: 'hello', version: '1.0.0' },
 *   type: 'node',
 *   files: [{ path: 'hello.tar.gz', checksum: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad' }],
 *   components: [{ name: 'left-pad', version: '1.3.0', kind: 'library', purl: 'pkg:npm/left-pad@1.3.0' }],
 *   targets: [],
 *   tools: { '@core/build': '1.0.0' },
 * } as const;
 * const sbom = JSON.parse(createSbom(facts, 'cyclonedx'));
 * assert.equal(sbom.specVersion, '1.6');
 * assert.equal(sbom.components[0].purl, 'pkg:npm/left-pad@1.3.0');
 * ```
 */
export function createSbom(facts: ReleaseFacts, format: SbomFormat): string {
  return `${JSON.stringify(format === 'spdx' ? spdx(facts) : cycloneDx(facts), undefined, 2)}\n`;
}
