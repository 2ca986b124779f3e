import { type Document, isCollection, isPair, LineCounter, type Node, parseDocument } from 'yaml';

import { GO_NUMBERS } from './go-numbers.ts';
import type { TemplateProblem } from './template-report.ts';
import { applyVariables, extractVariables } from './variables.ts';

/** A step into a document: the name of a key, or the number of an item. */
export type Step = string | number;

/** A template that was read: its values, and the lines they come from. */
export class TemplateDocument {
  readonly #document: Document.Parsed;
  readonly #lines = new LineCounter();
  /** Plain data; `undefined` where it is no YAML. */
  readonly value: unknown;
  /** Why it is no YAML that LinuxKit reads. */
  readonly faults: readonly TemplateProblem[];
  /** What of it LinuxKit does not read. */
  readonly ignored: readonly TemplateProblem[];

  /** Required variables stand for a word. */
  constructor(content: string) {
    const text = filled(content);
    this.#document = parseDocument(text, {
      lineCounter: this.#lines,
      merge: true,
      customTags: (tags) => [GO_NUMBERS, ...tags],
      logLevel: 'error',
    });
    this.faults = [...this.#parseFaults(), ...this.#textFaults(text)];
    this.ignored = this.#ignored();
    this.value = this.faults.length > 0 ? undefined : this.#read();
  }

  /** A problem with what stands at a path. With `key` its name is meant, not its value. */
  problem(
    path: readonly Step[],
    { severity = 'warning', rule, message, key = false }: Pick<TemplateProblem, 'rule' | 'message'> & ProblemOptions,
  ): TemplateProblem {
    return { severity, rule, message, at: path.join('/'), ...this.#position(this.#offset(path, key)) };
  }

  #parseFaults(): TemplateProblem[] {
    const { errors, warnings } = this.#document;
    return [
      ...errors.filter(({ code }) => code !== 'MULTIPLE_DOCS'),
      ...warnings.filter(({ code }) => code === 'BAD_DIRECTIVE'),
    ].map(({ message, pos }) => this.#fault(message.split('\n')[0] ?? '', pos[0]));
  }

  /** What the reader of LinuxKit refuses and this one does not. */
  #textFaults(text: string): TemplateProblem[] {
    const { explicit, version } = this.#document.directives.yaml;
    const control = text.search(CONTROL);
    return [
      ...(explicit === true && version !== '1.1' ? [this.#fault('LinuxKit reads YAML 1.1 by its name only', 0)] : []),
      ...(control === -1 ? [] : [this.#fault('Control characters are not allowed', control)]),
    ];
  }

  #ignored(): TemplateProblem[] {
    const others = this.#document.errors.filter(({ code }) => code === 'MULTIPLE_DOCS');
    return others.map(({ pos }) => ({
      ...this.#fault('LinuxKit reads what stands before this line, and ignores the rest', pos[0]),
      severity: 'warning',
      rule: 'ignored-document',
    }));
  }

  #fault(message: string, offset: number): TemplateProblem {
    return { severity: 'error', rule: 'yaml', message, at: '', ...this.#position(offset) };
  }

  #read(): unknown {
    try {
      return this.#document.toJS({ maxAliasCount: 100 }) as unknown;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      (this.faults as TemplateProblem[]).push(this.#fault(message, 0));
      return undefined;
    }
  }

  #position(offset: number): { readonly line: number; readonly column: number } {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }

  /** Of the nearest thing around it where it is not there itself. */
  #offset(path: readonly Step[], key: boolean): number {
    const parent = path.length === 0 ? undefined : this.#document.getIn(path.slice(0, -1), true);
    const last = path.at(-1);
    const pair = isCollection(parent)
      ? parent.items.find((item) => isPair(item) && String(item.key) === String(last))
      : undefined;
    if (isPair(pair) && (key || typeof last === 'string')) {
      const node = (key ? pair.key : (pair.value ?? pair.key)) as Node | null;
      if (node?.range) return node.range[0];
    }
    const node = this.#document.getIn(path, true) as Node | undefined;
    if (node?.range) return node.range[0];
    return path.length === 0 ? 0 : this.#offset(path.slice(0, -1), key);
  }
}

/** What YAML does not allow anywhere, not even in quotes. */

const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufffe\uffff]/;

interface ProblemOptions {
  readonly severity?: TemplateProblem['severity'];
  readonly key?: boolean;
}

function filled(content: string): string {
  try {
    const { required } = extractVariables(content);
    return applyVariables(content, Object.fromEntries(required.map((name) => [name, 'value'])));
  } catch {
    return content; // what is no YAML is told by who reads it
  }
}
