/** What a package URL is made of. */
export interface PurlParts {
  /** `npm`, `golang`, `cargo`, … */
  readonly type: string;
  /** With its namespace: `@scope/name`, `example.com/module`. */
  readonly name: string;
  readonly version?: string | undefined;
}

/** Types whose names are the same in any case, and are written in lower case. */
const LOWER_CASE: ReadonlySet<string> = new Set(['composer', 'deno', 'docker', 'npm', 'pypi']);

/** The package URL of a package (https://github.com/package-url/purl-spec). */
export function purlOf({ type, name, version }: PurlParts): string {
  const path = (LOWER_CASE.has(type) ? name.toLowerCase() : name).split('/').map(encode).join('/');
  return `pkg:${type}/${path}${version === undefined || version === '' ? '' : `@${encode(version)}`}`;
}

/** Percent-encoding that leaves the colon as it is; what is no text, as half of a surrogate pair, is U+FFFD. */
function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed())
    .replaceAll('%3A', ':')
    .replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}
