import { posix } from 'node:path';

/** Names that esbuild puts in the place of what a module asks of itself. */
export const PLACE_DEFINES: Readonly<Record<string, string>> = {
  'import.meta.url': '__coreUrl',
  'import.meta.filename': '__coreFile',
  'import.meta.dirname': '__coreFolder',
  'import.meta.main': '__coreMain',
  'import.meta.resolve': '__coreResolve',
};

/**
 * What these names are for the entry: the script itself. `__corePlace` finds the other modules. The program may have
 * variables of its own called `require` or `__dirname`: what is needed later is kept under other names.
 */
export const PLACE_PRELUDE = `var __coreRequire = require, __coreHome = __dirname;
var __corePlace = function (path) { return __coreRequire('node:path').join(__coreHome, path); };
var __coreAddress = function (path) { return __coreRequire('node:url').pathToFileURL(path).href; };
var __coreResolver = function (file) {
  return function (name) {
    if (/^\\.{0,2}\\/|^file:/.test(name)) return new URL(name, __coreAddress(file)).href;
    if (__coreRequire('node:module').isBuiltin(name)) return name.replace(/^(?!node:)/, 'node:');
    return __coreAddress(__coreRequire('node:module').createRequire(file).resolve(name));
  };
};
var __coreUrl = __coreAddress(__filename), __coreFile = __filename, __coreFolder = __dirname, __coreMain = true;
var __coreResolve = __coreResolver(__filename);
`;

const ASKS = /\bimport\.meta\b/;
const ASKS_COMMONJS = /\b__(?:dir|file)name\b/;
const DECLARES = /\b(?:class|const|function|import|let)\s[^;=]*\b__(?:dir|file)name\b/;
const ES_MODULE = /(?:^|[;}\n])\s*(?:import|export)\b\s*["'{*\w]/;
const STRICT = /^(?:\s|\/\/.*\n|\/\*(?:[^*]|\*(?!\/))*\*\/)*(["'])use strict\1/;
const FIRST_LINE = /^#!.*\n/;

/**
 * The text of a module with what it is told of its place before its first statement, on the same line: each module of
 * the script is beside it as it was beside the program's entry, so that `import.meta.url` of the entry is the script
 * and that of no other module is.
 */
export function placeModule(text: string, fromEntry: string): string {
  const names = placeNames(text, fromEntry);
  if (names.length === 0) return text;
  const strict = STRICT.test(text) ? `'use strict'; ` : '';
  return `${strict}var ${names.join(', ')}; ${text.replace(FIRST_LINE, '\n')}`;
}

function placeNames(text: string, fromEntry: string): string[] {
  const file = `__corePlace(${JSON.stringify(fromEntry)})`;
  const folder = `__corePlace(${JSON.stringify(posix.dirname(fromEntry))})`;
  if (ASKS.test(text)) {
    return [
      `__coreFile = ${file}`,
      `__coreFolder = ${folder}`,
      `__coreUrl = __coreAddress(__coreFile)`,
      '__coreMain = false',
      '__coreResolve = __coreResolver(__coreFile)',
    ];
  }
  const commonJs = ASKS_COMMONJS.test(text) && !DECLARES.test(text) && !ES_MODULE.test(text);
  return commonJs ? [`__filename = ${file}`, `__dirname = ${folder}`] : [];
}

/** `require` of an ES module, as it is usually made: without it, esbuild's own one is meant and what it names is bundled. */
const MADE_REQUIRE =
  /^([ \t]*)(?:const|let|var)\s+require\s*=\s*(?:\w+\.)?createRequire\(\s*import\.meta\.url\s*\)[ \t]*;?/m;
const CALLED_AT_ONCE = /\b(?:\w+\.)?createRequire\(\s*import\.meta\.url\s*\)(?=\s*\(\s*["'])/g;

/** Lets esbuild see what a module loads by a `require` that it has made for itself. */
export function plainRequire(text: string): string {
  if (!text.includes('createRequire')) return text;
  return text.replace(MADE_REQUIRE, '$1').replace(CALLED_AT_ONCE, 'require');
}
