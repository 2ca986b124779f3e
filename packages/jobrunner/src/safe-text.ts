/** What is cut off is not needed to find a fault, and a line of the journal stays one write. */
const MOST_CHARACTERS = 500;
/** What is looked at: some patterns take the square of it. */
const MOST_READ = 4000;

/** Texts that open doors, by their form. Sources: GitHub's token prefixes, RFC 7519, RFC 7617, RFC 6750, RFC 7468. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/\b(?:gh[a-z]_[A-Za-z0-9_]{10,}|github_pat_[A-Za-z0-9_]{10,})/g, '***'],
  [/\beyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*/g, '***'],
  [/\b(bearer|basic|token)\s+[\w.~+/=-]{8,}/gi, '$1 ***'],
  [/([a-z][a-z0-9+.-]{1,20}:\/\/)[^/\s@]+@/gi, '$1***@'],
  [/-----BEGIN [^-]+-----[\s\S]*?(?:-----END [^-]+-----|$)/g, '***'],
  [
    /\b((?:[\w-]*(?:secret|password|passwd|api[_-]?key|access[_-]?token)[\w-]*)["']?\s*[:=]\s*["']?)[^\s"'&,;]+/gi,
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
  for (const [pattern, replacement] of SECRETS) safe = safe.replace(pattern, replacement);
  const line = safe.replace(/[\s\u0000-\u001f\u007f\u2028\u2029]+/g, ' ').trim();
  return line.length <= MOST_CHARACTERS ? line : `${line.slice(0, MOST_CHARACTERS - 1).trimEnd()}…`;
}
