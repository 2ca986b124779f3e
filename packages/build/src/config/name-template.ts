import type { TextRule } from './shape.ts';

/** What a name template may use. */
export interface NameFields {
  readonly Binary: string;
  readonly Name: string;
  readonly Version: string;
  readonly OS: string;
  readonly Arch: string;
}

const FIELDS: readonly (keyof NameFields)[] = ['Binary', 'Name', 'Version', 'OS', 'Arch'];

/** Text and `{{.Field}}`s that make one file name. */
export const NAME_TEMPLATE: TextRule = {
  pattern: new RegExp(`^(?:[^{}/\\\\\\u0000-\\u001f]|\\{\\{ *\\.(?:${FIELDS.join('|')}) *\\}\\})+$`, 'u'),
  wanted: `a file name of plain text and ${FIELDS.map((field) => `{{.${field}}}`).join(', ')}`,
};

/** A text that may have `{{.Field}}`s, and no others than those. */
export const TEXT_TEMPLATE: TextRule = {
  pattern: new RegExp(`^(?=[\\s\\S]*\\S)(?:(?!\\{\\{)[\\s\\S]|\\{\\{ *\\.(?:${FIELDS.join('|')}) *\\}\\})+$`, 'u'),
  wanted: `a text, with no other fields than ${FIELDS.map((field) => `{{.${field}}}`).join(', ')}`,
};

/** Puts the fields in. Slashes of a value become dashes: the result is one name. */
export function renderName(template: string, fields: NameFields): string {
  return renderTemplate(template, fields).replace(/[/\\]/g, '-');
}

/** Puts the fields in, as they are. */
export function renderTemplate(template: string, fields: NameFields): string {
  const values = new Map(Object.entries(fields) as [string, string][]);
  return template.replace(/\{\{ *\.(\w+) *\}\}/g, (whole, field: string) => values.get(field) ?? whole);
}
