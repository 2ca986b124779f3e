import Ajv from 'ajv-draft-04';

import { lintFindings } from './lint.ts';
import { LINUXKIT_SCHEMA } from './linuxkit-schema.ts';
import { refusals } from './refusals.ts';
import { type Step, TemplateDocument } from './template-document.ts';
import type { TemplateProblem, TemplateReport } from './template-report.ts';

/** What ajv says of a fault, whatever its build exports as a type. */
interface Fault {
  readonly instancePath: string;
  readonly keyword: string;
  readonly message?: string;
  readonly params: Readonly<Record<string, unknown>>;
}

let compiled: ReturnType<InstanceType<typeof Ajv.default>['compile']> | undefined;

/**
 * Judges a template as LinuxKit does, by its own schema and by what its build refuses, and tells what it would take but
 * what does not do what it looks like. Variables stand for their defaults, or for a word.
 *
 * @example
 * ```ts
 * import { validateTemplate } from '@core/container';
 *
 * const { valid, problems } = validateTemplate('kernel:\n  image: linuxkit/kernel:6.12.59\n  args: quiet\n');
 * assert.equal(valid, false);
 * const [{ line, rule, message }] = problems;
 * assert.equal(`${line} ${rule}: ${message}`, '3 schema: kernel has no "args": there are image, cmdline, binary, tar, ucode');
 * ```
 */
export function validateTemplate(content: string): TemplateReport {
  const document = new TemplateDocument(content);
  const errors = document.faults.length > 0 ? document.faults : schemaFaults(document);
  const found = errors.length > 0 ? errors : [...document.ignored, ...refusals(document), ...lintFindings(document)];
  const problems = found.toSorted((a, b) => a.line - b.line || a.column - b.column);
  return { valid: problems.every(({ severity }) => severity !== 'error'), problems };
}

function schemaFaults(document: TemplateDocument): TemplateProblem[] {
  compiled ??= new Ajv.default({ allErrors: true, strict: false }).compile(LINUXKIT_SCHEMA);
  if (compiled(document.value)) return [];
  const faults = (compiled.errors ?? []) as readonly Fault[];
  // of a choice only the choice itself is told
  return faults
    .filter(
      ({ instancePath, keyword }) =>
        keyword !== 'type' || !faults.some((other) => other.keyword === 'anyOf' && other.instancePath === instancePath),
    )
    .map((fault) => schemaProblem(document, fault));
}

function schemaProblem(
  document: TemplateDocument,
  { instancePath, keyword, message = '', params }: Fault,
): TemplateProblem {
  const path = stepsOf(instancePath);
  const what = path.length === 0 ? 'the template' : path.join('/');
  const common = { severity: 'error', rule: 'schema' } as const;
  if (keyword === 'additionalProperties') {
    const name = String(params['additionalProperty']);
    const known = Object.keys(schemaAt(path)['properties'] ?? {}).join(', ');
    const told = `${what} has no ${JSON.stringify(name)}: there are ${known}`;
    return document.problem([...path, name], { ...common, key: true, message: told });
  }
  if (keyword === 'required') {
    return document.problem(path, { ...common, message: `${what} needs ${JSON.stringify(params['missingProperty'])}` });
  }
  return document.problem(path, { ...common, message: `${what} ${wantedBy({ path, keyword, message, params })}` });
}

interface Wanted extends Pick<Fault, 'keyword' | 'params'> {
  readonly path: readonly Step[];
  readonly message: string;
}

function wantedBy({ path, keyword, message, params }: Wanted): string {
  if (keyword === 'anyOf') return 'must be a text or a whole number';
  if (keyword === 'enum') {
    const words = params['allowedValues'] as readonly string[];
    return `must be one of ${words.map((word) => JSON.stringify(word)).join(', ')}`;
  }
  if (path.length === 0) return `must be a map with ${Object.keys(schemaAt([])['properties'] ?? {}).join(', ')}`;
  return keyword === 'type' && params['type'] === 'string' ? `${message}: write it in quotes` : message;
}

function stepsOf(pointer: string): Step[] {
  const parts = pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  return parts.map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

/** The part of the schema that is for what stands at a path. */
function schemaAt(path: readonly Step[]): Readonly<Record<string, object>> {
  let schema: unknown = LINUXKIT_SCHEMA;
  for (const step of path) {
    const { properties, items } = schema as { readonly properties?: Record<string, unknown>; readonly items?: unknown };
    schema = typeof step === 'number' ? items : properties?.[step];
  }
  return (schema ?? {}) as Readonly<Record<string, object>>;
}
