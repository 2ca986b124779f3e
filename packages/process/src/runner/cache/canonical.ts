import { createHash, type Hash } from 'node:crypto';

/** What can be told to a {@link Canonical}. */
export type CanonicalValue = string | number | boolean | undefined | readonly CanonicalValue[];

/**
 * SHA-256 over values in an encoding that no two different sequences of values share: each says what it is and how long
 * it is before it comes.
 */
export class Canonical {
  readonly #hash: Hash = createHash('sha256');

  /** `what` names the kind and the version of what is told, so that two kinds never meet. */
  constructor(what: string) {
    this.add(what);
  }

  add(value: CanonicalValue): this {
    if (Array.isArray(value)) {
      this.#hash.update(`l${String(value.length)}:`);
      for (const one of value as readonly CanonicalValue[]) this.add(one);
      return this;
    }
    const text = typeof value === 'string' ? value : String(value);
    this.#hash.update(`${LETTERS[typeof value] ?? 'u'}${String(Buffer.byteLength(text))}:${text}`);
    return this;
  }

  /** In lower-case hexadecimal; to be called once, at the end. */
  digest(): string {
    return this.#hash.digest('hex');
  }
}

const LETTERS: Readonly<Record<string, string>> = { string: 's', number: 'n', boolean: 'b', undefined: 'u' };
