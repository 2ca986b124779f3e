import { FakeGitHubRefusal } from '../model/refusal.ts';
import type { Listed, Order } from './resolver.ts';

/** Which part of a list is asked for. */
export interface Bounds {
  readonly first?: number | undefined;
  readonly last?: number | undefined;
  readonly after?: string | undefined;
  readonly before?: string | undefined;
}

type Position = readonly [key: number, id: number];

const MARK = 'cursor:v2:';

/**
 * A part of a list, and where it lies in the whole. A cursor is a place in the order and not an index: what comes and
 * goes between two pages neither repeats nor hides anything else.
 */
export class Connection<Item extends Listed = Listed> {
  readonly totalCount: number;
  readonly nodes: readonly Item[];
  /** The list that this is a part of. */
  readonly all: readonly Item[];
  readonly #order: Order<Item>;
  readonly #from: number;
  readonly #to: number;

  constructor(items: readonly Item[], order: Order<Item>, { first, last, after, before }: Bounds) {
    this.#order = order;
    this.all = this.#isSorted(items) ? items : [...items].sort((a, b) => this.#compare(a, b));
    this.totalCount = items.length;
    const low = after === undefined ? 0 : this.#countUpTo(decode(after), true);
    const high = before === undefined ? this.all.length : this.#countUpTo(decode(before), false);
    this.#from = last === undefined ? low : Math.max(low, high - last);
    this.#to = first === undefined ? high : Math.min(high, low + first);
    this.nodes = this.all.slice(this.#from, this.#to);
  }

  get edges(): readonly { readonly node: Item; readonly cursor: string }[] {
    return this.nodes.map((node) => ({ node, cursor: this.#cursor(node) }));
  }

  get pageInfo(): Readonly<Record<string, unknown>> {
    const [start, end] = [this.nodes[0], this.nodes.at(-1)];
    return {
      startCursor: start === undefined ? null : this.#cursor(start),
      endCursor: end === undefined ? null : this.#cursor(end),
      hasPreviousPage: this.#from > 0,
      hasNextPage: this.#to < this.all.length,
    };
  }

  #isSorted(items: readonly Item[]): boolean {
    return items.every((item, at) => at === 0 || this.#compare(items[at - 1] ?? item, item) < 0);
  }

  #compare(a: Item, b: Item): number {
    return this.#against(a, this.#order.key(b), b.databaseId);
  }

  /** Less than 0 where an item lies before a place. */
  #against(item: Item, key: number, id: number): number {
    const order = this.#order.key(item) - key || item.databaseId - id;
    return this.#order.isDescending === true ? -order : order;
  }

  /** How many items lie before a place; that of the place itself, too, where it is `inclusive`. */
  #countUpTo([key, id]: Position, inclusive: boolean): number {
    return this.all.filter((item) => this.#against(item, key, id) < (inclusive ? 1 : 0)).length;
  }

  #cursor(item: Item): string {
    return Buffer.from(`${MARK}${String(this.#order.key(item))}:${String(item.databaseId)}`).toString('base64');
  }
}

function decode(cursor: string): Position {
  const text = Buffer.from(cursor, 'base64').toString();
  const [key, id] = text.startsWith(MARK) ? text.slice(MARK.length).split(':').map(Number) : [];
  if (Number.isFinite(key) && Number.isFinite(id)) return [Number(key), Number(id)];
  const message = `\`${cursor}\` does not appear to be a valid cursor.`;
  throw new FakeGitHubRefusal(message, { status: 422, type: 'INVALID_CURSOR_ARGUMENTS' });
}
