/** What every part of a configuration says of itself. */
interface Described {
  /** One sentence, for editors and the README. */
  readonly doc: string;
  /** The key in the file where it is not the property's name. */
  readonly spelled?: string;
}

/** A rule of a text: what a value must look like, and how that is said. */
export interface TextRule {
  readonly pattern: RegExp;
  readonly wanted: string;
}

export interface TextShape extends Described {
  readonly kind: 'text';
  readonly default?: string;
  readonly choices?: readonly string[];
  readonly rule?: TextRule;
  /** `$VAR` and `${VAR}` stand for variables of the environment. */
  readonly expand?: boolean;
  /** The value must not be shown. */
  readonly secret?: boolean;
}

interface FlagShape extends Described {
  readonly kind: 'flag';
  readonly default: boolean;
}

export interface NumberShape extends Described {
  readonly kind: 'number';
  readonly choices: readonly number[];
  readonly default: number;
}

/** A list without `default` is absent where it is not written. */
export interface ListShape<Item> extends Described {
  readonly kind: 'list';
  readonly of: ShapeOf<Item>;
  readonly default?: readonly Item[];
  readonly unique?: boolean;
}

/** A map with known keys. Those that are `required` have no default. */
export interface MapShape<T> extends Described {
  readonly kind: 'map';
  readonly keys: { readonly [K in keyof T]-?: ShapeOf<NonNullable<T[K]>> };
  readonly required?: readonly (keyof T & string)[];
}

/** The description that a type of the configuration needs: one for each of its properties, of the right kind. */
export type ShapeOf<T> = [T] extends [string]
  ? TextShape
  : [T] extends [boolean]
    ? FlagShape
    : [T] extends [number]
      ? NumberShape
      : T extends readonly (infer Item)[]
        ? ListShape<Item>
        : MapShape<T>;

/** A description as those see it who walk over all of it. */
export type AnyShape = TextShape | FlagShape | NumberShape | AnyListShape | AnyMapShape;

export interface AnyListShape extends Described {
  readonly kind: 'list';
  readonly of: AnyShape;
  readonly default?: readonly unknown[];
  readonly unique?: boolean;
}

export interface AnyMapShape extends Described {
  readonly kind: 'map';
  readonly keys: Readonly<Record<string, AnyShape>>;
  readonly required?: readonly string[];
}

/** Variables that `$VAR` may stand for. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Puts variables in; one that is not set is nothing. */
export function expandVariables(text: string, env: Environment): string {
  return text.replace(/\$(?:\{(\w+)\}|(\w+))/g, (_, braced?: string, bare?: string) => env[braced ?? bare ?? ''] ?? '');
}

/** What a part is where it is not written; `undefined` for what is then absent. */
export function defaultOf(shape: AnyShape, env: Environment): unknown {
  if (shape.kind === 'map') return defaultsOf(shape, env);
  if (shape.kind === 'list') return shape.default?.map((item) => structuredClone(item));
  if (shape.kind !== 'text' || shape.expand !== true) return shape.default;
  const text = expandVariables(shape.default ?? '', env);
  return text === '' ? undefined : text;
}

function defaultsOf(shape: AnyMapShape, env: Environment): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(shape.keys).flatMap(([key, part]) => {
      const value = defaultOf(part, env);
      return value === undefined ? [] : [[key, value]];
    }),
  );
}
