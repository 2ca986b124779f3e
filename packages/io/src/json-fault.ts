const SPACE = ' \t\r\n';
const ESCAPED = '"\\/bfnrt';
/** The longest beginning of a number, and a whole one. */
const NUMBER_BEGIN = /-?(?:(?:0|[1-9]\d*)(?:\.(?:\d+(?:[eE][+-]?\d*)?)?|[eE][+-]?\d*)?)?/uy;
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/u;

/** The offset behind which no JSON can begin as `text` does; its length where it only ends too early. */
export function findJsonFault(text: string): number {
  const scan = new JsonScan(text);
  return scan.document() ? text.length : scan.at;
}

/**
 * Reads JSON without making values of it. Each method says whether the text held what it wants; where it did not, `at`
 * is the place. `JSON.parse` knows that place too but tells it only in some messages, each version of Node in others.
 */
class JsonScan {
  at = 0;
  readonly #text: string;
  /** The closing brackets that are owed; kept here and not in calls, so that depth costs no stack. */
  readonly #owed: string[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  document(): boolean {
    let more = this.#value();
    while (more && this.#owed.length > 0) more = this.#next();
    if (more) this.#skip();
    return more && this.at === this.#text.length;
  }

  /** A value, or the beginnings of containers up to the first value that is none. */
  #value(): boolean {
    for (;;) {
      this.#skip();
      const first = this.#text.charAt(this.at);
      if (first !== '{' && first !== '[') return this.#scalar(first);
      if (this.#isEmpty(first === '{' ? '}' : ']')) return true;
      if (first === '{' && !this.#key()) return false;
    }
  }

  #scalar(first: string): boolean {
    if (first === '"') return this.#string();
    if (first === 't') return this.#literal('true');
    if (first === 'f') return this.#literal('false');
    return first === 'n' ? this.#literal('null') : this.#number();
  }

  /** What follows a value inside a container: its end, or a comma and the next value. */
  #next(): boolean {
    const close = this.#owed.at(-1);
    this.#skip();
    if (this.#text.charAt(this.at) === close) {
      this.at += 1;
      this.#owed.pop();
      return true;
    }
    return this.#literal(',') && (close !== '}' || this.#key()) && this.#value();
  }

  /** Enters a container, and leaves it again where it is empty. */
  #isEmpty(close: string): boolean {
    this.at += 1;
    this.#skip();
    if (this.#text.charAt(this.at) !== close) {
      this.#owed.push(close);
      return false;
    }
    this.at += 1;
    return true;
  }

  #key(): boolean {
    this.#skip();
    if (!this.#string()) return false;
    this.#skip();
    return this.#literal(':');
  }

  #string(): boolean {
    if (!this.#literal('"')) return false;
    for (let char = this.#text.charAt(this.at); char >= ' '; char = this.#text.charAt(this.at)) {
      if (char === '\\' && !this.#escape()) return false;
      this.at += 1;
      if (char === '"') return true;
    }
    return false;
  }

  /** Stops at the last character of the escape. */
  #escape(): boolean {
    this.at += 1;
    const char = this.#text.charAt(this.at);
    if (char !== 'u') return char !== '' && ESCAPED.includes(char);
    for (let i = 0; i < 4; i += 1) {
      this.at += 1;
      if (!/^[\da-fA-F]$/u.test(this.#text.charAt(this.at))) return false;
    }
    return true;
  }

  #number(): boolean {
    NUMBER_BEGIN.lastIndex = this.at;
    const begin = NUMBER_BEGIN.exec(this.#text)?.[0] ?? '';
    this.at += begin.length;
    return NUMBER.test(begin);
  }

  #literal(word: string): boolean {
    for (const char of word) {
      if (this.#text.charAt(this.at) !== char) return false;
      this.at += 1;
    }
    return true;
  }

  #skip(): void {
    while (this.at < this.#text.length && SPACE.includes(this.#text.charAt(this.at))) this.at += 1;
  }
}
