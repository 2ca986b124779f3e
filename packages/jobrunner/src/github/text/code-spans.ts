/** The line with its code spans blanked: a run of backticks up to the next run of the same length. */
export function blankCodeSpans(line: string): string {
  return line.replace(/(?<![\\`])(`+)(?!`)(.*?[^`])\1(?!`)/g, (span) => ' '.repeat(span.length));
}
