/**
 * The known word that `word` was probably meant to be; `undefined` where none is near.
 */
export function nearestWord(word: string, known: Iterable<string>): string | undefined {
  const limit = Math.max(2, Math.floor(word.length / 3));
  let best: string | undefined;
  let least = limit + 1;
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase(), limit);
    if (distance < least && distance < candidate.length) [best, least] = [candidate, distance];
  }
  return best;
}

/** Letters to insert, remove, replace or swap with their neighbour; anything over `limit` counts as `limit + 1`. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) row.push(nextCell(a, b, { i, j, row, above, before }));
    [before, above] = [above, row];
  }
  return above[b.length] ?? limit + 1;
}

interface Cell {
  readonly i: number;
  readonly j: number;
  readonly row: readonly number[];
  readonly above: readonly number[];
  readonly before: readonly number[];
}

function nextCell(a: string, b: string, { i, j, row, above, before }: Cell): number {
  const same = a[i - 1] === b[j - 1];
  const replaced = at(above, j - 1) + (same ? 0 : 1);
  const shifted = Math.min(at(row, j - 1), at(above, j)) + 1;
  const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
  return Math.min(replaced, shifted, swapped ? at(before, j - 2) + 1 : Infinity);
}

function at(cells: readonly number[], index: number): number {
  return cells[index] ?? Infinity;
}
