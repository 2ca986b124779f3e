import { realpathSync } from 'node:fs';

const WINDOWS = process.platform === 'win32';
/** Ends in a slash, or in `.` as a name. */
const DIRECTORY_ONLY = WINDOWS ? /(?:^|[/\\])\.?$/u : /(?:^|\/)\.?$/u;

/** The names in what a link says, `..` among them; a slash at the end asks for a directory, as `.` does. */
export function targetNames(target: string): string[] {
  const names = namesOf(target);
  if (DIRECTORY_ONLY.test(target)) names.push('.');
  return names;
}

function namesOf(path: string): string[] {
  const slashed = WINDOWS ? path.replace(/^\\\\\?\\/u, '').replaceAll('\\', '/') : path;
  return slashed.split('/').filter((name) => name !== '' && name !== '.');
}

/**
 * The names from a root to what an absolute path leads to; `undefined` outside. The root may be spelled as it really is
 * or as it was given, if that still leads there.
 */
export function namesInside(target: string, realRoot: string, givenRoot: string): string[] | undefined {
  const names = targetNames(target);
  return (
    after(namesOf(realRoot), names) ?? (leadsTo(givenRoot, realRoot) ? after(namesOf(givenRoot), names) : undefined)
  );
}

function after(root: readonly string[], names: readonly string[]): string[] | undefined {
  return root.every((name, at) => same(name, names[at])) ? names.slice(root.length) : undefined;
}

function same(a: string, b: string | undefined): boolean {
  return a === b || (WINDOWS && a.toLowerCase() === b?.toLowerCase());
}

function leadsTo(given: string, real: string): boolean {
  try {
    return given !== real && realpathSync(given) === real;
  } catch {
    return false;
  }
}
