import stringWidth from 'string-width';

const PRINTABLE_ASCII = /^[ -~]*$/;
const clusters = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** How many columns of a terminal a text takes that holds no control characters. */
export function widthOf(text: string): number {
  return PRINTABLE_ASCII.test(text) ? text.length : stringWidth(text);
}

/** The text, or as much of its beginning as leaves room for a `…`, so that it takes no more than `columns`. */
export function fit(text: string, columns: number): string {
  if (columns <= 0) return '';
  if (text.length <= columns && PRINTABLE_ASCII.test(text)) return text;
  let width = 0;
  let kept = 0; // how much fits beside the `…`
  for (const { segment, index } of clusters.segment(text)) {
    width += widthOf(segment);
    if (width > columns) return `${text.slice(0, kept)}…`;
    if (width < columns) kept = index + segment.length;
  }
  return text;
}

/** The text with spaces after it to so many columns; cut where it is longer. */
export function padTo(text: string, columns: number): string {
  const fitted = fit(text, columns);
  return fitted + ' '.repeat(Math.max(0, columns - widthOf(fitted)));
}

/** How many columns the widest of many texts takes, but no more than `most`. */
export function widest(texts: readonly string[], most: number): number {
  return Math.min(
    most,
    texts.reduce((width, text) => Math.max(width, widthOf(text)), 0),
  );
}
