import { nameOf } from '../../paths.ts';
import type { CopiedEntry } from '../kit/copy-tree.ts';
import { isWithin } from '../kit/copy-tree.ts';
import type { ComposerJson } from './composer-json.ts';

/** Folders that are never a part of a PHP program, wherever they are. */
const NEVER: ReadonlySet<string> = new Set(['.git', '.hg', '.svn', 'node_modules']);

/** What of a project need not be copied: what the build installs anew, and what is none of its business. */
export function isLeftBehind({ kind, name, path }: CopiedEntry, { vendorDir }: ComposerJson): boolean {
  return NEVER.has(name) || (kind !== 'file' && path === vendorDir);
}

/** Whether a folder can hold anything that is packed. */
export function canHoldContents(folder: string): boolean {
  return !NEVER.has(nameOf(folder));
}

/**
 * Which files go along with a program: all of them, but for files and folders whose name begins with a dot (`.env` has
 * passwords), what is loaded only for development, and what `archive.exclude` says. A pattern there that begins with
 * `!` brings files back, as for `composer archive`. The packages in `vendor` go along whole.
 */
export function contentsRule(json: ComposerJson, entry: string | undefined): (name: string) => boolean {
  const rules = json.exclude.map(excludeRule);
  const development = json.devPaths.filter(
    (path) => path !== '' && ![...json.paths, entry].some((other) => other === '' || isWithin(path, other ?? '\0')),
  );
  return (name) => {
    if (name === entry || isWithin(json.vendorDir, name)) return true;
    const hidden = /(?:^|\/)\./.test(name) || development.some((path) => isWithin(path, name));
    return !rules.reduce((out, { excludes, pattern }) => (pattern.test(`/${name}`) ? excludes : out), hidden);
  };
}

interface ExcludeRule {
  readonly pattern: RegExp;
  /** Else it brings back. */
  readonly excludes: boolean;
}

/** A pattern as in .gitignore: https://getcomposer.org/doc/04-schema.md#archive */
function excludeRule(text: string): ExcludeRule {
  const excludes = !text.startsWith('!');
  const rule = (excludes ? text : text.slice(1)).replace(/\/+$/, '');
  const anchored = rule.includes('/');
  const body = rule
    .replace(/^\/+/, '')
    .split(/(\*\*|\*|\?)/)
    .map(patternPart)
    .join('');
  return { excludes, pattern: new RegExp(`${anchored ? '^' : ''}/${body}(?:/|$)`, 'su') };
}

function patternPart(part: string): string {
  switch (part) {
    case '**':
      return '.*';
    case '*':
      return '[^/]*';
    case '?':
      return '[^/]';
    default:
      return part.replace(/[$()*+.?[\\\]^{|}/-]/gu, String.raw`\$&`);
  }
}
