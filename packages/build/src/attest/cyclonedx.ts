import { nameOf } from '../paths.ts';
import type { Component, ComponentDigest } from './component.ts';
import { isLicenseExpression } from './license.ts';
import { purlOf } from './purl.ts';
import type { ReleaseFacts } from './release-facts.ts';
import { stableUuid } from './stable-uuid.ts';

/** How CycloneDX spells what SPDX calls a digest. */
const ALGORITHMS: Readonly<Record<ComponentDigest['algorithm'], string>> = {
  SHA1: 'SHA-1',
  SHA256: 'SHA-256',
  SHA384: 'SHA-384',
  SHA512: 'SHA-512',
};

/** A bill of materials in CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/). */
export function cycloneDx(facts: ReleaseFacts): object {
  const body = bodyOf(facts);
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${stableUuid(JSON.stringify(body))}`,
    version: 1,
    ...body,
  };
}

function bodyOf({ components, createdAt, files, project, tools }: ReleaseFacts): object {
  const root = purlOf({ type: 'generic', name: project.name, version: project.version });
  return {
    metadata: {
      ...(createdAt === undefined ? {} : { timestamp: createdAt }),
      tools: { components: Object.entries(tools).map(([name, version]) => ({ type: 'application', name, version })) },
      component: {
        ...{ type: 'application', 'bom-ref': root, name: project.name, version: project.version, purl: root },
        components: files.map(fileOf),
      },
    },
    components: components.map(componentOf),
    dependencies: [
      { ref: root, dependsOn: components.map(({ purl }) => purl) },
      ...components.map(({ purl }) => ({ ref: purl })),
    ],
  };
}

function fileOf({ path, checksum }: ReleaseFacts['files'][number]): object {
  const name = nameOf(path);
  return { type: 'file', 'bom-ref': `file:${name}`, name, hashes: [{ alg: 'SHA-256', content: checksum }] };
}

function componentOf({ name, version, kind, purl, license, digest }: Component): object {
  return {
    ...{ type: kind === 'image' ? 'container' : 'library', 'bom-ref': purl, name },
    ...(version === undefined ? {} : { version }),
    ...(digest === undefined ? {} : { hashes: [{ alg: ALGORITHMS[digest.algorithm], content: digest.value }] }),
    ...(license === undefined ? {} : { licenses: [licenseOf(license)] }),
    purl,
  };
}

/** What is no expression of SPDX is a name. */
function licenseOf(license: string): object {
  return isLicenseExpression(license) ? { expression: license } : { license: { name: license } };
}
