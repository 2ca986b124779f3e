import { types } from 'node:util';

import { describe } from './describe.ts';

/** Turns a value into what JSON can hold, and back. */
export interface Codec<T> {
  /** Does not complain about a wrong value: `decode` refuses what it makes of it. */
  encode(value: T): unknown;
  /** @throws {@link Misfit} that says which key is wrong. */
  decode(json: unknown): T;
}

/** How an object is stored: each property under a key of its own. */
export type Shape<T> = { readonly [K in keyof T]-?: readonly [key: string, codec: Codec<T[K]>] };

/** A value that is not what it should be. */
export class Misfit extends Error {
  readonly #wanted: string;
  readonly #keys: readonly string[];
  readonly #names: readonly string[];

  /** `keys` lead to the value in the JSON, `names` in the object. */
  constructor(wanted: string, keys: readonly string[] = [], names: readonly string[] = []) {
    super(`${keys.length === 0 ? 'it' : keys.join('.')} must be ${wanted}`);
    this.#wanted = wanted;
    this.#keys = keys;
    this.#names = names;
  }

  /** The same, told from the object around it. */
  under(key: string, name: string): Misfit {
    return new Misfit(this.#wanted, [key, ...this.#keys], [name, ...this.#names]);
  }

  /** For whoever passed the object. */
  as(argument: string): TypeError {
    return new TypeError(`${[argument, ...this.#names].join('.')} must be ${this.#wanted}`);
  }
}

/** A value that passes a test as it is. */
function plain<T>(wanted: string, fits: (json: unknown) => json is T): Codec<T> {
  return {
    encode: (value) => value,
    decode: (json) => {
      if (fits(json)) return json;
      throw new Misfit(`${wanted}, not ${describe(json)}`);
    },
  };
}

/** Text without NUL. */
export const text: Codec<string> = plain(
  'text',
  (json): json is string => typeof json === 'string' && !json.includes('\0'),
);

export const flag: Codec<boolean> = plain('true or false', (json): json is boolean => typeof json === 'boolean');

/** Text of a certain form. */
export function matching(wanted: string, pattern: RegExp): Codec<string> {
  return plain(wanted, (json): json is string => typeof json === 'string' && pattern.test(json));
}

export function whole(least: number, most: number = Number.MAX_SAFE_INTEGER): Codec<number> {
  const wanted = `a whole number from ${String(least)}${most === Number.MAX_SAFE_INTEGER ? '' : ` to ${String(most)}`}`;
  return plain(
    wanted,
    (json): json is number => Number.isSafeInteger(json) && Number(json) >= least && Number(json) <= most,
  );
}

export function oneOf<const T extends string>(...words: readonly T[]): Codec<T> {
  const wanted = words.map((word) => JSON.stringify(word)).join(' or ');
  return plain(wanted, (json): json is T => words.some((word) => word === json));
}

/** A moment, as text of ISO 8601. */
export const moment: Codec<Date> = {
  encode: (value) => (types.isDate(value) && !Number.isNaN(value.getTime()) ? value.toISOString() : value),
  decode: (json) => {
    const date = new Date(typeof json === 'string' ? json : Number.NaN);
    if (!Number.isNaN(date.getTime())) return date;
    throw new Misfit(`a date as ISO 8601 writes it, not ${describe(json)}`);
  },
};

/** The key may be missing. */
export function optional<T>(codec: Codec<T>): Codec<T | undefined> {
  return {
    encode: (value) => (value === undefined ? undefined : codec.encode(value)),
    decode: (json) => (json === undefined ? undefined : codec.decode(json)),
  };
}

export function listOf<T>(codec: Codec<T>): Codec<readonly T[]> {
  return {
    encode: (values) => (Array.isArray(values) ? values.map((value: T) => codec.encode(value)) : values),
    decode: (json) => {
      if (!Array.isArray(json)) throw new Misfit(`a list, not ${describe(json)}`);
      return json.map((value, index) => inside(String(index), String(index), () => codec.decode(value)));
    },
  };
}

/** An object of known keys. Others are passed over. */
export function object<T extends object>(shape: Shape<T>): Codec<T> {
  const fields = Object.entries(shape) as [name: string, field: readonly [key: string, codec: Codec<unknown>]][];
  return {
    encode: (value) => {
      if (!isObject(value)) return value;
      return Object.fromEntries(fields.map(([name, [key, codec]]) => [key, codec.encode(value[name])]));
    },
    decode: (json) => {
      if (!isObject(json)) throw new Misfit(`an object, not ${describe(json)}`);
      const pairs = fields.map(([name, [key, codec]]) => [name, inside(key, name, () => codec.decode(json[key]))]);
      return Object.fromEntries(pairs.filter(([, value]) => value !== undefined)) as T;
    },
  };
}

/** Numbers by number, with the numbers of JSON's keys. */
export function numberMap(keyed: Codec<number>, valued: Codec<number>): Codec<Readonly<Record<number, number>>> {
  return {
    encode: (value) => (isObject(value) ? { ...value } : value),
    decode: (json) => {
      if (!isObject(json)) throw new Misfit(`an object, not ${describe(json)}`);
      const pairs = Object.entries(json).map(([key, value]) =>
        inside(key, key, () => [keyed.decode(/^\d+$/.test(key) ? Number(key) : key), valued.decode(value)]),
      );
      return Object.fromEntries(pairs) as Record<number, number>;
    },
  };
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function inside<T>(key: string, name: string, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    throw error instanceof Misfit ? error.under(key, name) : error;
  }
}
