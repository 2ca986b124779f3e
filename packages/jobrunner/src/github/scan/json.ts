/** An object of an answer. */
export type Json = Readonly<Record<string, unknown>>;

/** A page of a connection. */
export interface Page {
  readonly nodes: readonly Json[];
  readonly totalCount: number | undefined;
  /** Where the next page begins. */
  readonly next: string | undefined;
}

/** An answer that is not what GitHub's schema promises. */
export class UnexpectedAnswer extends Error {
  constructor(what: string) {
    super(`GitHub's answer lacks ${what}`);
  }
}

export function objectAt(parent: Json, key: string): Json {
  const value = parent[key];
  if (typeof value !== 'object' || value === null) throw new UnexpectedAnswer(key);
  return value as Json;
}

/** `undefined` for null. */
export function maybeObjectAt(parent: Json, key: string): Json | undefined {
  return parent[key] === null || parent[key] === undefined ? undefined : objectAt(parent, key);
}

export function numberAt(parent: Json, key: string): number {
  const value = parent[key];
  if (typeof value !== 'number') throw new UnexpectedAnswer(key);
  return value;
}

export function textAt(parent: Json, key: string): string {
  const value = parent[key];
  if (typeof value !== 'string') throw new UnexpectedAnswer(key);
  return value;
}

/** One of the given words; another one is of a GitHub of tomorrow. */
export function wordAt<T extends string>(parent: Json, key: string, words: readonly T[]): T {
  const found = words.find((word) => word === parent[key]);
  if (found === undefined) throw new UnexpectedAnswer(`a known ${key}`);
  return found;
}

/** `undefined` for null, and for what is no date. */
export function dateAt(parent: Json | undefined, key: string): Date | undefined {
  const value = parent?.[key];
  const date = new Date(typeof value === 'string' ? value : Number.NaN);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** A page of a connection that GitHub's schema lets be null, where there is nothing in it. */
export function maybePageAt(parent: Json, key: string): Page {
  return parent[key] === null ? { nodes: [], totalCount: 0, next: undefined } : pageAt(parent, key);
}

/** A page; a record that may not be seen is null, and left out. The list of an empty page may be null. */
export function pageAt(parent: Json, key: string): Page {
  const page = objectAt(parent, key);
  const { pageInfo, totalCount } = page;
  const nodes = page['nodes'] === null && (totalCount ?? 0) === 0 ? [] : page['nodes'];
  if (!Array.isArray(nodes)) throw new UnexpectedAnswer(`the records of ${key}`);
  const { hasNextPage, endCursor } = (pageInfo ?? {}) as Json;
  if (hasNextPage === true && typeof endCursor !== 'string') throw new UnexpectedAnswer(`the end of ${key}`);
  return {
    nodes: nodes.filter((node): node is Json => typeof node === 'object' && node !== null),
    totalCount: typeof totalCount === 'number' ? totalCount : undefined,
    next: hasNextPage === true ? String(endCursor) : undefined,
  };
}
