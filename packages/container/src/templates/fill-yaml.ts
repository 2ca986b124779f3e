import { Composer, CST, parse, Parser, type Scalar, visit } from 'yaml';

import { ContainerError } from '../errors.ts';
import { lineAt, type Place, PLACE, placesIn, unusedMark, valueOf } from './places.ts';

/** A YAML text with its variables filled in, each as one value. */
export function fillYaml(content: string, vars: Readonly<Record<string, string>>): string {
  return new Marked(content, vars).render();
}

/** The text with something in the place of each variable that YAML takes for a word, so that it can be taken apart. */
class Marked {
  readonly #content: string;
  readonly #vars: Readonly<Record<string, string>>;
  readonly #places: readonly Place[];
  readonly #mark: string;

  constructor(content: string, vars: Readonly<Record<string, string>>) {
    this.#content = content;
    this.#vars = vars;
    this.#places = placesIn(content);
    this.#mark = unusedMark(content);
  }

  render(): string {
    if (this.#places.length === 0) return this.#content;
    const at = { index: 0 };
    const text = this.#content.replaceAll(PLACE, () => `${this.#mark}${String(at.index++)}x`);
    const tokens = [...new Parser().parse(text)];
    for (const document of new Composer({ keepSourceTokens: true }).compose(tokens)) {
      const [error] = document.errors;
      if (error !== undefined) throw notYaml(error.message, lineAt(text, error.pos[0]));
      visit(document, {
        Scalar: (_, node) => {
          this.#fill(node);
        },
      });
    }
    return this.#restored(tokens.map((token) => CST.stringify(token)).join(''));
  }

  #fill(node: Scalar): void {
    const token = node.srcToken;
    if (token === undefined || typeof node.value !== 'string' || !node.value.includes(this.#mark)) return;
    const value = node.value.replaceAll(this.#pattern(), (_, index: string) => this.#valueAt(Number(index)));
    if (token.type === 'block-scalar') setBlock(token, value);
    else if (isFlow(token)) setFlow(token, value, token.type === 'scalar' && isPlain(value));
  }

  /** Comments keep what stands there; anywhere else a variable cannot be. */
  #restored(text: string): string {
    return text
      .split('\n')
      .map((line) => {
        const first = line.indexOf(this.#mark);
        if (first === -1) return line;
        if (!/(?:^|\s)#/.test(line.slice(0, first))) {
          const place = this.#places[Number(this.#pattern().exec(line)?.[1])];
          const why = `${place?.text ?? 'a variable'} stands in a tag, an anchor or an alias`;
          throw notYaml(why, lineAt(this.#content, place?.offset ?? 0));
        }
        return line.replaceAll(this.#pattern(), (_, index: string) => this.#places[Number(index)]?.text ?? '');
      })
      .join('\n');
  }

  #pattern(): RegExp {
    return new RegExp(`${this.#mark}(\\d+)x`, 'g');
  }

  #valueAt(index: number): string {
    const place = this.#places[index];
    return place === undefined ? '' : valueOf(place, this.#vars);
  }
}

function isFlow(token: CST.Token): token is CST.FlowScalar {
  return ['scalar', 'single-quoted-scalar', 'double-quoted-scalar'].includes(token.type);
}

function setFlow(token: CST.FlowScalar, value: string, isPlainHere: boolean): void {
  token.type = isPlainHere ? 'scalar' : 'double-quoted-scalar';
  token.source = isPlainHere ? value : quoted(value);
}

function setBlock(token: CST.BlockScalar, value: string): void {
  const isPrintable =
    /^[\t\n\u0020-\u007e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]*$/u.test(value);
  if (isPrintable) {
    CST.setScalarValue(token, value, { afterKey: true });
    return;
  }
  // what a block cannot hold as it is goes into quotes, by our own: the library's lose a blank before an empty line
  CST.setScalarValue(token, '', { afterKey: true, type: 'QUOTE_DOUBLE' });
  const flow: CST.Token = token;
  if (isFlow(flow)) setFlow(flow, value, false);
}

/** Words that YAML has no other meaning for. */
const PLAIN = /^(?=[\w/]|-\d)[\w./@+=-]+(?::[\w./@+=-]+)*(?: [\w./@+=-]+(?::[\w./@+=-]+)*)*$/;

/** A text that means itself without quotes, or a number or truth value that is written as it is read. */
function isPlain(value: string): boolean {
  if (!PLAIN.test(value) || /^(?:y|n|yes|no|on|off)$/i.test(value)) return false;
  const read = parse(value) as unknown;
  return read === value || ((typeof read === 'number' || typeof read === 'boolean') && String(read) === value);
}

/** As JSON; YAML reads that, but for what it takes for line ends or does not print. */
function quoted(value: string): string {
  return JSON.stringify(value).replaceAll(/[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

function notYaml(why: string, line: number): ContainerError {
  const [first = ''] = why.split('\n');
  return new ContainerError(`Cannot fill in the template: line ${String(line)}: ${first}`, {
    code: 'ERR_TEMPLATE_INVALID',
    op: 'template.apply',
    hint: 'Values are put into YAML so that they stay values. Use { raw: true } for a text that is none.',
  });
}
