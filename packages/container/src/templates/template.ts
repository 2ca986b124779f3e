/** A template for an image. */
export interface Template {
  readonly name: string;
  /** Its first comment line. */
  readonly description: string;
  /** Where it was found; `undefined` for a built-in one. */
  readonly path?: string | undefined;
  /** It comes with this package. */
  readonly builtIn: boolean;
  readonly content: string;
}

/** What a template says of itself: its first line that is a comment, without `#`. */
export function descriptionOf(content: string): string {
  const line = content.split(/\r?\n/).find((text) => /^\s*#/.test(text)) ?? '';
  return line.replace(/^\s*#+!?\s*/, '').trim();
}
