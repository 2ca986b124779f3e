import { createHash } from 'node:crypto';

import { element, escapeHtml, tag } from './html.ts';

/** What a page is made from. */
export interface HtmlPage {
  /** Text. */
  readonly title: string;
  /** CSS. */
  readonly style: string;
  /** Runs at the end of the page; none unless it is given. */
  readonly script?: string | undefined;
  /** HTML, each part on a line of its own. */
  readonly body: readonly string[];
}

/**
 * A whole page that needs nothing but itself: its Content-Security-Policy lets it load nothing, and run nothing but its
 * own style and script.
 *
 * @example
 * ```ts
 * import { element, escapeHtml, htmlPage } from '@core/process/reporters';
 *
 * const title = 'Builds & tests';
 * const page = htmlPage({ title, style: 'h1 { color: teal }', body: [element('h1', {}, escapeHtml(title))] });
 * assert.match(page, /<title>Builds &amp; tests<\/title>/);
 * assert.match(page, /default-src &#39;none&#39;/);
 * ```
 */
export function htmlPage({ title, style, script, body }: HtmlPage): string {
  const parts = script === undefined ? body : [...body, element('script', {}, script)];
  const head = headOf({ title, style, script });
  return `<!doctype html>\n<html lang="en">\n${head}\n<body>\n${parts.join('\n')}\n</body>\n</html>\n`;
}

function headOf({ title, style, script }: Omit<HtmlPage, 'body'>): string {
  const policy = [
    "default-src 'none'",
    `style-src ${hashOf(style)}`,
    `script-src ${script === undefined ? "'none'" : hashOf(script)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return element(
    'head',
    {},
    tag('meta', { charset: 'utf-8' }),
    tag('meta', { 'http-equiv': 'Content-Security-Policy', content: policy }),
    tag('meta', { name: 'viewport', content: 'width=device-width, initial-scale=1' }),
    element('title', {}, escapeHtml(title)),
    element('style', {}, style),
  );
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
