type Part = 'open' | 'close' | 'join' | 'with' | 'name' | 'end';

/** What may come after what; an expression begins as after an opening parenthesis. */
const NEXT: Readonly<Record<Part, readonly Part[]>> = {
  open: ['open', 'name'],
  close: ['close', 'join', 'end'],
  join: ['open', 'name'],
  with: ['name'],
  name: ['close', 'join', 'with', 'end'],
  end: [],
};

const PARTS: Readonly<Record<string, Part>> = {
  '(': 'open',
  ')': 'close',
  AND: 'join',
  OR: 'join',
  WITH: 'with',
};

/** What npm and Composer call a package that has no license to give, and SPDX one that nothing is known of. */
const NO_LICENSE = /^(?:unlicensed|proprietary|none|noassertion)$/i;

/** A license of the list of SPDX, its later versions too, or one that this or another document describes. */
const LICENSE =
  /^(?:(?:DocumentRef-[A-Za-z0-9.-]+:)?LicenseRef-[A-Za-z0-9.-]+|(?!DocumentRef-|LicenseRef-)[A-Za-z0-9.-]+\+?)$/;

/**
 * Whether a text is an expression of SPDX: names of licenses joined by AND, OR and WITH
 * (https://spdx.github.io/spdx-spec/v2.3/SPDX-license-expressions/). That there are licenses of these names is not asked.
 */
export function isLicenseExpression(text: string): boolean {
  const parts = (text.match(/[()]|[^\s()]+/g) ?? []).map(partOf);
  let depth = 0;
  let last: Part = 'open';
  for (const part of [...parts, 'end' as const]) {
    if (part === undefined || !NEXT[last].includes(part)) return false;
    if (part === 'open') depth += 1;
    if (part === 'close') depth -= 1;
    if (depth < 0) return false;
    last = part;
  }
  return depth === 0;
}

/** The licenses that an expression names and SPDX does not know: those that a document has to describe itself. */
export function ownLicensesIn(expression: string): string[] {
  return expression.match(/(?<![\w:.-])LicenseRef-[A-Za-z0-9.-]+/g) ?? [];
}

/** Whether an expression names a license that another document describes. */
export function namesOtherDocuments(expression: string): boolean {
  return expression.includes('DocumentRef-');
}

function partOf(token: string): Part | undefined {
  const part = Object.hasOwn(PARTS, token) ? PARTS[token] : undefined;
  if (part !== undefined || !LICENSE.test(token) || NO_LICENSE.test(token)) return part;
  return 'name';
}
