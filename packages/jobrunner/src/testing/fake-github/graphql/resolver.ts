import { Connection } from './connection.ts';
import type { GraphqlContext } from './load.ts';

/** Arguments of a field, or the input of a mutation. */
export type Args = Readonly<Record<string, unknown>>;

/** A field that takes arguments: those that it names, and no others. */
export interface FieldWithArgs<Source> {
  readonly args: readonly string[];
  resolve(source: Source, args: Args, context: GraphqlContext): unknown;
}

/** How a field gets its value. */
export type FieldResolver<Source> = ((source: Source, context: GraphqlContext) => unknown) | FieldWithArgs<Source>;

/** The fields of a type. */
export type TypeResolvers<Source> = Readonly<Record<string, FieldResolver<Source>>>;

/** A part of GitHub's schema that the fake knows nothing about: it says so rather than answer null. */
export class NotImplemented extends Error {
  override readonly name = 'NotImplemented';
  readonly type = 'FAKE_GITHUB_NOT_IMPLEMENTED';

  constructor(what: string) {
    super(`The fake GitHub does not implement ${what}`);
  }
}

/** A value that is its fields: a payload, a page's info. */
export class Data {
  readonly fields: Args;
  /** Its type, where it stands for an interface or a union. */
  readonly type: string | undefined;

  constructor(fields: Args, type?: string) {
    this.fields = fields;
    this.type = type;
  }
}

/** Something with an id that grows. */
export interface Listed {
  readonly databaseId: number;
}

/** How the items of a connection are ordered: by this number, and those of the same number by their age. */
export interface Order<Item> {
  readonly key: (item: Item) => number;
  readonly isDescending?: boolean;
}

interface ListSpec<Source, Item extends Listed> {
  /** Arguments beside those of paging. */
  readonly args?: readonly string[];
  items(source: Source, args: Args, context: GraphqlContext): readonly Item[];
  /** By age unless it is given. */
  order?(args: Args): Order<Item>;
}

const PAGING = ['first', 'last', 'after', 'before'] as const;

/** A field that is a connection. */
export function list<Source, Item extends Listed>(spec: ListSpec<Source, Item>): FieldWithArgs<Source> {
  const byAge: Order<Item> = { key: ({ databaseId }) => databaseId };
  return {
    args: [...PAGING, ...(spec.args ?? [])],
    resolve: (source, args, context) =>
      new Connection(spec.items(source, args, context), spec.order?.(args) ?? byAge, {
        first: number(args, 'first'),
        last: number(args, 'last'),
        after: text(args, 'after'),
        before: text(args, 'before'),
      }),
  };
}

/** A value that is the same for everything. */
export function always(value: unknown): () => unknown {
  return () => value;
}

/** Texts of an argument that is a list, where it is given. */
export function texts(args: Args, name: string): readonly string[] | undefined {
  return (args[name] ?? undefined) as readonly string[] | undefined;
}

/** Text of an argument, where it is given. */
export function text(args: Args, name: string): string | undefined {
  return (args[name] ?? undefined) as string | undefined;
}

function number(args: Args, name: string): number | undefined {
  return (args[name] ?? undefined) as number | undefined;
}
