import type { JournalLine } from './journal-entry.ts';

/** Two runs of lines, each by its time, as one; of equal times the first run's come first. */
export async function* inOrderOfTime(
  first: AsyncIterable<JournalLine>,
  second: AsyncIterable<JournalLine>,
): AsyncGenerator<JournalLine> {
  const [a, b] = [first[Symbol.asyncIterator](), second[Symbol.asyncIterator]()];
  try {
    let [left, right] = [await a.next(), await b.next()];
    while (left.done !== true || right.done !== true) {
      if (left.done !== true && (right.done === true || left.value.ts <= right.value.ts)) {
        yield left.value;
        left = await a.next();
      } else if (right.done !== true) {
        yield right.value;
        right = await b.next();
      }
    }
  } finally {
    await Promise.all([a.return?.(), b.return?.()]);
  }
}
