const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * A text that is nothing but text, between tags and in a quoted attribute; what HTML cannot hold is `U+FFFD`.
 *
 * @example
 * ```ts
 * import { escapeHtml } from '@core/process/reporters';
 *
 * assert.equal(escapeHtml('<b> & "c"'), '&lt;b&gt; &amp; &quot;c&quot;');
 * ```
 */
export function escapeHtml(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]/g, '\ufffd')
    .replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/** A start tag with the attributes that are there, their values escaped. */
export function tag(name: string, attributes: Readonly<Record<string, string | number | undefined>> = {}): string {
  const pairs = Object.entries(attributes).filter(([, value]) => value !== undefined);
  return `<${name}${pairs.map(([key, value]) => ` ${key}="${escapeHtml(String(value))}"`).join('')}>`;
}

/**
 * An element around something that is HTML already; the values of its attributes are escaped, and one that is `undefined`
 * is left out.
 *
 * @example
 * ```ts
 * import { element, escapeHtml } from '@core/process/reporters';
 *
 * const cell = element('td', { class: 'number', title: undefined }, escapeHtml('< 1'));
 * assert.equal(cell, '<td class="number">&lt; 1</td>');
 * ```
 */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number | undefined>>,
  ...inner: string[]
): string {
  return `${tag(name, attributes)}${inner.join('')}</${name}>`;
}
