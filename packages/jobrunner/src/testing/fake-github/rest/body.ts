import { FakeGitHubRefusal } from '../model/refusal.ts';

/** The JSON of a request, read property by property; what GitHub would not take is refused in its words. */
export class Body {
  readonly #json: Readonly<Record<string, unknown>>;

  constructor(json: unknown) {
    if (json !== undefined && (typeof json !== 'object' || json === null || Array.isArray(json))) {
      throw new FakeGitHubRefusal('Body should be a JSON object', { status: 400, type: 'UNPROCESSABLE' });
    }
    this.#json = (json ?? {}) as Record<string, unknown>;
  }

  /** The text of a property; `undefined` where it is missing. */
  text(name: string): string | undefined {
    const value = this.#json[name];
    if (value === undefined) return undefined;
    if (typeof value === 'string') return value;
    throw refuse(`For 'properties/${name}', ${JSON.stringify(value)} is not a string.`);
  }

  requiredText(name: string): string {
    const text = this.text(name);
    if (text === undefined) throw refuse(`"${name}" wasn't supplied.`);
    return text;
  }

  /** The text of a property that may be null, which is as good as empty. */
  nullableText(name: string): string | undefined {
    return this.#json[name] === null ? '' : this.text(name);
  }

  /** One of these words. */
  word<Word extends string>(name: string, words: readonly Word[]): Word | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const found = words.find((word) => word === text);
    if (found !== undefined) return found;
    throw refuse(`For 'properties/${name}', ${text} is not a member of [${words.join(', ')}].`);
  }

  /** A list of texts, or of objects with this key that has a text: `["bug"]`, `[{ "name": "bug" }]`. */
  texts(name: string, key?: string): string[] | undefined {
    const value = this.#json[name];
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) throw refuse(`For 'properties/${name}', ${JSON.stringify(value)} is not an array.`);
    return value.map((item: unknown) => {
      const text = key !== undefined && isObject(item) ? item[key] : item;
      if (typeof text === 'string') return text;
      throw refuse(`For 'properties/${name}/items', ${JSON.stringify(item)} is not a string.`);
    });
  }

  number(name: string): number | undefined {
    const value = this.#json[name];
    if (value === undefined || typeof value === 'number') return value;
    throw refuse(`For 'properties/${name}', ${JSON.stringify(value)} is not a number.`);
  }

  flag(name: string): boolean | undefined {
    const value = this.#json[name];
    if (value === undefined || typeof value === 'boolean') return value;
    throw refuse(`For 'properties/${name}', ${JSON.stringify(value)} is not a boolean.`);
  }

  /** A property that is an object. */
  part(name: string): Body {
    return new Body(this.#json[name]);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function refuse(what: string): FakeGitHubRefusal {
  return new FakeGitHubRefusal(`Invalid request.\n\n${what}`, { status: 422, type: 'UNPROCESSABLE' });
}
