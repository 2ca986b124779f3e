import type { Paint } from '../text/style.ts';
import { fit, widthOf } from '../text/width.ts';

/** A piece of a line without control characters, and its look. */
export type Part = readonly [text: string, paint?: Paint | undefined];

/** The parts side by side, cut at so many columns. */
export function lineOf(parts: readonly Part[], columns: number): string {
  let left = columns;
  let line = '';
  for (const [text, paint] of parts) {
    const fitted = fit(text, left);
    line += paint === undefined ? fitted : paint(fitted);
    left -= widthOf(fitted);
    if (fitted !== text) break;
  }
  return line;
}
