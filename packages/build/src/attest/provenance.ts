import { compareNames } from '../order.ts';
import { nameOf } from '../paths.ts';
import { formatTarget } from '../target.ts';
import { purlOf } from './purl.ts';
import type { Component } from './component.ts';
import type { ReleaseFacts, SourceRevision } from './release-facts.ts';

/** What the file of the statement is called. */
export const PROVENANCE_FILE: string = 'provenance.intoto.json';

/** What `externalParameters` and `internalParameters` of our statements mean. */
const BUILD_TYPE = 'urn:core:build:release:v1';

/**
 * The statement of how a release was made, as JSON: in-toto Statement v1 (https://in-toto.io/Statement/v1) with the
 * predicate of SLSA v1 (https://slsa.dev/spec/v1.0/provenance). Its subjects are the files with their SHA-256. It is not
 * signed: sign it, or the file of checksums that names it.
 *
 * @example
 * ```ts
 * import { createProvenance } from '@core/build';
 *
 * const checksum = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
 * const facts = {
 *   project: { name: 'hello', version: '1.0.0' },
 *   type: 'node',
 *   files: [{ path: 'dist/hello.tar.gz', checksum }],
 *   components: [],
 *   targets: [{ os: 'linux', arch: 'amd64' }],
 *   tools: { '@core/build': '1.0.0' },
 * } as const;
 * const { subject } = JSON.parse(createProvenance(facts));
 * assert.deepEqual(subject, [{ name: 'hello.tar.gz', digest: { sha256: checksum } }]);
 * ```
 */
export function createProvenance(facts: ReleaseFacts): string {
  const { components, createdAt, files, project, source, targets, tools, type } = facts;
  const statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: files
      .map(({ path, checksum }) => ({ name: nameOf(path), digest: { sha256: checksum } }))
      .sort((a, b) => compareNames(a.name, b.name)),
    predicateType: 'https://slsa.dev/provenance/v1',
    predicate: {
      buildDefinition: {
        buildType: BUILD_TYPE,
        externalParameters: { project, type, targets: targets.map(formatTarget) },
        internalParameters: { tools },
        resolvedDependencies: [...sourceOf(source), ...components.map(dependency)],
      },
      runDetails: {
        builder: {
          id: purlOf({ type: 'npm', name: '@core/build', version: tools['@core/build'] }),
          version: tools,
        },
        ...(createdAt === undefined ? {} : { metadata: { finishedOn: createdAt } }),
      },
    },
  };
  return `${JSON.stringify(statement, undefined, 2)}\n`;
}

function sourceOf(source: SourceRevision | undefined): object[] {
  if (source === undefined) return [];
  const { commit, url } = source;
  return [{ ...(url === undefined ? { name: 'source' } : { uri: `git+${url}` }), digest: { gitCommit: commit } }];
}

function dependency({ purl, digest }: Component): object {
  return { uri: purl, ...(digest === undefined ? {} : { digest: { [digest.algorithm.toLowerCase()]: digest.value } }) };
}
