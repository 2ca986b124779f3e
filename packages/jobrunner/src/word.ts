/** Needs no escape in JSON, in a path or in a query. */
const WORD = /^[\w.:/@ -]{1,100}$/;

/** What names of sources, handlers and actions are made of, in words. */
export const WORD_GRAMMAR: string = '1 to 100 letters, digits and . _ : / @ -';

/** Whether it is a name that the journal keeps. */
export function isWord(value: unknown): value is string {
  return typeof value === 'string' && WORD.test(value);
}
