import { Parser } from 'yaml';

import { ContainerError } from '../errors.ts';
import { fillYaml } from './fill-yaml.ts';
import { lineAt, type Place, PLACE, placesIn, unusedMark, valueOf } from './places.ts';

/** What a template asks for. */
export interface TemplateVariables {
  /** Sorted. */
  readonly required: readonly string[];
  /** With their defaults, sorted by name. One that is required somewhere is not among them. */
  readonly optional: Readonly<Record<string, string>>;
}

/** How values are put in. */
export interface ApplyOptions {
  /**
   * Values go in as they are, whatever the text is: for values that are YAML, and for texts that are not. Also the names
   * of single variables whose values are YAML.
   */
  readonly raw?: boolean | readonly string[] | undefined;
}

/**
 * The variables of a template. What stands in a comment is none.
 *
 * @example
 * ```ts
 * import { extractVariables } from '@core/container';
 *
 * const { required, optional } = extractVariables('host: ${NAME:-dev}\nkey: ${KEY}\nhome: $${HOME}');
 * assert.deepEqual(required, ['KEY']);
 * assert.deepEqual(optional, { NAME: 'dev' });
 * ```
 */
export function extractVariables(content: string): TemplateVariables {
  checkText(content);
  const places = placesOutsideComments(content);
  const required = new Set(
    places.flatMap(({ name, fallback }) => (fallback === undefined && name !== undefined ? [name] : [])),
  );
  const optional = new Map<string, string>();
  for (const { name, fallback } of places) {
    if (name === undefined || fallback === undefined || required.has(name) || optional.has(name)) continue;
    optional.set(name, fallback);
  }
  return {
    required: [...required].sort(),
    optional: Object.fromEntries([...optional].sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

/**
 * A template with its variables filled in. Each value stays what it is, one text: the document is taken apart first, and
 * a value with quotes, line ends, `: ` or `#` is quoted, so that it cannot add or change anything else. A value that
 * looks like a variable is not expanded again. A number or `true` in an unquoted place stays one.
 *
 * @throws `ERR_TEMPLATE_VARIABLE_MISSING` naming all that are missing, with their lines; `ERR_TEMPLATE_INVALID` where the
 *   text is no YAML, or a variable stands where no value can.
 *
 * @example
 * ```ts
 * import { applyVariables } from '@core/container';
 *
 * const template = 'hostname: ${NAME:-dev}\ncpus: ${CPUS}\n';
 * assert.equal(applyVariables(template, { CPUS: '2' }), 'hostname: dev\ncpus: 2\n');
 * const hostile = applyVariables(template, { CPUS: '2', NAME: 'a\nroot: true' });
 * assert.equal(hostile, 'hostname: "a\\nroot: true"\ncpus: 2\n');
 * ```
 */
export function applyVariables(
  content: string,
  vars: Readonly<Record<string, string>>,
  { raw = false }: ApplyOptions = {},
): string {
  checkText(content);
  checkVars(vars);
  if (raw === true) return replaced(content, placesIn(content), vars);
  const names = raw === false ? [] : raw;
  const rawPlaces = placesIn(content).filter(({ name }) => name !== undefined && names.includes(name));
  const text = rawPlaces.length === 0 ? content : replaced(content, rawPlaces, vars);
  assertAllThere(content, placesOutsideComments(content), vars);
  return fillYaml(text, vars);
}

function replaced(content: string, places: readonly Place[], vars: Readonly<Record<string, string>>): string {
  assertAllThere(content, places, vars);
  let [text, end] = ['', 0];
  for (const place of places) {
    text += content.slice(end, place.offset) + valueOf(place, vars);
    end = place.offset + place.text.length;
  }
  return text + content.slice(end);
}

/** A `#` at the beginning of a line is a comment but in a block of text, where it belongs to the text. */
function placesOutsideComments(content: string): Place[] {
  const places = placesIn(content);
  if (!content.includes('#') || places.length === 0) return places;
  const mark = unusedMark(content);
  let index = 0;
  const text = content.replaceAll(PLACE, () => `${mark}${String(index++)}x`);
  const comments = new Set<number>();
  for (const token of new Parser().parse(text)) {
    for (const comment of commentsOf(token)) {
      for (const [, at] of comment.matchAll(new RegExp(`${mark}(\\d+)x`, 'g'))) comments.add(Number(at));
    }
  }
  return places.filter((_, at) => !comments.has(at));
}

/** All comments in a token and below. */
function commentsOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const { type, source } = value as { readonly type?: unknown; readonly source?: unknown };
  if (type === 'comment' && typeof source === 'string') return [source];
  return Object.values(value).flatMap(commentsOf);
}

function assertAllThere(content: string, places: readonly Place[], vars: Readonly<Record<string, string>>): void {
  const lines = new Map<string, number[]>();
  for (const { name, fallback, offset } of places) {
    if (name === undefined || fallback !== undefined || Object.hasOwn(vars, name)) continue;
    lines.set(name, [...(lines.get(name) ?? []), lineAt(content, offset)]);
  }
  if (lines.size === 0) return;
  const told = [...lines].map(([name, at]) => `${name} (line ${[...new Set(at)].join(', ')})`).join(', ');
  throw new ContainerError(`Cannot fill in the template: it needs ${told}`, {
    code: 'ERR_TEMPLATE_VARIABLE_MISSING',
    op: 'template.apply',
    id: [...lines.keys()].join(', '),
    hint: 'Give a value for each, or write ${NAME:-default} in the template.',
  });
}

function checkText(content: unknown): void {
  if (typeof content !== 'string') throw new TypeError(`The template must be a text, not ${typeof content}`);
}

function checkVars(vars: unknown): void {
  if (typeof vars !== 'object' || vars === null) throw new TypeError('The variables must be an object of texts');
  for (const [name, value] of Object.entries(vars)) {
    if (typeof value !== 'string') throw new TypeError(`The variable ${name} must be a text, not ${typeof value}`);
  }
}
