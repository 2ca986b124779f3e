import { isMap, isScalar, isSeq, type Node, type Scalar } from 'yaml';

import type { ConfigProblem } from './config-error.ts';
import { DEFINITION } from './definition.ts';
import { nearestWord } from './nearest.ts';
import type { AnyMapShape, AnyShape } from './shape.ts';

/** What is wrong, and what to do about it. */
export type Wording = Pick<ConfigProblem, 'reason' | 'remedy'>;

export const WANTED: Readonly<Record<AnyShape['kind'], string>> = {
  text: 'a text',
  flag: 'true or false',
  number: 'a number',
  list: 'a list',
  map: 'a map of keys',
};

export function remedyFor(shape: AnyShape, node: Node): string {
  const text = isScalar(node) ? sourceOf(node) : '';
  if (shape.kind === 'text') {
    const secret = shape.secret === true;
    return isScalar(node) && !secret
      ? `Put it in quotes: ${JSON.stringify(text)}.`
      : 'Write one text, in quotes if need be.';
  }
  if (shape.kind === 'flag') return 'Write true or false, without quotes.';
  if (shape.kind === 'number') return `Write ${shape.choices.join(' or ')}, without quotes.`;
  if (shape.kind === 'list') return isScalar(node) ? `Write a list: [${text}].` : 'Write a list: [one, two].';
  return `Write its keys below it, indented: ${Object.keys(shape.keys).join(', ')}.`;
}

export function unknownKey(name: string | undefined, shape: AnyMapShape, key: string): Wording {
  const where = key === '' ? '' : ` in ${key}`;
  if (name === undefined)
    return { reason: `a key${where} that is not a text`, remedy: 'Write a plain word as the key.' };
  const reason = `unknown key ${quote(name)}${where}`;
  if (name === '<<') return { reason, remedy: 'Merging maps is not supported: write the values out.' };
  const known = Object.entries(shape.keys).map(([property, part]) => part.spelled ?? property);
  const near = nearestWord(name, known);
  if (near !== undefined) return { reason, remedy: `The nearest known key is "${near}".` };
  const elsewhere = [...keysOf(DEFINITION, '')].find((path) => path.endsWith(`.${name}`));
  if (elsewhere !== undefined) return { reason, remedy: `Did you mean ${elsewhere}?` };
  return { reason, remedy: `Known keys are ${known.join(', ')}.` };
}

/** Every key of a map as a path: `archive.format`. */
function* keysOf(shape: AnyMapShape, above: string): Generator<string> {
  for (const [property, part] of Object.entries(shape.keys)) {
    const path = `${above}${part.spelled ?? property}`;
    yield path;
    if (part.kind === 'map') yield* keysOf(part, `${path}.`);
  }
}

export function kindOf(node: Node): string {
  if (isMap(node)) return 'a map';
  if (isSeq(node)) return 'a list';
  const value = isScalar(node) ? node.value : undefined;
  if (typeof value === 'string') return 'the text';
  if (typeof value === 'boolean') return 'the truth value';
  return typeof value === 'number' ? 'the number' : 'something else:';
}

/** A scalar as it is written, which for a number may be more than its value: `1.10`. */
export function sourceOf(node: Scalar): string {
  return node.source ?? String(node.value);
}

export function label(key: string): string {
  return key === '' ? 'the file' : key;
}

export function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}
