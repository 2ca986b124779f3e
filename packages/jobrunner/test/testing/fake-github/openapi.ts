import { readFileSync } from 'node:fs';

import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';

interface Operation {
  readonly request?: { readonly properties?: Readonly<Record<string, unknown>> };
  readonly responses: Readonly<Record<string, unknown>>;
}

interface Description {
  readonly operations: Readonly<Record<string, Operation>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

const description = JSON.parse(
  readFileSync(new URL('./fixtures/github-openapi.json', import.meta.url), 'utf8'),
) as Description;

/** All operations that GitHub's description, as it was trimmed, knows. */
export const OPERATIONS: readonly string[] = Object.keys(description.operations);

/** Names of what the body of an operation may have. */
export function bodyNames(operation: string): string[] {
  return Object.keys(description.operations[operation]?.request?.properties ?? {});
}

const ajv = new Ajv({ strict: false, allErrors: true });
(addFormats as unknown as (to: Ajv) => void)(ajv);
ajv.addSchema({ $id: 'github', components: modern(description.components) as object });
const validators = new Map<string, ValidateFunction>();

/** What GitHub's own description has against an answer; nothing is how it should be. */
export function complaints(operation: string, status: number, body: unknown): string[] {
  const schema = description.operations[operation]?.responses[String(status)];
  if (schema === undefined) return [`${operation} is not described with ${String(status)}`];
  const key = `${operation} ${String(status)}`;
  const validate = validators.get(key) ?? ajv.compile(modern(schema) as object);
  validators.set(key, validate);
  return validate(body)
    ? []
    : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);
}

/** OpenAPI 3.0 in the words of JSON Schema: `nullable` becomes the type `null`, references lead to `github`. */
function modern(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(modern);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { nullable, ...rest } = schema as Record<string, unknown>;
  const copy: Record<string, unknown> = Object.fromEntries(
    Object.entries(rest).map(([name, value]) => [name, modern(value)]),
  );
  if (typeof copy['$ref'] === 'string') copy['$ref'] = copy['$ref'].replace(/^#/, 'github#');
  return nullable === true ? { anyOf: [copy, { type: 'null' }] } : copy;
}
