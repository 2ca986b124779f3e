/** So much of each resource, by name. */
export type Amounts = Readonly<Record<string, number>>;

/** What there is of each resource, and what of it is free. */
export class ResourcePool {
  readonly #total: ReadonlyMap<string, number>;
  readonly #free: Map<string, number>;

  constructor(total: Amounts = {}) {
    this.#total = new Map(Object.entries(total));
    this.#free = new Map(this.#total);
  }

  /** The first resource of which there is less than is wanted, however much is free now. */
  lacking(wanted: Amounts): { readonly resource: string; readonly wanted: number; readonly total: number } | undefined {
    for (const [resource, amount] of Object.entries(wanted)) {
      const total = this.#total.get(resource) ?? 0;
      if (amount > total) return { resource, wanted: amount, total };
    }
    return undefined;
  }

  /** Whether all of it is free now. */
  has(wanted: Amounts): boolean {
    return Object.entries(wanted).every(([resource, amount]) => amount <= (this.#free.get(resource) ?? 0));
  }

  take(wanted: Amounts): void {
    this.#add(wanted, -1);
  }

  giveBack(taken: Amounts): void {
    this.#add(taken, 1);
  }

  #add(amounts: Amounts, sign: 1 | -1): void {
    for (const [resource, amount] of Object.entries(amounts)) {
      this.#free.set(resource, (this.#free.get(resource) ?? 0) + sign * amount);
    }
  }
}
