/** What is cut off is not needed to find a fault, and a line of the journal stays one write. */
const MOST_CHARACTERS = 500;
/** What is looked at: some patterns take the square of it. */
const MOST_READ = 4000;

/** Texts that open doors, by their form. Sources: GitHub's token prefixes, RFC 7519, RFC 7617, RFC 6750, RFC 7468. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/\b(?:gh[a-z]_[A-Za-z0-9_]{10,}|github_pat_[A-Za-z0-9_]{10,})/g, '***'],
  [/(?<![\w-])eyJ[\w-]{5,4000}\.[\w-]{5,4000}\.[\w-]*/g, '***'],
  [/\b(bearer|basic|token)\s+[\w.~+/=-]{8,}/gi, '$1 ***'],
  [/([a-z][a-z0-9+.-]{1,20}:\/\/)[^/\s@]+@/gi, '$1***@'],
  [/-----BEGIN [^-]+-----[\s\S]*?(?:-----END [^-]+-----|$)/g, '***'],
  [
    /((?:secret|password|passwd|api[_-]?key|access[_-]?token)[\w-]{0,40}["']?\s{0,9}[:=]\s{0,9}["']?)[^\s"'&,;]+/gi,
    '$1***',
  ],
];

/**
 * An error's text as it may be kept: without tokens, keys and passwords, on one line, 500 characters at most. Texts in
 * `hidden` (a title, a body) are taken out wherever they stand whole.
 *
 * @example
 * ```ts
 * import { safeText } from '@core/jobrunner';
 *
 * const text = 'POST https://bot:hunter22@example.org failed\nAuthorization: Bearer abcdefgh12345678';
 * assert.equal(safeText(text), 'POST https://***@example.org failed Authorization: Bearer ***');
 * ```
 */
export function safeText(text: string, hidden: readonly (string | undefined)[] = []): string {
  let safe = text.slice(0, MOST_READ);
  for (const words of hidden) if (words !== undefined && words.trim().length >= 4) safe = safe.replaceAll(words, '***');
  safe = withoutSecrets(safe);
  const line = safe.replace(/[\s\u0000-\u001f\u007f\u2028\u2029]+/g, ' ').trim();
  return line.length <= MOST_CHARACTERS ? line : `${line.slice(0, MOST_CHARACTERS - 1).trimEnd()}…`;
}

/** The text with whatever looks like a token, a key or a password replaced by `***`, and all else as it was. */
export function withoutSecrets(text: string): string {
  return SECRETS.reduce((safe, [pattern, replacement]) => safe.replace(pattern, replacement), text);
}
