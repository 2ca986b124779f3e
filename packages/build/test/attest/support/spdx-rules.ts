import { Ajv } from 'ajv';

const text = { type: 'string', minLength: 1 };
const id = { type: 'string', pattern: '^SPDXRef-[A-Za-z0-9.-]+$' };
const oneOf = (...values: readonly string[]) => ({ enum: values });
const list = (items: object, minItems = 0) => ({ type: 'array', items, minItems });

/** An object of exactly these properties, of which those after the bar may be missing. */
function record(required: Record<string, object>, optional: Record<string, object> = {}): object {
  return {
    type: 'object',
    properties: { ...required, ...optional },
    required: Object.keys(required),
    additionalProperties: false,
  };
}

const license = { type: 'string', pattern: '^(?:NOASSERTION|NONE|[A-Za-z0-9.:+() -]+)$' };

/**
 * What SPDX 2.3 wants of a document in JSON (https://spdx.github.io/spdx-spec/v2.3/), for the parts of it that a bill of
 * materials here has; nothing else may stand in it. Stricter than its schema where the text of the specification is.
 */
const REQUIRED = {
  spdxVersion: oneOf('SPDX-2.3'),
  dataLicense: oneOf('CC0-1.0'),
  SPDXID: oneOf('SPDXRef-DOCUMENT'),
  name: text,
  documentNamespace: { type: 'string', pattern: '^https://[^#\\s]+$' },
  creationInfo: record({
    created: { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ$' },
    creators: list({ type: 'string', pattern: '^(?:Person|Organization|Tool): .' }, 1),
  }),
  packages: list(
    record(
      { SPDXID: id, name: text, downloadLocation: text, filesAnalyzed: { const: false } },
      {
        versionInfo: { type: 'string' },
        packageFileName: text,
        licenseConcluded: license,
        licenseDeclared: license,
        copyrightText: text,
        checksums: list(
          record({
            algorithm: oneOf('SHA1', 'SHA224', 'SHA256', 'SHA384', 'SHA512', 'MD5'),
            checksumValue: { type: 'string', pattern: '^[0-9a-f]+$' },
          }),
        ),
        externalRefs: list(
          record({
            referenceCategory: oneOf('OTHER', 'PERSISTENT-ID', 'SECURITY', 'PACKAGE-MANAGER'),
            referenceType: oneOf('purl'),
            referenceLocator: { type: 'string', pattern: '^pkg:[^\\s]+$' },
          }),
        ),
      },
    ),
  ),
  relationships: list(
    record({
      spdxElementId: id,
      relatedSpdxElement: id,
      relationshipType: oneOf('DESCRIBES', 'CONTAINS', 'DEPENDS_ON'),
    }),
  ),
};

const OPTIONAL = {
  hasExtractedLicensingInfos: list(
    record({ licenseId: { type: 'string', pattern: '^LicenseRef-[A-Za-z0-9.-]+$' }, extractedText: text }),
    1,
  ),
};

const validate = new Ajv({ allErrors: true }).compile(record(REQUIRED, OPTIONAL));

/** What the specification says against a document. */
export function spdxErrors(document: string): unknown {
  return validate(JSON.parse(document)) ? undeclared(document) : validate.errors;
}

/** Licenses that the document names and does not declare, or declares and does not name; those of other documents. */
function undeclared(document: string): unknown {
  const { packages, hasExtractedLicensingInfos: infos = [] } = JSON.parse(document) as {
    packages: { licenseDeclared?: string }[];
    hasExtractedLicensingInfos?: { licenseId: string }[];
  };
  const tokens = packages.flatMap(({ licenseDeclared = '' }) => licenseDeclared.split(/[\s()]+/));
  const named = tokens.filter((token) => /^(?:DocumentRef|LicenseRef)-/.test(token));
  const declared = infos.map(({ licenseId }) => licenseId);
  const wrong = [...named.filter((one) => !declared.includes(one)), ...declared.filter((one) => !named.includes(one))];
  return wrong.length === 0 && new Set(declared).size === declared.length ? null : { wrong, declared };
}
