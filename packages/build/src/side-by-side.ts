/** What a list of works came to: in the order of the list, with a gap for each that failed or did not begin. */
export interface Outcome<T> {
  readonly results: readonly (T | undefined)[];
  /** Of the first that failed, in the order of the list. */
  readonly failure?: { readonly error: unknown };
}

/**
 * Does `work` for every item, `most` at a time, in the order of the list. After a failure nothing new begins; what
 * runs is waited for.
 */
export async function sideBySide<I, T>(
  items: readonly I[],
  most: number,
  work: (item: I) => Promise<T>,
): Promise<Outcome<T>> {
  const results: (T | undefined)[] = items.map(() => undefined);
  const failures = new Map<number, unknown>();
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length && failures.size === 0) {
      const index = next++;
      try {
        results[index] = await work(items[index] as I);
      } catch (error) {
        failures.set(index, error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, lane));
  if (failures.size === 0) return { results };
  return { results, failure: { error: failures.get(Math.min(...failures.keys())) } };
}
