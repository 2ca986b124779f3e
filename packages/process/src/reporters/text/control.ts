/** Of a terminal's control sequences those that only change how the text after them looks. */
const LOOK = /^(?:\u001b\[|\u009b)([0-9;:]*)m$/;

/**
 * Everything in a line that a terminal does not show as it is: strings such as titles and links (they reach to their
 * end, or to the end of the line), control sequences also where they are cut off, other escapes, control characters but
 * the tab. ECMA-48, with the eight-bit forms.
 */
const CONTROL = new RegExp(
  [
    '(?:\\u001b[\\]PX^_]|[\\u0090\\u0098\\u009d-\\u009f])[^\\u0007\\u001b\\u009c]*(?:\\u0007|\\u001b\\\\|\\u009c)?',
    '(?:\\u001b\\[|\\u009b)[0-?]*[ -/]*[@-~]?',
    '\\u001b[ -/]*[0-~]?',
    '[\\u0000-\\u0008\\u000a-\\u001f\\u007f-\\u009f\\u2028\\u2029]',
    '[\\u202a-\\u202e\\u2066-\\u2069]', // what turns the direction of the text after it
  ].join('|'),
  'g',
);

/** The parameters of a sequence that changes the look, `undefined` for every other sequence. */
function lookOf(sequence: string): string | undefined {
  return LOOK.exec(sequence)?.[1];
}

/** Whether there can be anything to take out: most lines are plain, and need no more than this. */
function isPlain(text: string): boolean {
  return !/[^\t -~\u00a0-\u2027\u2030-\u2065\u2070-\uffff]/.test(text);
}

/** What a line that was overwritten with `\r` shows in the end. */
function lastWritten(line: string): string {
  if (!line.includes('\r')) return line;
  return line.split('\r').findLast((part) => part !== '') ?? '';
}

/** A text as one line without anything that acts on a terminal; a tab is a space. */
export function plainLine(text: string): string {
  const line = text.replaceAll(/\r?\n|\t/g, ' ');
  return isPlain(line) ? line : lastWritten(line).replaceAll(CONTROL, '');
}

/** A longer list of looks that add up is one that never ends. */
const LONGEST_LOOK = 96;

/**
 * Makes the lines of one writer harmless to the lines of others: nothing moves, clears or renames. With `colors` its
 * colours stay, are reset at the end of each line, and go on in the next.
 */
export class LineCleaner {
  readonly #colors: boolean;
  /** The sequences that are in force. */
  #look = '';

  constructor(colors: boolean) {
    this.#colors = colors;
  }

  clean(line: string): string {
    if (this.#look === '' && isPlain(line)) return line;
    if (!this.#colors) return lastWritten(line).replaceAll(CONTROL, '');
    const before = this.#look;
    let colored = before !== '';
    const text = lastWritten(line).replaceAll(CONTROL, (sequence) => {
      const look = lookOf(sequence);
      if (look === undefined) return '';
      colored = true;
      return this.#apply(look);
    });
    return colored ? `${before}${text}\u001b[0m` : text;
  }

  #apply(look: string): string {
    const sequence = `\u001b[${look}m`;
    if (/^0*$/.test(look)) this.#look = '';
    else if (/^0+;/.test(look) || this.#look.length + sequence.length > LONGEST_LOOK) this.#look = sequence;
    else this.#look += sequence;
    if (this.#look.length > LONGEST_LOOK) this.#look = '';
    return sequence;
  }
}
