const KEYWORD = String.raw`\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+`;
const REFERENCE = String.raw`(?:(?<repo>[\w.-]+/[\w.-]+)?#|https?://[^\s/]+/(?<url>[\w.-]+/[\w.-]+)/issues/)(?<number>\d+)\b`;
const CODE = /^ {0,3}(?<fence>`{3,}|~{3,})[^]*?(?:^ {0,3}\k<fence>|$(?![^]))|`[^`\n]*`/gm;

/** An issue that a text closes; `repo` is missing for one of the text's own repository. */
export interface ClosingReference {
  readonly repo: string | undefined;
  readonly number: number;
}

/**
 * The issues that the description of a pull request closes by keyword. Code does not close anything.
 *
 * @see https://docs.github.com/en/issues/tracking-your-work-with-issues/using-issues/linking-a-pull-request-to-an-issue
 */
export function closingReferences(text: string): ClosingReference[] {
  const prose = text.replaceAll(CODE, ' ');
  return [...prose.matchAll(new RegExp(KEYWORD + REFERENCE, 'gi'))].map(({ groups }) => ({
    repo: groups?.['repo'] ?? groups?.['url'],
    number: Number(groups?.['number']),
  }));
}
