const TAB = 4;

/** The column that a text ends in which begins in the given one; a tab goes to the next multiple of four. */
export function columnAfter(text: string, column = 0): number {
  let columns = column;
  for (const sign of text) columns += sign === '\t' ? TAB - (columns % TAB) : 1;
  return columns;
}

/** How many blanks and tabs a text has from there on. */
export function blanksAt(text: string, at: number): number {
  let end = at;
  while (text[end] === ' ' || text[end] === '\t') end += 1;
  return end - at;
}
