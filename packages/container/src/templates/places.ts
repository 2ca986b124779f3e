/** `$${` is `${`; `${NAME}` and `${NAME:-default}` are variables. Anything else, such as `${a%b}`, is text. */
export const PLACE: RegExp = /\$\$\{|\$\{([A-Za-z_]\w*)(?::-([^}\n]*))?\}/g;

/** Where a variable, or the escape, stands. */
export interface Place {
  readonly text: string;
  readonly offset: number;
  /** `undefined` for the escape. */
  readonly name: string | undefined;
  readonly fallback: string | undefined;
}

/** All places, in their order. */
export function placesIn(content: string): Place[] {
  return [...content.matchAll(PLACE)].map((match) => {
    const [text, name, fallback] = match as unknown as [string, string | undefined, string | undefined];
    return { text, name, fallback, offset: match.index };
  });
}

/** What goes into a place: the value, or else the default; `${` for the escape. */
export function valueOf({ name, fallback = '' }: Place, vars: Readonly<Record<string, string>>): string {
  if (name === undefined) return '${';
  return Object.hasOwn(vars, name) ? (vars[name] ?? '') : fallback;
}

/** A word that does not stand in the text. */
export function unusedMark(content: string): string {
  let mark = 'vx';
  while (content.includes(mark)) mark += 'z';
  return mark;
}

/** The line of an offset; the first is 1. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
