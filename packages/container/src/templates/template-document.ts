import { isCollection, isPair, isScalar, type Node } from 'yaml';

import { type GoYaml, readerFaults, readGoYaml, unreadOffset } from './go-yaml.ts';
import type { TemplateProblem } from './template-report.ts';
import { applyVariables, extractVariables } from './variables.ts';

/** A step into a document: the name of a key, or the number of an item. */
export type Step = string | number;

/** A template that was read: its values, and the lines they come from. */
export class TemplateDocument {
  readonly #yaml: GoYaml;
  /** Plain data; `undefined` where it is no YAML. */
  readonly value: unknown;
  /** Why it is no YAML that LinuxKit reads. */
  readonly faults: readonly TemplateProblem[];
  /** What of it LinuxKit does not read. */
  readonly ignored: readonly TemplateProblem[];

  /** Required variables stand for a word. */
  constructor(content: string) {
    this.#yaml = readGoYaml(filled(content));
    const unread = unreadOffset(this.#yaml);
    this.faults = readerFaults(this.#yaml)
      .filter(({ offset }) => offset < (unread ?? Infinity))
      .map(({ message, offset }) => this.#fault(message, offset));
    this.ignored = unread === undefined ? [] : [this.#ignored(unread)];
    this.value = this.faults.length > 0 ? undefined : this.#read();
  }

  /** A problem with what stands at a path. With `key` its name is meant, not its value. */
  problem(
    path: readonly Step[],
    { severity = 'warning', rule, message, key = false }: Pick<TemplateProblem, 'rule' | 'message'> & ProblemOptions,
  ): TemplateProblem {
    return { severity, rule, message, at: path.join('/'), ...this.#position(this.#offset(path, key)) };
  }

  /** How a word is written there; `undefined` where none stands itself, but one of a merge. */
  written(path: readonly Step[]): string | undefined {
    const node = this.#yaml.document.getIn(path, true);
    return isScalar(node) ? node.source : undefined;
  }

  #ignored(offset: number): TemplateProblem {
    const message = 'LinuxKit reads what stands before this line, and ignores the rest';
    return { ...this.#fault(message, offset), severity: 'warning', rule: 'ignored-document' };
  }

  #fault(message: string, offset: number): TemplateProblem {
    return { severity: 'error', rule: 'yaml', message, at: '', ...this.#position(offset) };
  }

  #read(): unknown {
    try {
      return this.#yaml.document.toJS({ maxAliasCount: 100 }) as unknown;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      (this.faults as TemplateProblem[]).push(this.#fault(message, 0));
      return undefined;
    }
  }

  #position(offset: number): { readonly line: number; readonly column: number } {
    const { line, col } = this.#yaml.lines.linePos(offset);
    const inserted = this.#yaml.inserted.get(line - 1) ?? 0;
    return { line: Math.max(line, 1), column: Math.max(col - inserted, 1) };
  }

  /** Of the nearest thing around it where it is not there itself. */
  #offset(path: readonly Step[], key: boolean): number {
    const parent = path.length === 0 ? undefined : this.#yaml.document.getIn(path.slice(0, -1), true);
    const last = path.at(-1);
    const pair = isCollection(parent)
      ? parent.items.find((item) => isPair(item) && String(item.key) === String(last))
      : undefined;
    if (isPair(pair) && (key || typeof last === 'string')) {
      const node = (key ? pair.key : (pair.value ?? pair.key)) as Node | null;
      if (node?.range) return node.range[0];
    }
    const node = this.#yaml.document.getIn(path, true) as Node | undefined;
    if (node?.range) return node.range[0];
    return path.length === 0 ? 0 : this.#offset(path.slice(0, -1), key);
  }
}

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
