import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml';

import type { BuildConfig } from './build-config.ts';
import type { ConfigProblem } from './config-error.ts';
import { DEFINITION } from './definition.ts';
import { nearestWord } from './nearest.ts';
import { MAX_PROBLEMS, type YamlSource } from './parse-yaml.ts';
import {
  type AnyListShape,
  type AnyMapShape,
  type AnyShape,
  defaultOf,
  type Environment,
  expandVariables,
  type NumberShape,
  type TextShape,
} from './shape.ts';
import { kindOf, label, quote, remedyFor, sourceOf, unknownKey, WANTED, type Wording } from './wording.ts';

/** More than this many aliases are a bomb. */
const MAX_ALIASES = 100;

const ALIAS_BOMB = {
  reason: `more than ${String(MAX_ALIASES)} aliases`,
  remedy: 'Write the values out where they are needed.',
};

/** No system takes it in a name, an argument or a variable. */
const NUL = { remedy: 'Take the NUL character out.' };

/** A value that is not there: its default is taken. */
const ABSENT = Symbol('absent');

/** What a file says, and what is wrong with it; with problems, `config` is not to be used. */
export interface Validated {
  readonly config: BuildConfig;
  /** The parts that are written out, whatever their values: `targets`. */
  readonly written: ReadonlySet<string>;
  readonly problems: readonly ConfigProblem[];
}

/** Holds a parsed file against the definition. */
export function validate(source: YamlSource, env: Environment): Validated {
  const { contents } = source.document;
  const reader = new ConfigReader(source, env);
  // an empty file, one of comments only, and `~`
  const empty = contents === null || (isScalar(contents) && contents.value === null);
  const config = empty ? defaultOf(DEFINITION, env) : reader.read(contents, { shape: DEFINITION, key: '' });
  return { config: config as BuildConfig, written: keysOf(contents), problems: reader.problems };
}

function keysOf(contents: Node | null): Set<string> {
  const pairs = isMap(contents) ? contents.items : [];
  return new Set(pairs.flatMap(({ key }) => (isScalar(key) ? [String(key.value)] : [])));
}

/** The part of the definition that a node is held against. */
interface Place<Shape extends AnyShape = AnyShape> {
  readonly shape: Shape;
  /** `archive.format`, `targets[0]`; `''` for the whole. */
  readonly key: string;
  /** Where the key itself stands, for a value that is missing. */
  readonly offset?: number;
}

class ConfigReader {
  readonly problems: ConfigProblem[] = [];
  readonly #source: YamlSource;
  readonly #env: Environment;
  #aliases = 0;

  constructor(source: YamlSource, env: Environment) {
    this.#source = source;
    this.#env = env;
  }

  read(node: Node | null, place: Place): unknown {
    if (isAlias(node)) return this.#readAlias(node, place);
    const value = this.#readPresent(node, place);
    return value === ABSENT ? defaultOf(place.shape, this.#env) : value;
  }

  #readAlias(node: Node, place: Place): unknown {
    this.#aliases += 1;
    if (this.#aliases > MAX_ALIASES) {
      if (this.#aliases === MAX_ALIASES + 1) this.#report(node, place, ALIAS_BOMB);
      return undefined;
    }
    const target = isAlias(node) ? node.resolve(this.#source.document) : undefined;
    if (target !== undefined) return this.read(target, place);
    return this.#report(node, place, {
      reason: `${label(place.key)} is an alias of nothing`,
      remedy: 'Name an anchor.',
    });
  }

  #readPresent(node: Node | null, place: Place): unknown {
    if (node === null || (isScalar(node) && node.value === null)) {
      const remedy = 'Give it a value, or take the key out to get the default.';
      return this.#report(null, place, { reason: `${label(place.key)} has no value`, remedy });
    }
    const { shape } = place;
    if (shape.kind === 'map')
      return isMap(node) ? this.#readMap(node, { ...place, shape }) : this.#wrongType(node, place);
    if (shape.kind === 'list')
      return isSeq(node) ? this.#readList(node, { ...place, shape }) : this.#wrongType(node, place);
    return isScalar(node) ? this.#readScalar(node, place) : this.#wrongType(node, place);
  }

  #readMap(node: YAMLMap, { shape, key }: Place<AnyMapShape>): unknown {
    const result = defaultOf(shape, this.#env) as Record<string, unknown>;
    const seen = new Map<string, number>();
    for (const pair of node.items as Pair<Node | null, Node | null>[]) {
      const found = this.#findKey(pair, { shape, key }, seen);
      if (found !== undefined) result[found.property] = this.read(pair.value, found.place);
    }
    for (const name of shape.required ?? []) {
      if (seen.has(name)) continue;
      this.#report(node, { shape, key }, { reason: `${label(key)} has no "${name}"`, remedy: `Add the key ${name}.` });
    }
    return result;
  }

  /** The part of the definition that a key of a map stands for, unless it is no key or there twice. */
  #findKey(
    pair: Pair<Node | null, Node | null>,
    { shape, key }: Place<AnyMapShape>,
    seen: Map<string, number>,
  ): { property: string; place: Place } | undefined {
    const node = pair.key;
    const name = isScalar(node) ? String(node.value) : undefined;
    const entry = Object.entries(shape.keys).find(([property, part]) => (part.spelled ?? property) === name);
    if (name === undefined || entry === undefined) {
      if (!this.#isFull) this.#report(node, { shape, key }, unknownKey(name, shape, key));
      return undefined;
    }
    const offset = node?.range?.[0] ?? 0;
    const place = { shape: entry[1], key: key === '' ? name : `${key}.${name}`, offset };
    const first = seen.get(name);
    seen.set(name, first ?? this.#source.lines.linePos(offset).line);
    if (first === undefined) return { property: entry[0], place };
    const reason = `${label(place.key)} is there twice; the first is on line ${String(first)}`;
    this.#report(node, place, { reason, remedy: 'Keep one of them.' });
    return undefined;
  }

  #readList(node: YAMLSeq, { shape, key }: Place<AnyListShape>): unknown {
    const seen = new Set<string>();
    return (node.items as (Node | null)[]).map((item, index) => {
      const place = { shape: shape.of, key: `${key}[${String(index)}]`, offset: node.range?.[0] ?? 0 };
      const value = this.read(item, place);
      const text = JSON.stringify(value);
      if (shape.unique === true && seen.has(text)) {
        this.#report(item, place, { reason: `${label(place.key)} is there twice`, remedy: 'Keep one of them.' });
      }
      seen.add(text);
      return value;
    });
  }

  #readScalar(node: Scalar, place: Place): unknown {
    const { shape } = place;
    const { value } = node;
    if (shape.kind === 'text' && typeof value === 'string') return this.#readText(node, value, { ...place, shape });
    if (shape.kind === 'flag' && typeof value === 'boolean') return value;
    if (shape.kind === 'number' && typeof value === 'number') return this.#readNumber(node, value, { ...place, shape });
    return this.#wrongType(node, place);
  }

  #readText(node: Scalar, text: string, place: Place<TextShape>): unknown {
    const { choices, rule, expand, secret } = place.shape;
    const shown = secret === true ? '(hidden)' : quote(text);
    if (text.includes('\0')) return this.#report(node, place, { reason: `${label(place.key)} is ${shown}`, ...NUL });
    if (choices !== undefined && !choices.includes(text)) {
      const near = nearestWord(text, choices);
      const remedy = near === undefined ? 'Take one of them.' : `The nearest is ${near}.`;
      return this.#report(node, place, {
        reason: `${label(place.key)} is ${shown}, none of ${choices.join(', ')}`,
        remedy,
      });
    }
    if (rule !== undefined && !rule.pattern.test(text)) {
      return this.#report(node, place, {
        reason: `${label(place.key)} is ${shown}`,
        remedy: `It must be ${rule.wanted}.`,
      });
    }
    if (expand !== true) return text;
    const expanded = expandVariables(text, this.#env);
    return expanded === '' ? undefined : expanded;
  }

  #readNumber(node: Scalar, value: number, place: Place<NumberShape>): unknown {
    const { choices } = place.shape;
    if (choices.includes(value)) return value;
    const known = choices.join(', ');
    const reason = `${label(place.key)} is ${String(value)}, none of ${known}`;
    return this.#report(node, place, { reason, remedy: `Write ${known}.` });
  }

  #wrongType(node: Node, place: Place): unknown {
    const { shape, key } = place;
    const secret = shape.kind === 'text' && shape.secret === true;
    const shown = isScalar(node) && !secret ? ` ${quote(sourceOf(node))}` : '';
    const reason = `${label(key)} is ${kindOf(node)}${shown}, not ${WANTED[shape.kind]}`;
    return this.#report(node, place, { reason, remedy: remedyFor(shape, node) });
  }

  get #isFull(): boolean {
    return this.problems.length >= MAX_PROBLEMS;
  }

  #report(node: Node | null, place: Place, what: Wording): typeof ABSENT {
    if (this.#isFull) return ABSENT;
    const { line, col } = this.#source.lines.linePos(node?.range?.[0] ?? place.offset ?? 0);
    this.problems.push({ line, column: col, ...(place.key === '' ? {} : { key: place.key }), ...what });
    return ABSENT;
  }
}
