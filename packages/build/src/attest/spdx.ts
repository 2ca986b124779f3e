import { compareNames } from '../order.ts';
import { nameOf } from '../paths.ts';
import type { Component } from './component.ts';
import { isLicenseExpression, namesOtherDocuments, ownLicensesIn } from './license.ts';
import { purlOf } from './purl.ts';
import type { ReleaseFacts } from './release-facts.ts';
import { stableUuid } from './stable-uuid.ts';

/** The format wants a moment: where none is set, that of archives. */
const NO_MOMENT = '1980-01-01T00:00:00Z';

const UNKNOWN = 'NOASSERTION';
const ROOT = 'SPDXRef-Project';

/** A bill of materials in SPDX 2.3 (https://spdx.github.io/spdx-spec/v2.3/). */
export function spdx(facts: ReleaseFacts): object {
  const { createdAt = NO_MOMENT, project, tools } = facts;
  const packages = [projectOf(facts), ...facts.files.map(fileOf), ...facts.components.map(componentOf)];
  const name = `${project.name}-${project.version}`;
  const id = stableUuid(JSON.stringify(packages));
  return {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name,
    documentNamespace: `https://spdx.org/spdxdocs/${encodeURIComponent(name.toWellFormed())}-${id}`,
    creationInfo: {
      created: createdAt,
      creators: creatorsOf(tools),
    },
    packages,
    ...ownLicensesOf(facts.components),
    relationships: [
      relation('SPDXRef-DOCUMENT', 'DESCRIBES', ROOT),
      ...facts.files.map((_, index) => relation(ROOT, 'CONTAINS', idOf('Archive', index))),
      ...facts.components.map((_, index) => relation(ROOT, 'DEPENDS_ON', idOf('Package', index))),
    ],
  };
}

/** At least one is wanted. */
function creatorsOf(tools: ReleaseFacts['tools']): string[] {
  const creators = Object.entries(tools).map(([tool, version]) => `Tool: ${tool}-${version}`);
  return creators.length === 0 ? ['Tool: @core/build'] : creators;
}

function relation(from: string, relationshipType: string, to: string): object {
  return { spdxElementId: from, relationshipType, relatedSpdxElement: to };
}

function idOf(kind: string, index: number): string {
  return `SPDXRef-${kind}-${String(index + 1)}`;
}

function projectOf({ project }: ReleaseFacts): object {
  const { name, version } = project;
  return { ...plain(ROOT, name), versionInfo: version, ...externalRef(purlOf({ type: 'generic', name, version })) };
}

function fileOf({ path, checksum }: ReleaseFacts['files'][number], index: number): object {
  const name = nameOf(path);
  const checksums = [{ algorithm: 'SHA256', checksumValue: checksum }];
  return { ...plain(idOf('Archive', index), name), packageFileName: name, checksums };
}

function componentOf({ name, version, license, digest, purl }: Component, index: number): object {
  return {
    ...plain(idOf('Package', index), name),
    ...(version === undefined ? {} : { versionInfo: version }),
    ...(digest === undefined ? {} : { checksums: [{ algorithm: digest.algorithm, checksumValue: digest.value }] }),
    licenseDeclared: declared(license),
    ...externalRef(purl),
  };
}

/** An expression, and none that leads to other documents: which those are, no lock file says. */
function declared(license: string | undefined): string {
  if (license === undefined || !isLicenseExpression(license) || namesOtherDocuments(license)) return UNKNOWN;
  return license;
}

/** A license that is not on the list of SPDX has to be described: its text is with the package, not in the lock file. */
function ownLicensesOf(components: readonly Component[]): object {
  const names = components.flatMap(({ license }) => ownLicensesIn(declared(license)));
  const infos = [...new Set(names)].sort(compareNames).map((licenseId) => ({ licenseId, extractedText: UNKNOWN }));
  return infos.length === 0 ? {} : { hasExtractedLicensingInfos: infos };
}

function plain(id: string, name: string): object {
  return {
    ...{ SPDXID: id, name, downloadLocation: UNKNOWN, filesAnalyzed: false },
    ...{ licenseConcluded: UNKNOWN, licenseDeclared: UNKNOWN, copyrightText: UNKNOWN },
  };
}

function externalRef(purl: string): object {
  const reference = { referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: purl };
  return { externalRefs: [reference] };
}
