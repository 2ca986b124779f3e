/** The known name that `name` was probably meant to be; `undefined` where none is near. */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  const limit = Math.max(2, Math.floor(name.length / 3));
  const meant = name.toLowerCase();
  let best: string | undefined;
  let least = limit + 1;
  for (const candidate of known) {
    const distance = editDistance(meant, candidate.toLowerCase(), least - 1);
    if (distance < least && distance < candidate.length) [best, least] = [candidate, distance];
  }
  return best;
}

/**
 * How many letters have to be inserted, removed, replaced or swapped with their neighbour; more than `limit` are told
 * as `limit + 1`, without counting on.
 */
export function editDistance(a: string, b: string, limit: number = Math.max(a.length, b.length)): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before = new Uint32Array(0);
  let above = Uint32Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const cells = new Uint32Array(b.length + 1);
    cells[0] = row;
    let least = row;
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      let cost = at(above, column - 1) + (same ? 0 : 1);
      cost = Math.min(cost, at(cells, column - 1) + 1, at(above, column) + 1);
      if (isSwap(a, b, row, column)) cost = Math.min(cost, at(before, column - 2) + 1);
      cells[column] = cost;
      least = Math.min(least, cost);
    }
    if (least > limit && minimum(above) > limit) return limit + 1; // a swap looks back over two rows
    [before, above] = [above, cells];
  }
  return Math.min(at(above, b.length), limit + 1);
}

function isSwap(a: string, b: string, row: number, column: number): boolean {
  return row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
}

function minimum(cells: Uint32Array): number {
  return cells.reduce((least, cell) => Math.min(least, cell), Infinity);
}

function at(cells: Uint32Array, column: number): number {
  return cells[column] ?? Infinity;
}
