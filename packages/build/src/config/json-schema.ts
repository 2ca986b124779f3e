import { DEFINITION } from './definition.ts';
import type { AnyListShape, AnyMapShape, AnyShape, TextShape } from './shape.ts';

/** A JSON Schema as plain data. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * The JSON Schema (draft 2020-12) of `.core/build.yaml`, made from the definition that {@link loadConfig} checks with.
 *
 * @example
 * ```ts
 * import { buildConfigSchema } from '@core/build';
 *
 * const schema = buildConfigSchema();
 * assert.deepEqual(Object.keys(schema['properties']).slice(0, 3), ['version', 'project', 'build']);
 * assert.equal(schema['additionalProperties'], false);
 * ```
 */
export function buildConfigSchema(): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: '.core/build.yaml',
    ...schemaOf(DEFINITION),
  };
}

function schemaOf(shape: AnyShape): JsonSchema {
  const { doc: description } = shape;
  switch (shape.kind) {
    case 'text':
      return { description, type: 'string', ...textSchema(shape) };
    case 'flag':
      return { description, type: 'boolean', default: shape.default };
    case 'number':
      return { description, type: 'integer', enum: shape.choices, default: shape.default };
    case 'list':
      return { description, type: 'array', ...listSchema(shape) };
    case 'map':
      return { description, type: 'object', ...mapSchema(shape) };
  }
}

function textSchema({ choices, rule, default: value }: TextShape): JsonSchema {
  return {
    ...(choices === undefined ? {} : { enum: choices }),
    ...(rule === undefined ? {} : { pattern: rule.pattern.source }),
    ...(value === undefined ? {} : { default: value }),
  };
}

function listSchema({ of, unique, default: value }: AnyListShape): JsonSchema {
  return {
    items: schemaOf(of),
    ...(unique === undefined ? {} : { uniqueItems: unique }),
    ...(value === undefined ? {} : { default: value }),
  };
}

function mapSchema({ keys, required }: AnyMapShape): JsonSchema {
  const properties = Object.entries(keys).map(([key, part]) => [part.spelled ?? key, schemaOf(part)]);
  return {
    properties: Object.fromEntries(properties) as JsonSchema,
    additionalProperties: false,
    ...(required === undefined ? {} : { required }),
  };
}
